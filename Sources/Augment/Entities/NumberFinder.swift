/// Finds numbers that say how many or how much, in digits of any language and in English words.
///
/// Left out are those that name something or are reckoned with: `COVID-19`, `5kg`, `007`, `12:30`, `2021-03-12`,
/// `#5`, `1990s`, `3 + 4`, numbers of lists, long ones without separators, and 0 and 1, on which a plural depends.
struct NumberFinder {
  private let text: EntityText
  private let bytes: [UInt8]
  private let isEnglish: Bool
  /// What parts thousands, and what stands before a fraction.
  private let group: UInt8
  private let point: UInt8

  init(_ text: EntityText, language: String) {
    self.text = text
    bytes = text.bytes
    isEnglish = language == "en"
    let comma = UInt8(ascii: ",")
    let stop = UInt8(ascii: ".")
    let hasPoint = ["en", "zh", "ja", "ko", "th", "hi", "he"].contains(language)
    (group, point) = hasPoint ? (comma, stop) : (stop, comma)
  }

  /// The numbers of a text, in order and without overlap.
  func find() -> [EntityMention] {
    let mentions = inDigits() + (isEnglish ? inWords() : [])
    return mentions.filter { text.isFree($0.range) }
      .sorted { $0.range.lowerBound < $1.range.lowerBound }
  }

  // MARK: - Words

  private func inWords() -> [EntityMention] {
    text.tokens.indices.compactMap { place in
      let token = text.tokens[place]
      guard token.kind == .word, token.casing != .mixed,
        let value = EntityNames.numbers.firstIndex(of: token.lower),
        // `one or two` says a few.
        text.word(place - 1, beside: place) != "or", text.word(place + 1, beside: place) != "or"
      else { return nil }
      return EntityMention(
        range: token.range, kind: .number, key: .number("\(value + 2)"),
        article: text.article(before: place), limit: 2...9)
    }
  }

  // MARK: - Digits

  private func inDigits() -> [EntityMention] {
    var mentions: [EntityMention] = []
    var place = 0
    while place < bytes.count {
      guard Bytes.isDigit(bytes[place]) else {
        place += 1
        continue
      }
      let end = endOfDigits(place)
      if let mention = number(place..<end) { mentions.append(mention) }
      place = end
    }
    return mentions
  }

  private func byte(_ place: Int) -> UInt8 { bytes.indices.contains(place) ? bytes[place] : 0x20 }

  private func runOfDigits(_ start: Int) -> Int {
    var end = start
    while end < bytes.count, Bytes.isDigit(bytes[end]) { end += 1 }
    return end
  }

  /// Where the digits that begin at a place end, with separators and a fraction.
  private func endOfDigits(_ start: Int) -> Int {
    var end = runOfDigits(start)
    if end - start <= 3 {
      while byte(end) == group, runOfDigits(end + 1) == end + 4 { end += 4 }
    }
    if byte(end) == point, runOfDigits(end + 1) > end + 1 { end = runOfDigits(end + 1) }
    return end
  }

  private func number(_ range: Range<Int>) -> EntityMention? {
    let digits = bytes[range].filter { $0 != group }.map { $0 == point ? UInt8(ascii: ".") : $0 }
    let key = String(decoding: digits, as: UTF8.self)
    let whole = digits.prefix { $0 != UInt8(ascii: ".") }
    let isSeparated = bytes[range].contains(group)
    guard whole.count == 1 || whole.first != UInt8(ascii: "0"),
      whole.count <= (isSeparated ? 12 : 6), digits.count - whole.count <= 9,
      !["0", "1"].contains(key), stands(range), !isReckoned(range), !isListed(range),
      !isNamed(range.lowerBound)
    else { return nil }
    let suffix = ordinalSuffix(range.upperBound)
    guard suffix == 0 || whole.count == digits.count, key != "100" || !isPercent(range) else {
      return nil
    }
    return EntityMention(
      range: range.lowerBound..<range.upperBound + suffix, kind: .number, key: .number(key),
      article: article(range.lowerBound), limit: limit(range, key))
  }

  /// Whether a number is a word of its own, with marks at most.
  private func stands(_ range: Range<Int>) -> Bool {
    let before = byte(range.lowerBound - 1)
    let opens =
      before <= 0x20 || before == UInt8(ascii: "(") || before == UInt8(ascii: "$")
      || Self.currencies.contains {
        bytes[..<range.lowerBound].reversed().starts(with: $0.reversed())
      }
    guard opens else { return false }
    var end = range.upperBound + ordinalSuffix(range.upperBound)
    if byte(end) == UInt8(ascii: "%") { end += 1 }
    // `5-year-old`
    if byte(end) == UInt8(ascii: "-"), Bytes.isASCIILetter(byte(end + 1)) { return true }
    if ",.;:?!)'\"".utf8.contains(byte(end)) {
      return !Bytes.isWordByte(byte(end + 1)) && byte(end + 1) != UInt8(ascii: "/")
    }
    return byte(end) <= 0x20
  }

