import Records
import Stages
import TextKit

/// `clean.lines`: takes out lines that are too short or long, match something, are boilerplate of
/// pages, or come again and again; code between fences stays.
enum LineStage {
  private static let minCharacters = Parameter<Int?>(
    "min-characters", default: nil, "Remove shorter lines; empty ones stay.",
    check: Check.optionalAtLeast(1))
  private static let maxCharacters = Parameter<Int?>(
    "max-characters", default: nil, "Remove longer lines.", check: Check.optionalAtLeast(1))
  private static let minWords = Parameter<Int?>(
    "min-words", default: nil, "Remove lines with fewer words.", check: Check.optionalAtLeast(1))
  private static let matching = Parameter(
    "matching", default: [] as [String],
    "Remove lines that are one of these, in any case; * stands for anything: [\"Page * of *\"].")
  private static let boilerplate = Parameter(
    "boilerplate", default: true,
    "Remove short lines about cookies, policies, copyright, subscriptions and navigation.")
  private static let repeated = Parameter<Int?>(
    "repeated", default: nil,
    "Of lines that a text holds so often, numbers aside, such as headers of pages, the first stays.",
    check: Check.optionalAtLeast(2))

  static let descriptor = EditStage.descriptor(
    "clean.lines",
    "Remove lines by length, pattern, boilerplate of pages and repetition; code stays.",
    parameters: [minCharacters, maxCharacters, minWords, matching, boilerplate, repeated],
    example: "clean.lines: {min-words: 3, repeated: 3}", thresholds: thresholds
  ) { values in
    let rules = LineRules(
      characters: Bounds("characters", values[minCharacters], values[maxCharacters]),
      words: Bounds("words", values[minWords], nil),
      patterns: values[matching].map(LinePattern.init), dropsBoilerplate: values[boilerplate],
      repeated: values[repeated])
    return { rules.edited($0) }
  }

  @Sendable private static func thresholds(_ values: ParameterValues) -> JSONObject {
    var thresholds: JSONObject = [:]
    for key in [minCharacters, maxCharacters, minWords, repeated] {
      if let value = values[key] { thresholds[key.name] = .integer(value) }
    }
    return thresholds
  }
}

struct LineRules: Sendable {
  let characters: Bounds
  let words: Bounds
  let patterns: [LinePattern]
  let dropsBoilerplate: Bool
  let repeated: Int?

  func edited(_ text: String) -> Edit {
    let often = repeated.map { Self.repeatedLines(of: text, atLeast: $0) } ?? []
    var seen: Set<String> = []
    var count = 0
    let kept = CodeSpans.filterProse(of: text) { line in
      let trimmed = PlainForm.trimmed(line)
      guard !trimmed.isEmpty else { return true }
      let key = often.isEmpty ? "" : Self.key(of: trimmed)
      let isRepeated = often.contains(key) && !seen.insert(key).inserted
      let isKept = !isRepeated && !fails(trimmed)
      if !isKept { count += 1 }
      return isKept
    }
    return count == 0 ? Edit(text: text) : Edit(text: kept, count: count)
  }

  private func fails(_ line: Substring) -> Bool {
    if characters.isSet, characters.reason(against: line.unicodeScalars.count) != nil {
      return true
    }
    if words.isSet, words.reason(against: WordCount.of(String(line))) != nil { return true }
    if patterns.contains(where: { $0.matches(line) }) { return true }
    return dropsBoilerplate && Boilerplate.isBoilerplate(line)
  }

  /// A line in small letters with 0 for all digits, so that the numbers of pages are one.
  private static func key(of line: Substring) -> String {
    String(line.lowercased().map { $0.isNumber ? "0" : $0 })
  }

  /// The lines of at least two words that a text holds so often.
  private static func repeatedLines(of text: String, atLeast least: Int) -> Set<String> {
    var counts: [String: Int] = [:]
    _ = CodeSpans.filterProse(of: text) { line in
      let trimmed = PlainForm.trimmed(line)
      if PlainForm.words(of: String(trimmed)).count > 1 {
        counts[key(of: trimmed), default: 0] += 1
      }
      return true
    }
    return Set(counts.filter { $0.value >= least }.keys)
  }
}

/// A line with `*` for anything.
struct LinePattern: Sendable {
  private let parts: [[UInt8]]

  init(_ pattern: String) {
    parts = pattern.lowercased().split(separator: "*", omittingEmptySubsequences: false)
      .map { Array($0.utf8) }
  }

  /// Whether the whole line is of this form, in any case.
  func matches(_ line: Substring) -> Bool {
    let bytes = Array(line.lowercased().utf8)
    guard let first = parts.first, let last = parts.last else { return false }
    if parts.count == 1 { return bytes == first }
    guard bytes.starts(with: first), bytes.count >= first.count + last.count,
      bytes.suffix(last.count).elementsEqual(last)
    else { return false }
    var place = first.count
    let end = bytes.count - last.count
    for part in parts.dropFirst().dropLast() where !part.isEmpty {
      guard
        let found = (place..<end).first(where: { start in
          start + part.count <= end && bytes[start..<start + part.count].elementsEqual(part)
        })
      else { return false }
      place = found + part.count
    }
    return true
  }
}
