/// A telephone number as it is dialled within a country, in groups of digits: one whose form says what it is
/// (`0171 1234567`, `030/901820`, `(010) 12345678`), or that a word before it names.
struct DialledNumber {
  /// Where it ends.
  let end: Int

  init?(in text: ByteText, at place: Int) {
    guard let digits = DigitGroups(in: text, at: place) else { return nil }
    if let end = Self.end(byForm: digits, text) {
      self.end = end
    } else {
      guard let end = digits.end(of: 7...13), !digits.isDate(text), !digits.isQuantity(text),
        Self.isNamed(text, place), !Self.isCounted(text, end)
      else { return nil }
      self.end = end
    }
  }

  private static func end(byForm digits: DigitGroups, _ text: ByteText) -> Int? {
    let first = digits.groups[0]
    guard digits.groups.count > 1, text[first.lowerBound] == UInt8(ascii: "0") else { return nil }
    let slash = UInt8(ascii: "/")
    let (second, third) = (text[first.lowerBound + 1], text[first.lowerBound + 2])
    let mark = text.bytes[first.upperBound..<digits.groups[1].lowerBound].filter { $0 != 0x20 }
    switch (second, first.count) {
    // 0049 171 1234567
    case (0x30, 3...4): return third > 0x30 && !digits.areBits(text) ? digits.end(of: 10...17) : nil
    // (030) 901820, （010）12345678 and 030/901820
    case (_, 3...5) where digits.isOpen || mark == Array("）".utf8):
      return digits.end(of: 8...12)
    // Not 012/345/67890, which a tax office gives, nor a file's 012/345678.
    case (_, 3...5) where mark == [slash] && text[digits.groups[1].upperBound] != slash:
      let isArea = second > 0x31 || (0x35...0x37).contains(third)
      return isArea ? digits.end(of: 9...12) : nil
    // Mobile telephones of Germany and Britain.
    case (0x31, 4...5) where (0x35...0x37).contains(third): return digits.end(of: 10...12)
    case (0x37, 5): return digits.end(of: 11...11)
    default: return nil
    }
  }

  // MARK: - Words before a number

  private static let names: Set = [
    "cell", "cellphone", "fax", "fon", "handy", "handynr", "handynummer", "hotline", "landline",
    "mobil", "mobile", "mobilnummer", "mobiltelefon", "phone", "rufnummer", "tel", "telefax",
    "telefon", "telefonnr", "telefonnummer", "telephone", "whatsapp",
  ]
  private static let chineseNames = ["电话", "手机", "热线", "座机", "传真", "拨打", "致电"]
  /// What may stand between such a word and the number, and does in no other way before numbers.
  private static let fillers: Set = [
    "at", "is", "ist", "lautet", "nr", "no", "num", "number", "nummer", "on", "under", "unter",
  ]
  private static let chineseFillers = ["：", "（", "是", "为", "号码", "号", "码"]

  /// Whether a word of the same line says that the number behind it is a telephone's.
  private static func isNamed(_ text: ByteText, _ place: Int) -> Bool {
    var end = place
    for _ in 0..<4 {
      end = text.start(before: end, atMost: 4) {
        [0x20, 0x22, 0x23, 0x28, 0x2D, 0x2E, 0x3A].contains(text[$0])
      }
      let start = text.start(before: end, atMost: 24) { text.isLetter($0) || text[$0] >= 0x80 }
      let word = String(decoding: text.bytes[start..<end], as: UTF8.self).lowercased()
      if names.contains(word) || isChineseName(word) { return true }
      guard fillers.contains(word) else { return false }
      end = start
    }
    return false
  }

  private static func isChineseName(_ word: String) -> Bool {
    var rest = Substring(word)
    while let filler = chineseFillers.first(where: { rest.hasSuffix($0) }) {
      rest.removeLast(filler.count)
    }
    // Of 手机 alone, the telephone itself, there may be so many.
    return chineseNames.contains { rest.hasSuffix($0) }
      && (rest.utf8.count < word.utf8.count || !rest.hasSuffix("手机"))
  }

  private static let counters: [StaticString] = [
    "部", "台", "个", "元", "块", "万", "亿", "人", "次", "件", "条",
  ]

  /// Whether a Chinese word behind digits says that they are a number of things.
  private static func isCounted(_ text: ByteText, _ end: Int) -> Bool {
    counters.contains { text.has($0, at: end) }
  }
}

/// Digits in groups, with one to three marks between them.
private struct DigitGroups {
  private(set) var groups: [Range<Int>] = []
  /// Whether the first group stands in brackets.
  let isOpen: Bool

  /// More groups are no number that anybody dials.
  private static let most = 8

  init?(in text: ByteText, at place: Int) {
    isOpen = text[place] == UInt8(ascii: "(")
    var start = place + (isOpen ? 1 : 0)
    while groups.count < Self.most {
      let end = text.end(from: start, atMost: 18) { text.isDigit($0) }
      guard end > start else { break }
      groups.append(start..<end)
      if groups.count == 1, text.has("）", at: end) {
        start = end + 3
        continue
      }
      start = text.end(from: end, atMost: 3) {
        [0x20, 0x28, 0x29, 0x2D, 0x2E, 0x2F].contains(text[$0])
      }
    }
    guard let first = groups.first, !isOpen || text[first.upperBound] == UInt8(ascii: ")") else {
      return nil
    }
  }

  /// Where the longest number ends that has so many digits; a digit alone behind it is of what follows.
  func end(of counts: ClosedRange<Int>) -> Int? {
    var digits = 0
    var end: Int?
    for (index, group) in groups.enumerated() {
      digits += group.count
      guard digits <= counts.upperBound, index < 2 || group.count > 1 else { break }
      if digits >= counts.lowerBound { end = group.upperBound }
    }
    return end
  }

  /// `0010 1101 0110` and `0011.2233.4455`: numbers of ones and noughts, and groups of four alone.
  func areBits(_ text: ByteText) -> Bool {
    groups.allSatisfy { $0.count == 4 }
      || groups.allSatisfy { group in group.allSatisfy { text[$0] < 0x32 } }
  }

  /// `1.500.000` and `0.123456789`.
  func isQuantity(_ text: ByteText) -> Bool {
    guard let first = groups.first, groups.count > 1, text[first.upperBound] == UInt8(ascii: ".")
    else { return false }
    let isThousands =
      text[first.lowerBound] != 0x30 && groups.dropFirst().allSatisfy { $0.count == 3 }
    return first.count == 1 && groups.count == 2 || first.count <= 3 && isThousands
  }

  /// `2024-01-15`, `15.01.2024`, `2019/2020`, `20240115`.
  func isDate(_ text: ByteText) -> Bool {
    if groups.count == 1, groups[0].count == 8 {
      let digits = groups[0].map { Int(text[$0]) - 0x30 }
      let (month, day) = (digits[4] * 10 + digits[5], digits[6] * 10 + digits[7])
      return [19, 20].contains(digits[0] * 10 + digits[1]) && 1...12 ~= month && 1...31 ~= day
    }
    func isYear(_ group: Range<Int>) -> Bool {
      group.count == 4 && [0x31, 0x32].contains(text[group.lowerBound])
    }
    let sizes = groups.prefix(3).map(\.count)
    if sizes.count == 2 { return groups.allSatisfy(isYear) }
    return sizes.count == 3 && sizes[1] <= 2
      && (isYear(groups[0]) && sizes[2] <= 2 || sizes[0] <= 2 && isYear(groups[2]))
  }
}
