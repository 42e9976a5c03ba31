/// A double-array trie as `darts-clone` lays it out, in which sentencepiece keeps its rules.
///
/// Every step is checked against the array's bounds, so that a broken file finds nothing rather than crash.
struct DoubleArray: Sendable {
  private let units: [UInt32]

  /// Takes the units of the array, as the file has them: 32 bits each, the lowest byte first.
  init(_ bytes: ArraySlice<UInt8>) {
    var units: [UInt32] = []
    units.reserveCapacity(bytes.count / 4)
    var place = bytes.startIndex
    while place + 4 <= bytes.endIndex {
      units.append(
        UInt32(bytes[place]) | UInt32(bytes[place + 1]) << 8 | UInt32(bytes[place + 2]) << 16
          | UInt32(bytes[place + 3]) << 24)
      place += 4
    }
    self.units = units
  }

  /// The value and length of a key that is a prefix of part of a text; nil where none is.
  ///
  /// - Parameter takesLongest: Whether the longest such key counts rather than the shortest.
  @inline(__always)
  func match(
    _ range: ByteRange, of text: borrowing Span<UInt8>, takesLongest: Bool
  ) -> (value: Int, length: Int)? {
    guard let root = units.first else { return nil }
    var found: (value: Int, length: Int)?
    var node = Int(Self.offset(root))
    for place in range.indices {
      let byte = text[place]
      node ^= Int(byte)
      guard byte != 0, node < units.count else { break }
      let unit = units[node]
      guard unit & 0x8000_00FF == UInt32(byte) else { break }
      node ^= Int(Self.offset(unit))
      guard node < units.count else { break }
      if (unit >> 8) & 1 == 1 {
        found = (Int(units[node] & 0x7FFF_FFFF), place + 1 - Int(range.start))
        if !takesLongest { break }
      }
    }
    return found
  }

  /// Whether any key begins with a byte.
  func hasKeys(beginningWith byte: UInt8) -> Bool {
    guard let root = units.first else { return false }
    let node = Int(Self.offset(root)) ^ Int(byte)
    return node < units.count && units[node] & 0x8000_00FF == UInt32(byte)
  }

  private static func offset(_ unit: UInt32) -> UInt32 {
    (unit >> 10) << ((unit & 1 << 9) >> 6)
  }
}
