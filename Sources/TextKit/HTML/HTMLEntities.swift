/// Decodes character references such as `&eacute;` and `&#233;`.
package struct HTMLEntities: Sendable {
  /// Names as bytes, with their semicolon where they have one.
  private let names: [[UInt8]: String]
  private static let longestName = 33

  /// The references of the HTML standard.
  package static let standard = HTMLEntities()

  private init() {
    var names: [[UInt8]: String] = [:]
    let table = htmlEntityTable.withUTF8Buffer { Array($0) }
    for line in table.split(separator: UInt8(ascii: "\n")) {
      let parts = line.split(separator: UInt8(ascii: " "))
      guard let name = parts.first else { continue }
      var text = String.UnicodeScalarView()
      for part in parts.dropFirst() {
        let code = UInt32(String(decoding: part, as: UTF8.self), radix: 16)
        if let scalar = code.flatMap(Unicode.Scalar.init) { text.append(scalar) }
      }
      names[Array(name)] = String(text)
    }
    self.names = names
  }

  /// What a name stands for that is written with its semicolon, which `name` is without.
  package func text(named name: [UInt8]) -> String? { names[name + [UInt8(ascii: ";")]] }

  /// The reference at an ampersand of plain text: what it stands for and how many bytes it takes.
  ///
  /// Names without a semicolon, which the standard allows for a hundred old ones, are decoded where
  /// no letter, digit or equals sign follows, so that `?a=1&copy=2` stays.
  package func reference(in bytes: ArraySlice<UInt8>) -> (text: String, length: Int)? {
    let body = bytes.dropFirst()
    if body.first == UInt8(ascii: "#") { return number(body) }
    let letters = letters(of: body)
    if let whole = whole(letters, body) { return whole }
    guard next(body, letters.count) != UInt8(ascii: "="), let text = names[Array(letters)] else {
      return nil
    }
    return (text, letters.count + 1)
  }

  /// The reference at an ampersand of a page, as the standard's tokenizer reads it.
  ///
  /// `&notit;` is `¬it;`: an old name needs nothing behind it, except in an attribute.
  package func reference(
    in bytes: ArraySlice<UInt8>, ofAttribute inAttribute: Bool
  ) -> (text: String, length: Int)? {
    let body = bytes.dropFirst()
    if body.first == UInt8(ascii: "#") { return number(body) }
    let letters = letters(of: body)
    if let whole = whole(letters, body) { return whole }
    for count in stride(from: letters.count, to: 1, by: -1) {
      guard let text = names[Array(letters.prefix(count))] else { continue }
      let follower = next(body, count)
      let goesOn = follower == UInt8(ascii: "=") || follower?.isASCIIAlphanumeric == true
      return inAttribute && goesOn ? nil : (text, count + 1)
    }
    return nil
  }

  private func letters(of body: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    body.prefix(Self.longestName).prefix { $0.isASCIIAlphanumeric }
  }

  private func next(_ body: ArraySlice<UInt8>, _ count: Int) -> UInt8? {
    body.dropFirst(count).first
  }

  /// The reference of a name that ends in a semicolon.
  private func whole(
    _ letters: ArraySlice<UInt8>, _ body: ArraySlice<UInt8>
  ) -> (text: String, length: Int)? {
    let semicolon = UInt8(ascii: ";")
    guard next(body, letters.count) == semicolon else { return nil }
    return names[Array(letters) + [semicolon]].map { ($0, letters.count + 2) }
  }

  private func number(_ body: ArraySlice<UInt8>) -> (text: String, length: Int)? {
    let isHex = body.dropFirst().first.map { $0 | 0x20 } == UInt8(ascii: "x")
    let head = isHex ? 2 : 1
    let digits = body.dropFirst(head).prefix { isHex ? $0.isASCIIHexDigit : $0.isASCIIDigit }
    guard !digits.isEmpty else { return nil }
    // What is too long to be a number is no character either.
    let text = String(decoding: digits, as: UTF8.self)
    let code = UInt32(text, radix: isHex ? 16 : 10) ?? .max
    let hasSemicolon = body.dropFirst(head + digits.count).first == UInt8(ascii: ";")
    return (Self.character(code), 1 + head + digits.count + (hasSemicolon ? 1 : 0))
  }

  /// The C1 controls stand for what Windows-1252 has there; what is no character becomes U+FFFD.
  private static func character(_ code: UInt32) -> String {
    let windows: [UInt32] = [
      0x20AC, 0x81, 0x201A, 0x192, 0x201E, 0x2026, 0x2020, 0x2021, 0x2C6, 0x2030, 0x160, 0x2039,
      0x152, 0x8D, 0x17D, 0x8F, 0x90, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
      0x2DC, 0x2122, 0x161, 0x203A, 0x153, 0x9D, 0x17E, 0x178,
    ]
    let mapped = (0x80..<0xA0).contains(code) ? windows[Int(code) - 0x80] : code
    guard mapped != 0, let scalar = Unicode.Scalar(mapped) else { return "\u{FFFD}" }
    return String(scalar)
  }
}

extension UInt8 {
  /// Whether the byte is an ASCII digit.
  package var isASCIIDigit: Bool { (0x30...0x39).contains(self) }
  /// Whether the byte is an ASCII digit or a letter from a to f.
  package var isASCIIHexDigit: Bool { isASCIIDigit || (0x61...0x66).contains(self | 0x20) }
  /// Whether the byte is an ASCII letter.
  package var isASCIILetter: Bool { (0x61...0x7A).contains(self | 0x20) }
  /// Whether the byte is an ASCII letter or digit.
  package var isASCIIAlphanumeric: Bool { isASCIIDigit || isASCIILetter }
  /// Whether the byte is one of HTML's blanks: space, tab, newline, form feed, carriage return.
  package var isHTMLBlank: Bool {
    self == 0x20 || self == 0x0A || self == 0x09 || self == 0x0D || self == 0x0C
  }
}
