/// Where what a reader takes for one character ends (Unicode Standard Annex 29, extended clusters).
enum GraphemeClusters {
  /// The end of the cluster that begins at a place of valid UTF-8.
  static func end(in bytes: borrowing Span<UInt8>, from start: Int) -> Int {
    let (first, length) = UTF8Scalars.decode(bytes, at: start)
    var place = start + length
    guard place < bytes.count else { return place }
    // Below the combining marks only a line break of two characters is a cluster of several.
    if bytes[place] < 0x80, first < 0x300 {
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
