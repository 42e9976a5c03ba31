/// CRC-32 of ids in 32 bits each, lowest byte first: equal to the peers' if all ids are.
struct Checksum {
  private var state = ~UInt32(0)

  private static let table: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { value, _ in
      value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1
    }
  }

  /// Takes the ids of the next document.
  mutating func add(_ ids: [Int32]) {
    for id in ids {
      var rest = UInt32(bitPattern: id)
      for _ in 0..<4 {
        state = Self.table[Int((state ^ rest) & 0xFF)] ^ state >> 8
        rest >>= 8
      }
    }
  }

  /// The checksum of all ids so far.
  var value: UInt32 { ~state }
}
