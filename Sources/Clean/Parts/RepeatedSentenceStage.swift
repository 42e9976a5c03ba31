import Records
import Stages

/// `clean.repeated-sentences`: of equal sentences of a text the first stays.
enum RepeatedSentenceStage {
  private static let least = Parameter(
    "min-characters", default: 2, aliases: ["min_repeat_sentence_length"],
    "Sentences with fewer letters and digits stay.", check: Check.atLeast(1))
  private static let ignoresCase = Parameter(
    "ignore-case", default: false, aliases: ["lowercase"], "Compare without regard to case.")

  static let descriptor = EditStage.descriptor(
    "clean.repeated-sentences", "Remove sentences that stood in the same text before; code stays.",
    version: 3, parameters: [least, ignoresCase],
    thresholds: { ["min-characters": .integer($0[least])] }
  ) { values in
    let (least, ignoresCase) = (values[least], values[ignoresCase])
    return { RepeatedSentences.removed(from: $0, least: least, ignoresCase: ignoresCase) }
  }
}

/// Sentences of a text, compared without the marks around them.
///
/// A full stop ends a sentence before a blank or the end of a line alone: in 12.50 it ends none.
enum RepeatedSentences {
  private static let wide: Set<Unicode.Scalar> = ["。", "！", "？", "…"]
  private static let narrow: Set<Unicode.Scalar> = [".", "!", "?"]
  private static let opening: Set<Unicode.Scalar> = ["“", "‘", "\"", "'", "(", "（", "「", "『"]
  private static let closing: Set<Unicode.Scalar> = ["”", "’", "\"", "'", ")", "）", "」", "』"]

  static func removed(from text: String, least: Int, ignoresCase: Bool) -> Edit {
    var seen: Set<String> = []
    var count = 0
    let lines = CodeSpans.mapProse(of: text) { line in
      sentences(of: line).filter { sentence in
        let key = key(of: sentence, ignoresCase)
        guard key.unicodeScalars.count(where: isWord) >= least else { return true }
        let isNew = seen.insert(key).inserted
        if !isNew { count += 1 }
        return isNew
      }.joined()
    }
    return count == 0 ? Edit(text: text) : Edit(text: lines, count: count)
  }

  /// A sentence without the marks and quotation marks at its ends and with single blanks.
  ///
  /// What stands between its words belongs to it: 1.5 is not 15, -5 not 5 and C++ not C.
  private static func key(of sentence: String, _ ignoresCase: Bool) -> String {
    var view = Substring(sentence).unicodeScalars
    while let first = view.first, first.properties.isWhitespace || opening.contains(first) {
      view.removeFirst()
    }
    while let last = view.last, isEnd(last) { view.removeLast() }
    let key = Substring(view).split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return ignoresCase ? key.lowercased() : key
  }

  private static func isEnd(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.isWhitespace || wide.contains(scalar) || narrow.contains(scalar)
      || closing.contains(scalar)
  }

  private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.isAlphabetic || scalar.properties.numericType != nil
  }

  /// The sentences of a line, each with the blanks before it.
  static func sentences(of line: Substring) -> [String] {
    let scalars = Array(line.unicodeScalars)
    var sentences: [String] = []
    var start = 0
    var place = 0
    while place < scalars.count {
      guard let end = sentenceEnd(scalars, at: place) else {
        place += 1
        continue
      }
      sentences.append(String(String.UnicodeScalarView(scalars[start..<end])))
      (start, place) = (end, end)
    }
    if start < scalars.count {
      sentences.append(String(String.UnicodeScalarView(scalars[start...])))
    }
    return sentences
  }

  private static func sentenceEnd(_ scalars: [Unicode.Scalar], at place: Int) -> Int? {
    let isWide = wide.contains(scalars[place])
    guard isWide || narrow.contains(scalars[place]) else { return nil }
    var end = place + 1
    while end < scalars.count, wide.contains(scalars[end]) || narrow.contains(scalars[end]) {
      end += 1
    }
    while end < scalars.count, closing.contains(scalars[end]) { end += 1 }
    let isEnd = isWide || end == scalars.count || scalars[end].properties.isWhitespace
    return isEnd ? end : nil
  }
}
