import Records

/// An answer that stops in the middle of a sentence.
///
/// Short answers, lists, tables, code and verse end without a full stop, and people leave it out
/// where it is the last, so these signs count alone: a last word that needs another, a last mark
/// that promises more, and behind whole sentences one without an end that has a last word such as
/// "often" or "在", or less than half of their length.
struct TruncatedRule: TurnRule {
  /// Nothing ends with these.
  private static let dangling: Set<String> = [
    "the", "a", "an", "of", "and", "or", "but", "with", "for", "from", "by", "which", "because",
    "are", "were", "be", "its", "their", "your", "my", "our", "these", "into", "than", "if",
    "while", "such", "as", "is", "was", "has", "have", "had", "can", "will", "would", "should",
  ]
  /// A sentence seldom ends with these; alone they are no sign.
  private static let open: Set<String> = dangling.union([
    "to", "in", "on", "at", "about", "over", "under", "between", "among", "through", "during",
    "without", "within", "into", "onto", "against", "toward", "towards", "upon", "per", "via",
    "that", "this", "those", "his", "her", "who", "whom", "whose", "what", "when", "where", "how",
    "why", "whether", "although", "though", "since", "until", "unless", "so", "then", "thus",
    "very", "more", "most", "less", "least", "often", "also", "not", "no", "only", "just", "even",
    "usually", "generally", "typically", "mainly", "mostly", "some", "any", "each", "every",
    "both", "many", "several", "other", "another", "various", "including", "like", "using", "may",
    "might", "must", "could", "shall", "do", "does", "did", "been", "being", "am", "i", "he",
    "she", "they", "we", "it", "there", "more", "one", "two", "three", "first", "new",
  ])
  private static let openIdeographs = Set("在的是和与及或但而为以对从把被向将由于因如把让使给其该这那各每并且很更最非常".unicodeScalars)
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
      return isList(line) ? nil : ["ends-with": .string(String(last))]
    }
    guard !PlainForm.endMarks.contains(last) else { return nil }
    if let word = danglingWord(line, in: text) { return ["ends-with": .string(word)] }
    return unfinished(line)
  }

  /// An enumeration, or a whole sentence with a comma behind it.
  private func isList(_ line: Substring) -> Bool {
    let body = line.unicodeScalars.dropLast()
    if let last = body.last, PlainForm.endMarks.contains(last) { return true }
    let parts = line.split { Self.promising.contains($0.unicodeScalars.first ?? " ") }
    return parts.count >= 4
      && parts.suffix(3).allSatisfy { words($0).count <= 3 && !hasIdeographs($0) }
  }

  /// The last word where it needs another one.
  private func danglingWord(_ line: Substring, in text: Substring) -> String? {
    let all = words(line)
    guard all.count >= Self.leastWords, let last = all.last else { return nil }
    let isOpen = Self.dangling.contains(String(last)) || OpenWords.all.contains(String(last))
    return isOpen ? String(last) : nil
  }

  /// A last sentence without an end, behind some that have it.
  private func unfinished(_ line: Substring) -> JSONObject? {
    let scalars = Array(line.unicodeScalars)
    guard let end = lastSentenceEnd(scalars) else { return nil }
    let rest = Substring(String(String.UnicodeScalarView(scalars[(end + 1)...])))
    let ideographs = rest.unicodeScalars.count { PlainForm.isIdeograph($0) }
    let isChinese = ideographs >= Self.leastIdeographs
    let count = isChinese ? ideographs : words(rest).count
    guard isChinese || count >= Self.leastRest && startsSentence(rest) else { return nil }
    let name = isChinese ? "unfinished-characters" : "unfinished-words"
    if isOpen(rest) { return [name: .integer(count), "ends-with": .string(lastWord(rest))] }
    let mean = meanLength(line.prefix(line.count - rest.count), isChinese)
    guard let mean, Double(count) < Self.shortShare * mean else { return nil }
    return [name: .integer(count), "mean": .number(mean), "max-share": .real(Self.shortShare)]
  }

  /// The last sentence has less than this part of the length of the others.
  private static let shortShare = 0.5
  /// As many whole sentences tell how long sentences are.
  private static let leastSentences = 2

  private func lastWord(_ text: Substring) -> String {
    guard let last = text.unicodeScalars.last else { return "" }
    return PlainForm.isIdeograph(last) ? String(last) : words(text).last.map(String.init) ?? ""
  }

  private func isOpen(_ text: Substring) -> Bool {
    let word = lastWord(text)
    return Self.open.contains(word)
      || OpenWords.all.contains(word) && text.last?.isLowercase == true
      || word.unicodeScalars.count == 1
        && word.unicodeScalars.allSatisfy { Self.openIdeographs.contains($0) }
  }

  /// The mean number of words, or ideographs, of whole sentences.
  private func meanLength(_ text: Substring, _ isChinese: Bool) -> Double? {
    let lengths = RepeatedSentences.sentences(of: text).map { sentence in
      isChinese
        ? sentence.unicodeScalars.count { PlainForm.isIdeograph($0) } : words(sentence[...]).count
    }.filter { $0 > 0 }
    guard lengths.count >= Self.leastSentences else { return nil }
    return Double(lengths.reduce(0, +)) / Double(lengths.count)
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
