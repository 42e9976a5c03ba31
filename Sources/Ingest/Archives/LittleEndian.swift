/// Little-endian numbers in bytes whose count was checked before.
struct LittleEndian {
  private let bytes: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) { self.bytes = bytes }
  init(_ bytes: [UInt8]) { self.init(bytes[...]) }

  /// The number of two bytes at an offset.
  func short(_ offset: Int) -> Int { Int(number(offset, 2)) }
  /// The number of four bytes at an offset.
  func word(_ offset: Int) -> Int { Int(number(offset, 4)) }
  /// The number of eight bytes at an offset; nil where it is past what an archive can hold.
  func long(_ offset: Int) -> Int? { Int(exactly: number(offset, 8)) }

  private func number(_ offset: Int, _ count: Int) -> UInt64 {
    let start = bytes.startIndex + offset
    precondition(
      offset >= 0 && start + count <= bytes.endIndex,
      "\(count) bytes at \(offset) of \(bytes.count)")
    return (0..<count).reduce(0) { $0 | UInt64(bytes[start + $1]) << UInt64(8 * $1) }
  }
}
