import Records
import Stages
import TextKit

/// The rules that FineWeb added to Gopher's and C4's.
///
/// Source: Penedo and others 2024, section 3.6.
struct FineWeb: QualityRules {
  var minLineEnds = 0.12
  var maxShortLines = 0.67
  var shortLine = 30
  var maxDuplicateCharacters = 0.01
  var maxNewlines = 0.3

  func verdict(on text: QualityText) -> QualityVerdict {
    let lines = text.lineFeedLines.filter { !text.text.trimmed($0).isEmpty }
    guard !lines.isEmpty else { return .drop(Reason("empty", ["lines": 0, "min-lines": 1])) }
    let reason = shape(lines, text) ?? duplicates(lines, text) ?? newlines(text)
    return reason.map { .drop($0) } ?? .keep
  }

  private func shape(_ lines: [Range<Int>], _ text: QualityText) -> Reason? {
    let ended = lines.count { line in
      line.last.map { text.text.traits[$0].contains(.lineEnd) } ?? false
    }
    let ends = Double(ended) / Double(lines.count)
    if ends < minLineEnds {
      return Reason("line-punct-ratio", "line-ends", ends, "min-line-ends", minLineEnds)
    }
    let short = Double(lines.count { $0.count <= shortLine }) / Double(lines.count)
    return short > maxShortLines
      ? Reason("short-line-ratio", "short-lines", short, "max-short-lines", maxShortLines) : nil
  }

  private func duplicates(_ lines: [Range<Int>], _ text: QualityText) -> Reason? {
    let characters = DuplicateParts.count(lines, in: text.text.scalars).characters
    let all = text.count - text.text.scalars.count { $0 == 0x0A }
    let share = Double(characters) / Double(all)
    return share > maxDuplicateCharacters
      ? Reason(
        "char-dup-ratio", "characters", share, "max-duplicate-characters", maxDuplicateCharacters)
      : nil
  }

  private func newlines(_ text: QualityText) -> Reason? {
    let breaks = Double(text.text.scalars.count { $0 == 0x0A })
    let ratio = breaks / Double(text.words.words.count)
    return ratio > maxNewlines
      ? Reason("list-ratio", "newlines", ratio, "max-newlines", maxNewlines) : nil
  }
}

extension FineWeb {
  private enum Keys {
    static let minLineEnds = Parameter(
      "min-line-ends", default: 0.12, "The least share of lines that end as a sentence does.")
    static let maxShortLines = Parameter(
      "max-short-lines", default: 0.67, "The greatest share of short lines.")
    static let shortLine = Parameter(
      "short-line", default: 30, "The most characters of a short line.")
    static let maxDuplicates = Parameter(
      "max-duplicate-characters", default: 0.01,
      "The greatest share of characters in lines seen before.")
    static let maxNewlines = Parameter("max-newlines", default: 0.3, "The most line breaks a word.")
  }

  static let descriptor = QualityStage.descriptor(
    "clean.fineweb", "Drop texts that are lists or repeat lines, by FineWeb's rules.",
    parameters: [
      Keys.minLineEnds, Keys.maxShortLines, Keys.shortLine, Keys.maxDuplicates, Keys.maxNewlines,
    ],
    example: "clean.fineweb: {max-newlines: 0.5}"
  ) { values in
    [
      FineWeb(
        minLineEnds: values[Keys.minLineEnds], maxShortLines: values[Keys.maxShortLines],
        shortLine: values[Keys.shortLine], maxDuplicateCharacters: values[Keys.maxDuplicates],
        maxNewlines: values[Keys.maxNewlines])
    ]
  }
}
