import Records
import Stages

/// `clean.words`: takes out words that are too short or long or hold something, and the blanks around them.
///
/// Words are what blanks, tabs and line feeds divide. Characters are Unicode scalars.
enum WordStage {
  private static let least = Parameter(
    "min-characters", default: 1, aliases: ["min_len"], "Remove shorter words.",
    check: Check.atLeast(1))
  private static let most = Parameter<Int?>(
    "max-characters", default: nil, aliases: ["max_len"],
    "Remove longer words, punctuation at their ends not counted.", check: Check.optionalAtLeast(1))
  private static let without = Parameter(
    "without", default: [] as [String], aliases: ["substrings"],
    "Remove words that hold one of these: [http, www, .com, href, //].")

  static let descriptor = EditStage.descriptor(
    "clean.words", "Remove words that are too short, too long or hold certain characters.",
    parameters: [least, most, without], example: "clean.words: {max-characters: 100}",
    thresholds: { values in
      var thresholds: JSONObject = ["min-characters": .integer(values[least])]
      if let most = values[most] { thresholds["max-characters"] = .integer(most) }
      return thresholds
    }
  ) { values in
    let rule = WordRule(least: values[least], most: values[most] ?? .max, without: values[without])
    return { rule.edited($0) }
  }
}

private struct WordRule: Sendable {
  let least: Int
  let most: Int
  let without: [String]

  /// The text without the words that go, and as it is where none goes.
  func edited(_ text: String) -> Edit {
    var count = 0
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      line.split(separator: "\t", omittingEmptySubsequences: false).map { part in
        let words = part.split(separator: " ")
        let kept = words.filter(isKept)
        count += words.count - kept.count
        return kept.joined(separator: " ")
      }.joined(separator: "\t")
    }
    return count == 0 ? Edit(text: text) : Edit(text: lines.joined(separator: "\n"), count: count)
  }

  private func isKept(_ word: Substring) -> Bool {
    if without.contains(where: { word.contains($0) }) { return false }
    let length = word.unicodeScalars.count
    if length < least { return false }
    return length <= most || bare(word) <= most
  }

  /// How long a word is without what is no letter at its ends.
  private func bare(_ word: Substring) -> Int {
    func isEdge(_ scalar: Unicode.Scalar) -> Bool {
      !scalar.properties.isAlphabetic && scalar.properties.numericType == nil
    }
    var scalars = word.unicodeScalars
    while let last = scalars.last, isEdge(last) { scalars.removeLast() }
    return scalars.drop(while: isEdge).count
  }
}
