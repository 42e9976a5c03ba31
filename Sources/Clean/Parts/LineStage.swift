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
    "Remove notices of cookies, copyright and newsletters, and labels of pages: Privacy | Imprint.")
  private static let repeated = Parameter<Int?>(
    "repeated", default: nil,
    "Of lines that a text holds so often, numbers aside, such as headers of pages, the first stays.",
    check: Check.optionalAtLeast(2))

  static let descriptor = EditStage.descriptor(
    "clean.lines",
    "Remove lines by length, pattern, boilerplate of pages and repetition; code stays.",
    version: 3,
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

extension Reason {
  /// The rule and what it measured, as one entry of several.
  fileprivate var object: JSONObject {
    var object: JSONObject = ["rule": .string(code)]
    for member in detail.members { object[member.key] = member.value }
    return object
  }
}

struct LineRules: Sendable {
  let characters: Bounds
  let words: Bounds
  let patterns: [LinePattern]
  let dropsBoilerplate: Bool
  let repeated: Int?

  func edited(_ text: String) -> Edit {
    let often = repeated.map { Self.repeatedLines(of: text, atLeast: $0) } ?? [:]
    var seen: Set<String> = []
    var edit = Edit(text: text)
    let kept = CodeSpans.filterProse(of: text) { line in
      let trimmed = PlainForm.trimmed(line)
      guard !trimmed.isEmpty else { return true }
      let found = repetition(of: trimmed, often, &seen) ?? reason(against: trimmed)
      guard let found else { return true }
      edit.count += 1
      if edit.reasons.count < Edit.mostReasons {
        edit.reasons.append(found.object)
      }
      return false
    }
    if edit.count > 0 { edit.text = kept }
    return edit
  }

  /// Why a line goes that stood in the text before.
  private func repetition(
    of line: Substring, _ often: [String: Int], _ seen: inout Set<String>
  ) -> Reason? {
    guard !often.isEmpty, let repeated else { return nil }
    let key = Self.key(of: line)
    guard let times = often[key], !seen.insert(key).inserted else { return nil }
    return Reason("repeated", ["times": .integer(times), "repeated": .integer(repeated)])
  }

  /// Why a line goes whatever else the text holds.
  private func reason(against line: Substring) -> Reason? {
    if characters.isSet, let reason = characters.reason(against: line.unicodeScalars.count) {
      return reason
    }
    if words.isSet, let reason = words.reason(against: WordCount.of(String(line))) {
      return reason
    }
    if let pattern = patterns.first(where: { $0.matches(line) }) {
      return Reason("matching", ["pattern": .string(pattern.text)])
    }
    return dropsBoilerplate ? Boilerplate.reason(against: line) : nil
  }

  /// A line in small letters with 0 for all digits, so that the numbers of pages are one.
  private static func key(of line: Substring) -> String {
    String(line.lowercased().map { $0.isNumber ? "0" : $0 })
  }

  /// The lines of at least two words that a text holds so often, and how often.
  private static func repeatedLines(of text: String, atLeast least: Int) -> [String: Int] {
    var counts: [String: Int] = [:]
    _ = CodeSpans.filterProse(of: text) { line in
      let trimmed = PlainForm.trimmed(line)
      if PlainForm.words(of: String(trimmed)).count > 1 {
        counts[key(of: trimmed), default: 0] += 1
      }
      return true
    }
    return counts.filter { $0.value >= least }
  }
}

/// A line with `*` for anything.
struct LinePattern: Sendable {
  /// As it was written.
  let text: String
  private let parts: [[UInt8]]

  init(_ pattern: String) {
    text = pattern
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
