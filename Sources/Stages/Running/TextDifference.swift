import Records

/// What differs between two texts: the part between their common beginning and end.
struct TextDifference {
  /// Texts in the ledger are cut to this many characters: it explains, the data files hold the rest.
  private static let longest = 160

  /// Characters (Unicode scalars) before the first that differs.
  let place: Int
  /// The part of the old text, cut to a length that people read.
  let old: String
  /// The part of the new text, cut likewise.
  let new: String

  init(_ old: String, _ new: String) {
    var (old, new) = (old, new)
    self = old.withUTF8 { old in new.withUTF8 { new in TextDifference(old, new) } }
  }

  private init(_ old: UnsafeBufferPointer<UInt8>, _ new: UnsafeBufferPointer<UInt8>) {
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
    place = old[..<start].count { !Self.continues($0) }
    self.old = Self.cut(old[start..<old.count - rest])
    self.new = Self.cut(new[start..<new.count - rest])
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

  private static func cut(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> String {
    var count = 0
    let end = bytes.firstIndex { byte in
      if !continues(byte) { count += 1 }
      return count > longest
    }
    let text = String(decoding: bytes[..<(end ?? bytes.endIndex)], as: UTF8.self)
    return end == nil ? text : text + "…"
  }

  /// Appends the difference as one change: `{field, at, from, to}`.
  func write(field: String, to buffer: inout [UInt8]) {
    buffer.append(contentsOf: "{\"field\":".utf8)
    JSONValue.write(field, to: &buffer)
    buffer.append(contentsOf: ",\"at\":\(place),\"from\":".utf8)
    JSONValue.write(old, to: &buffer)
    buffer.append(contentsOf: ",\"to\":".utf8)
    JSONValue.write(new, to: &buffer)
    buffer.append(UInt8(ascii: "}"))
  }
}
