import Records

/// What differs between two texts: the part between their common beginning and end.
///
/// It lives no longer than the buffers it was made of.
struct TextDifference {
  /// Texts in the ledger are cut to this many characters: it explains, the data files hold the rest.
  private static let longest = 160

  /// Characters (Unicode scalars) before the first that differs.
  private let place: Int
  /// What differs in the old text and in the new one, as UTF-8.
  private let old: UnsafeBufferPointer<UInt8>
  private let new: UnsafeBufferPointer<UInt8>

  /// Appends the difference of two texts as one change: `{field, at, from, to}`.
  static func write(_ old: String, _ new: String, field: String, to buffer: inout [UInt8]) {
    var (old, new, field) = (old, new, field)
    old.withUTF8 { old in
      new.withUTF8 { new in
        field.withUTF8 { field in
          TextDifference(old, new).write(field: field, to: &buffer)
        }
      }
    }
  }

  init(_ old: UnsafeBufferPointer<UInt8>, _ new: UnsafeBufferPointer<UInt8>) {
    let shortest = min(old.count, new.count)
    var start = 0
    while start + 8 <= shortest, Self.word(old, start) == Self.word(new, start) { start += 8 }
    while start < shortest, old[start] == new[start] { start += 1 }
    // Texts that differ in the middle of a character differ from its first byte on.
    while Self.isInside(old, start) || Self.isInside(new, start) { start -= 1 }
    var rest = 0
    while rest + 8 <= shortest - start,
      Self.word(old, old.count - rest - 8) == Self.word(new, new.count - rest - 8)
    { rest += 8 }
    while rest < shortest - start, old[old.count - 1 - rest] == new[new.count - 1 - rest] {
      rest += 1
    }
    while Self.isInside(old, old.count - rest) || Self.isInside(new, new.count - rest) {
      rest -= 1
    }
    place = Self.characters(UnsafeBufferPointer(rebasing: old[..<start]))
    self.old = UnsafeBufferPointer(rebasing: old[start..<old.count - rest])
    self.new = UnsafeBufferPointer(rebasing: new[start..<new.count - rest])
  }

  /// Eight bytes at a place.
  private static func word(_ bytes: UnsafeBufferPointer<UInt8>, _ place: Int) -> UInt64 {
    UnsafeRawBufferPointer(bytes).loadUnaligned(fromByteOffset: place, as: UInt64.self)
  }

  /// Whether a place is within a character.
  private static func isInside(_ bytes: UnsafeBufferPointer<UInt8>, _ place: Int) -> Bool {
    place > 0 && place < bytes.count && continues(bytes[place])
  }

  private static func continues(_ byte: UInt8) -> Bool { byte & 0xC0 == 0x80 }

  /// How many characters UTF-8 holds: its bytes that continue none, eight at a time.
  private static func characters(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
    var count = 0
    var place = 0
    while place + 8 <= bytes.count {
      let word = word(bytes, place)
      // Of a byte that continues a character the high bit is set and the next one is not.
      count += 8 - (word & ~(word << 1) & 0x8080_8080_8080_8080).nonzeroBitCount
      place += 8
    }
    while place < bytes.count {
      if !continues(bytes[place]) { count += 1 }
      place += 1
    }
    return count
  }

  /// Appends the difference as one change; `field` is UTF-8.
  func write(field: UnsafeBufferPointer<UInt8>, to buffer: inout [UInt8]) {
    buffer.append(contentsOf: "{\"field\":".utf8)
    JSONValue.write(utf8: field, to: &buffer)
    buffer.append(contentsOf: ",\"at\":".utf8)
    JSONValue.write(place, to: &buffer)
    buffer.append(contentsOf: ",\"from\":".utf8)
    Self.write(old, to: &buffer)
    buffer.append(contentsOf: ",\"to\":".utf8)
    Self.write(new, to: &buffer)
    buffer.append(UInt8(ascii: "}"))
  }

  /// Appends a part of a text, cut to a length that people read.
  private static func write(_ bytes: UnsafeBufferPointer<UInt8>, to buffer: inout [UInt8]) {
    guard let end = cut(bytes) else { return JSONValue.write(utf8: bytes, to: &buffer) }
    JSONValue.write(utf8: UnsafeBufferPointer(rebasing: bytes[..<end]), to: &buffer)
    // Before the quote.
    buffer.removeLast()
    buffer.append(contentsOf: "…\"".utf8)
  }

  /// Where a text that is too long is cut.
  private static func cut(_ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
    // No character has less than a byte.
    guard bytes.count > longest else { return nil }
    var count = 0
    return bytes.firstIndex { byte in
      if !continues(byte) { count += 1 }
      return count > longest
    }
  }
}
