import Records

/// An answer that stops in the middle of a sentence.
///
/// Short answers, lists, tables, code and verse end without a full stop, so only three signs count:
/// a last word that needs another, a last mark that promises more, and a line of whole sentences
/// whose last one has no end.
struct TruncatedRule: TurnRule {
  /// Nothing ends with these.
  private static let dangling: Set<String> = [
    "the", "a", "an", "of", "and", "or", "but", "with", "for", "from", "by", "which", "because",
    "are", "were", "be", "its", "their", "your", "my", "our", "these", "into", "than", "if",
    "while", "such", "as", "is", "was", "has", "have", "had", "can", "will", "would", "should",
  ]
  private static let leastWords = 6
  /// The fewest words, or ideographs, of a sentence that was begun.
  private static let leastRest = 4
  private static let leastIdeographs = 6
  private static let codeMarks = Set("|{}<>=`_\\#*;/".unicodeScalars)
  private static let promising: Set<Unicode.Scalar> = [",", "，", "、", "(", "（", "“", "「"]

  func fault(in turn: Turn) -> JSONObject? {
    guard turn.isAnswer else { return nil }
    let text = PlainForm.trimmed(turn.text)
    guard let line = text.split(separator: "\n").last.map({ PlainForm.trimmed($0) }),
      isProse(line), !CodeSpans.endsInFence(String(text)), let last = line.unicodeScalars.last
    else { return nil }
    if Self.promising.contains(last), words(line).count >= Self.leastWords || hasIdeographs(line) {
      return ["ends-with": .string(String(last))]
    }
    guard !PlainForm.endMarks.contains(last) else { return nil }
    if let word = danglingWord(line, in: text) { return ["ends-with": .string(word)] }
    return unfinished(line)
  }

  /// The last word where it needs another one.
  private func danglingWord(_ line: Substring, in text: Substring) -> String? {
    let all = words(line)
    guard all.count >= Self.leastWords, let last = all.last else { return nil }
    return Self.dangling.contains(String(last)) ? String(last) : nil
  }

  /// A last sentence without an end, behind one that has it.
  private func unfinished(_ line: Substring) -> JSONObject? {
    let scalars = Array(line.unicodeScalars)
    guard let end = lastSentenceEnd(scalars) else { return nil }
    let rest = Substring(String(String.UnicodeScalarView(scalars[(end + 1)...])))
    let ideographs = rest.unicodeScalars.count { PlainForm.isIdeograph($0) }
    if ideographs >= Self.leastIdeographs {
      return ["unfinished-characters": .integer(ideographs), "min": .integer(Self.leastIdeographs)]
    }
    let count = words(rest).count
    guard count >= Self.leastRest, startsSentence(rest) else { return nil }
    return ["unfinished-words": .integer(count), "min": .integer(Self.leastRest)]
  }

  /// Where the last whole sentence of a line ends: a mark behind a word of three letters and before
  /// a blank, or a mark of Chinese.
  private func lastSentenceEnd(_ scalars: [Unicode.Scalar]) -> Int? {
    scalars.indices.last { index in
      if ["。", "！", "？"].contains(scalars[index]) { return true }
      guard [".", "!", "?"].contains(scalars[index]), index >= 3,
        index + 1 < scalars.count, scalars[index + 1] == " "
      else { return false }
      return scalars[index - 3..<index].allSatisfy { $0.properties.isLowercase }
    }
  }

  private func startsSentence(_ text: Substring) -> Bool {
    PlainForm.trimmed(text).unicodeScalars.first?.properties.isUppercase ?? false
  }

  /// Neither a list's item, a table's row, a heading, an address nor code.
  private func isProse(_ line: Substring) -> Bool {
    guard !line.unicodeScalars.contains(where: { Self.codeMarks.contains($0) }),
      let first = line.unicodeScalars.first
    else { return false }
    return !["-", "•", "+", "$"].contains(first)
  }

  private func hasIdeographs(_ line: Substring) -> Bool {
    line.unicodeScalars.count { PlainForm.isIdeograph($0) } >= Self.leastIdeographs
  }

  private func words(_ text: Substring) -> [Substring] {
    text.lowercased().split { $0 == " " }.map { word in
      word.drop { !$0.isLetter && !$0.isNumber }
    }.filter { !$0.isEmpty }
  }
}
