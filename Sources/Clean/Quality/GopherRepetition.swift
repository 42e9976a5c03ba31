import Records
import Stages
import TextKit

/// The repetition rules of Gopher.
///
/// Source: Rae and others 2021, table A1.
struct GopherRepetition: QualityRules {
  var maxDuplicateParagraphs = 0.3
  var maxDuplicateParagraphCharacters = 0.2
  var maxDuplicateLines = 0.3
  var maxDuplicateLineCharacters = 0.2
  var reading = QualityReading.published

  /// The greatest share of characters in the most frequent run of words, by its length.
  private static let topShares = [(2, 0.2), (3, 0.18), (4, 0.16)]
  /// The greatest share of characters in runs of words seen before, by their length.
  private static let repeatedShares = [
    (5, 0.15), (6, 0.14), (7, 0.13), (8, 0.12), (9, 0.11), (10, 0.1),
  ]

  func verdict(on text: QualityText) -> QualityVerdict {
    guard text.count > 0 else { return .drop(Reason("empty")) }
    let reason = paragraphs(text) ?? lines(text) ?? runs(text)
    return reason.map { .drop($0) } ?? .keep
  }

  private func paragraphs(_ text: QualityText) -> Reason? {
    let all = text.parts(of: text.text.trimmed(0..<text.count), between: 2)
    let (count, characters) = DuplicateParts.count(all, in: text.text.scalars)
    let share = Double(count) / Double(all.count)
    if share > maxDuplicateParagraphs {
      return Reason(
        "dup-para-frac", "paragraphs", share, "max-duplicate-paragraphs", maxDuplicateParagraphs)
    }
    let ofText = Double(characters) / Double(text.count)
    return ofText > maxDuplicateParagraphCharacters
      ? Reason(
        "dup-para-char-frac", "characters", ofText, "max-duplicate-paragraph-characters",
        maxDuplicateParagraphCharacters) : nil
  }

  private func lines(_ text: QualityText) -> Reason? {
    let all = text.parts(of: 0..<text.count, between: 1)
    let (count, characters) = DuplicateParts.count(all, in: text.text.scalars)
    let share = Double(count) / Double(all.count)
    if share > maxDuplicateLines {
      return Reason("dup-line-frac", "lines", share, "max-duplicate-lines", maxDuplicateLines)
    }
    let ofText = Double(characters) / Double(text.count)
    return ofText > maxDuplicateLineCharacters
      ? Reason(
        "dup-line-char-frac", "characters", ofText, "max-duplicate-line-characters",
        maxDuplicateLineCharacters) : nil
  }

  private func runs(_ text: QualityText) -> Reason? {
    var table = SliceTable(capacity: text.words.words.count)
    let words = RepeatedRuns(text, &table)
    for (length, threshold) in Self.topShares {
      // A run that occurs once is no repetition, though datatrove counts it.
      guard let top = words.top(length, &table), top.count > 1 || reading == .datatrove else {
        continue
      }
      let share = Double(top.characters * top.count) / Double(text.count)
      if share > threshold {
        return Reason("top-\(length)-gram", "characters", share, "threshold", threshold)
      }
    }
    for (length, threshold) in Self.repeatedShares {
      let share = Double(words.repeatedCharacters(length, &table)) / Double(text.count)
      if share > threshold {
        return Reason("duplicated-\(length)-n-grams", "characters", share, "threshold", threshold)
      }
    }
    return nil
  }
}

extension GopherRepetition {
  private enum Keys {
    static let paragraphs = Parameter(
      "max-duplicate-paragraphs", default: 0.3, "The greatest share of paragraphs seen before.")
    static let paragraphCharacters = Parameter(
      "max-duplicate-paragraph-characters", default: 0.2, "Their greatest share of characters.")
    static let lines = Parameter(
      "max-duplicate-lines", default: 0.3, "The greatest share of lines seen before.")
    static let lineCharacters = Parameter(
      "max-duplicate-line-characters", default: 0.2, "Their greatest share of characters.")
  }

  static let descriptor = QualityStage.descriptor(
    "clean.gopher-repetition",
    "Drop texts that repeat lines, paragraphs or runs of words, by Gopher's rules.",
    parameters: [
      Keys.paragraphs, Keys.paragraphCharacters, Keys.lines, Keys.lineCharacters,
      QualityStage.reading,
    ],
    example: "clean.gopher-repetition: {fields: output}"
  ) { values in
    [
      GopherRepetition(
        maxDuplicateParagraphs: values[Keys.paragraphs],
        maxDuplicateParagraphCharacters: values[Keys.paragraphCharacters],
        maxDuplicateLines: values[Keys.lines],
        maxDuplicateLineCharacters: values[Keys.lineCharacters],
        reading: values[QualityStage.reading])
    ]
  }
}
