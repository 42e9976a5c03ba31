import Records

/// Finds the line of a file that begins with a word, in constant time and without copying lines.
///
/// WordNet's index files are such: a lemma, a blank, and what is known of it. Lines that begin with a
/// blank are its licence. 4 bytes a slot beside the file's own bytes.
struct LineTable: Sendable {
  /// The file.
  let bytes: [UInt8]
  /// How many lines there are.
  let count: Int
  /// Where lines start, plus one, with 0 for an empty slot: open addressing, at most half full.
  private let slots: [UInt32]

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    let starts = bytes.withUnsafeBufferPointer(Self.lineStarts)
    count = starts.count
    var size = 16
    while size < starts.count * 2 { size *= 2 }
    var slots = [UInt32](repeating: 0, count: size)
    bytes.withUnsafeBufferPointer { bytes in
      for start in starts {
        var end = start
        while end < bytes.count, bytes[end] != 0x20 { end += 1 }
        let word = UnsafeBufferPointer(rebasing: bytes[start..<end])
        var slot = Int(truncatingIfNeeded: StableHash.hash(word)) & (size - 1)
        while slots[slot] != 0 { slot = (slot + 1) & (size - 1) }
        slots[slot] = UInt32(start) + 1
      }
    }
    self.slots = slots
  }

  private static func lineStarts(_ bytes: UnsafeBufferPointer<UInt8>) -> [Int] {
    var starts: [Int] = []
    var atStart = true
    for (place, byte) in bytes.enumerated() {
      if atStart, byte != 0x20, byte != 0x0A { starts.append(place) }
      atStart = byte == 0x0A
    }
    return starts
  }

  /// The rest of the line that begins with a word, from the blank behind it to the line's end.
  func line(of word: String) -> ArraySlice<UInt8>? {
    var word = word
    return word.withUTF8 { word in
      var slot = Int(truncatingIfNeeded: StableHash.hash(word)) & (slots.count - 1)
      while slots[slot] != 0 {
        let start = Int(slots[slot] - 1)
        if matches(word, at: start) { return restOfLine(from: start + word.count) }
        slot = (slot + 1) & (slots.count - 1)
      }
      return nil
    }
  }

  private func matches(_ word: UnsafeBufferPointer<UInt8>, at start: Int) -> Bool {
    let end = start + word.count
    guard end < bytes.count, bytes[end] == 0x20 else { return false }
    return bytes[start..<end].elementsEqual(word)
  }

  private func restOfLine(from start: Int) -> ArraySlice<UInt8> {
    bytes[start..<(bytes[start...].firstIndex(of: 0x0A) ?? bytes.count)]
  }

  /// Calls `visit` with the word that each line begins with.
  func forEachWord(_ visit: (ArraySlice<UInt8>) -> Void) {
    for slot in slots where slot != 0 {
      let start = Int(slot - 1)
      visit(bytes[start..<(bytes[start...].firstIndex(of: 0x20) ?? bytes.count)])
    }
  }
}
