/// What a byte of UTF-8 text may be part of, where texts are divided into words.
struct ByteKinds: OptionSet, Sendable {
  let rawValue: UInt8

  /// A letter of ASCII.
  static let letter = ByteKinds(rawValue: 1)
  static let digit = ByteKinds(rawValue: 2)
  /// A sign that no prose has inside a word: `@`, `\`, `_`, `=`.
  static let sign = ByteKinds(rawValue: 4)
  /// A sign that prose has between words, and addresses, paths and code inside: `/`, `.`, `:`, `(`.
  static let joint = ByteKinds(rawValue: 8)
  /// Any other.
  static let other = ByteKinds(rawValue: 16)

  /// Whether it is a letter or digit of ASCII.
  var isPlain: Bool { rawValue & 3 != 0 }

  /// By the byte.
  static let table = (0..<256).map { byte -> ByteKinds in
    let byte = UInt8(byte)
    if Bytes.isASCIILetter(byte) { return .letter }
    if Bytes.isDigit(byte) { return .digit }
    if "@\\_=<>$#&|~^{}`".utf8.contains(byte) { return .sign }
    return "/.:(".utf8.contains(byte) ? .joint : .other
  }
}
