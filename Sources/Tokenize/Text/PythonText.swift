/// Python's idea of white space, which sacremoses and transformers cut texts by.
///
/// It has the separators U+001C to U+001F besides White_Space.
enum PythonText {
  /// Whether `str.isspace` and `\s` of `re` hold for a scalar.
  static func isSpace(_ scalar: UInt32) -> Bool {
    (0x1C...0x1F).contains(scalar) || CharacterProperties.space.contains(scalar)
  }

  /// The text without white space at its ends.
  static func stripped(_ text: [UInt8]) -> [UInt8] {
    let span = text.span
    var start = 0
    var end = text.count
    while start < end {
      let (scalar, length) = UTF8Scalars.decode(span, at: start)
      guard isSpace(scalar) else { break }
      start += length
    }
    while end > start {
      let last = UTF8Scalars.startOfScalar(before: end, in: span)
      guard isSpace(UTF8Scalars.decode(span, at: last).scalar) else { break }
      end = last
    }
    return Array(text[start..<end])
  }
}
