/// Where what a reader takes for one character ends (Unicode Standard Annex 29, extended clusters).
enum GraphemeClusters {
  /// Whether a scalar joins none of its kind, but for a line break of two characters: those below the combining marks,
  /// ideographs and the signs used with them.
  @inline(__always)
  static func standsAlone(_ scalar: UInt32) -> Bool {
    scalar < 0x300 || 0x3001...0x3029 ~= scalar || 0x3400...0x9FFF ~= scalar
      || 0xFF01...0xFF9D ~= scalar
  }

  /// The end of the cluster that begins at a place of valid UTF-8.
  static func end(in bytes: borrowing Span<UInt8>, from start: Int) -> Int {
    let (first, length) = UTF8Scalars.decode(bytes, at: start)
    var place = start + length
    guard place < bytes.count else { return place }
    if standsAlone(first), standsAlone(UTF8Scalars.decode(bytes, at: place).scalar) {
      return first == 0x0D && bytes[place] == 0x0A ? place + 1 : place
    }
    var recognizer = Unicode._CharacterRecognizer()
    guard let scalar = Unicode.Scalar(first) else { return place }
    _ = recognizer.hasBreak(before: scalar)
    while place < bytes.count {
      let (next, length) = UTF8Scalars.decode(bytes, at: place)
      guard let scalar = Unicode.Scalar(next), !recognizer.hasBreak(before: scalar) else { break }
      place += length
    }
    return place
  }
}
