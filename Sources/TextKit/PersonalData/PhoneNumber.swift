/// Finds telephone numbers: with a country's code, as written in North America, Germany, Britain and China,
/// and any behind a word that says so (`Tel. 030 901820`).
enum PhoneNumber {
  static func end(in text: ByteText, at place: Int) -> Int? {
    let before = text[place - 1]
    let isInside =
      (before == UInt8(ascii: ".") || before == UInt8(ascii: "-") || before == UInt8(ascii: ","))
      && text.isDigit(place - 2) || before == UInt8(ascii: "/") || before == UInt8(ascii: "+")
    guard !isInside else { return nil }
    let end =
      international(text, place) ?? northAmerican(text, place) ?? chinese(text, place)
      ?? DialledNumber(in: text, at: place)?.end
    guard let end else { return nil }
    let goesOn =
      text.isAlphanumeric(end) || text[end] == UInt8(ascii: "_")
      || [0x2D, 0x2E, 0x2F, 0x2C].contains(text[end]) && text.isDigit(end + 1)
    return goesOn ? nil : end
  }

  /// `+49 30 1234567`: 8 to 15 digits in groups.
  private static func international(_ text: ByteText, _ place: Int) -> Int? {
    guard text[place] == UInt8(ascii: "+"), (0x31...0x39).contains(text[place + 1]) else {
      return nil
    }
    var (end, digits, groups) = (place + 1, 0, place + 1)
    // +12.345.678 is a number with marks for thousands.
    var isThousands = true
    while groups < text.count {
      let next = text.end(from: groups) { text.isDigit($0) }
      guard next > groups else { break }
      if digits > 0 { isThousands = isThousands && next - groups == 3 && text[end] == 0x2E }
      digits += next - groups
      end = next
      groups = text.end(from: next) { [0x20, 0x2D, 0x2E, 0x2F, 0x28, 0x29].contains(text[$0]) }
      guard groups - next <= 2 else { break }
    }
    let isNumber = isThousands && end - place - 1 > digits
    return (8...15).contains(digits) && !isNumber ? end : nil
  }

  /// `(212) 555-0123`, `212-555-0123`, `212.555.0123`, with `1` before it or not.
  private static func northAmerican(_ text: ByteText, _ place: Int) -> Int? {
    var start = place
    if text[start] == UInt8(ascii: "1"), [0x20, 0x2D, 0x2E].contains(text[start + 1]) {
      start += 2
    }
    let isOpen = text[start] == UInt8(ascii: "(")
    if isOpen { start += 1 }
    guard isDigits(text, start, 3), text[start] >= 0x32 else { return nil }
    var exchange = start + 3
    let separator: UInt8
    if isOpen {
      guard text[exchange] == UInt8(ascii: ")") else { return nil }
      exchange += text[exchange + 1] == 0x20 ? 2 : 1
      separator = text[exchange + 3]
    } else {
      separator = text[exchange]
      exchange += 1
    }
    guard separator == 0x2D || separator == 0x2E || isOpen && separator == 0x20,
      isDigits(text, exchange, 3), text[exchange] >= 0x32, text[exchange + 3] == separator,
      isDigits(text, exchange + 4, 4)
    else { return nil }
    return exchange + 8
  }

  /// `13812345678`, `138-1234-5678` and `010-12345678`.
  private static func chinese(_ text: ByteText, _ place: Int) -> Int? {
    if text[place] == UInt8(ascii: "1"), (0x33...0x39).contains(text[place + 1]) {
      if isDigits(text, place, 11), !text.isDigit(place + 11) { return place + 11 }
      let mark = text[place + 3]
      if mark == 0x2D || mark == 0x20, isDigits(text, place, 3), isDigits(text, place + 4, 4),
        text[place + 8] == mark, isDigits(text, place + 9, 4)
      {
        return place + 13
      }
    }
    guard text[place] == UInt8(ascii: "0") else { return nil }
    for area in 3...4 where isDigits(text, place, area) && text[place + area] == 0x2D {
      let end = text.end(from: place + area + 1) { text.isDigit($0) }
      if (7...8).contains(end - place - area - 1) { return end }
    }
    return nil
  }

  private static func isDigits(_ text: ByteText, _ place: Int, _ count: Int) -> Bool {
    (place..<place + count).allSatisfy { text.isDigit($0) }
  }
}