  /// The signs of euro, pound and yen.
  private static let currencies = ["€", "£", "¥"].map { Array($0.utf8) }

  /// The letters of `21st` behind the digits.
  private func ordinalSuffix(_ end: Int) -> Int {
    let letters = [byte(end), byte(end + 1)]
    let isSuffix = ["st", "nd", "rd", "th"].contains { letters.elementsEqual($0.utf8) }
    return isEnglish && isSuffix && !Bytes.isWordByte(byte(end + 2)) ? 2 : 0
  }

  /// Whether a sign of arithmetic stands beside, blanks aside.
  private func isReckoned(_ range: Range<Int>) -> Bool {
    let before = bytes[..<range.lowerBound].reversed().drop { $0 == 0x20 }.prefix(3)
    let after = bytes[range.upperBound...].drop { $0 == 0x20 }.prefix(3)
    let isMinus =
      byte(range.upperBound) == 0x20 && after.first == UInt8(ascii: "-")
      || before.first == UInt8(ascii: "-")
    return isMinus
      || Self.signs.contains { before.starts(with: $0.reversed()) || after.starts(with: $0) }
  }

  private static let signs = ["+", "*", "/", "=", "<", ">", "^", "|", "×", "÷", "−", "#"].map {
    Array($0.utf8)
  }

  /// Whether a number begins a line and a mark behind it makes it one of a list.
  private func isListed(_ range: Range<Int>) -> Bool {
    guard
      [UInt8(ascii: "."), UInt8(ascii: ")"), UInt8(ascii: ":")].contains(byte(range.upperBound))
    else { return false }
    let before = bytes[..<range.lowerBound].reversed().drop {
      $0 == 0x20 || $0 == 0x09 || $0 == UInt8(ascii: "(")
    }
    return before.first.map { $0 == 0x0A } ?? true
  }

  private func article(_ start: Int) -> EntityMention.Article? {
    let word = bytes[..<start].reversed().dropFirst().prefix { $0 > 0x20 }
    let text = String(decoding: word.reversed(), as: UTF8.self).lowercased()
    return text == "a" ? .a : text == "an" ? .an : nil
  }

  // MARK: - Limits

  private func isPercent(_ range: Range<Int>) -> Bool {
    byte(range.upperBound) == UInt8(ascii: "%")
      || words(behind: range.upperBound).first == "percent"
  }

  /// What bounds a number beside its digits.
  private func limit(_ range: Range<Int>, _ key: String) -> ClosedRange<Int>? {
    if isPercent(range), let value = Double(key), value < 100 { return 0...99 }
    guard isEnglish, let value = Int(key), value <= 31 else { return nil }
    let next = words(behind: range.upperBound)
    if value <= 12, let word = next.first,
      ["am", "pm", "a.m", "p.m", "o'clock", "oclock"].contains(word)
    {
      return 2...12
    }
    // `12 March`, `the 12th of March`, `March 3 to 12`
    let beside = next.prefix(2) + words(before: range.lowerBound).prefix(3)
    return beside.contains(where: Self.isMonth) ? 2...28 : nil
  }

  /// The next words of the line in lower case, without marks at their ends and without `of`.
  private func words(behind end: Int) -> [String] {
    let line = bytes[(end + ordinalSuffix(end))...].prefix { $0 != 0x0A }.prefix(40)
    return line.split(separator: 0x20).prefix(3).map(Self.word).filter { $0 != "of" }
  }

  /// The words before in the line, the nearest first.
  private func words(before start: Int) -> [String] {
    let line = bytes[max(start - 40, 0)..<start].split(
      separator: 0x0A, omittingEmptySubsequences: false)
    let words = line.last?.split(separator: 0x20) ?? []
    return words.suffix(3).reversed().map(Self.word)
  }

  private static func isMonth(_ word: String) -> Bool {
    shortMonths.contains(word) || EntityNames.place(of: word) { $0.kind == .month } != nil
  }

  private static let shortMonths: Set<String> = [
    "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec",
  ]

  /// Whether a word with a capital stands before that begins no sentence: `Fortune 500`, `Chapter 3`.
  private func isNamed(_ start: Int) -> Bool {
    guard start > 0, bytes[start - 1] == 0x20 else { return false }
    let before = bytes[..<(start - 1)].reversed().prefix { $0 > 0x20 }
    guard let first = before.last, (0x41...0x5A).contains(first),
      !Self.isMonth(Self.word(ArraySlice(before.reversed())))
    else { return false }
    let end = bytes[..<(start - 1 - before.count)].last { $0 != 0x20 }
    return end.map { !".!?\n:".utf8.contains($0) } ?? false
  }

  private static func word(_ bytes: ArraySlice<UInt8>) -> String {
    let marks = Array(",.;:?!)".utf8)
    let end = bytes.lastIndex { !marks.contains($0) }.map { $0 + 1 } ?? bytes.startIndex
    return String(decoding: bytes[..<end], as: UTF8.self).lowercased()
  }
}
