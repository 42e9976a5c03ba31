/// Small numbers as runs of one value and groups of packed bits, in turn: levels and indices.
///
/// Reads any part at a time, so that a run of a billion values takes no memory.
struct HybridRuns {
  private let bytes: [UInt8]
  private var position: Int
  private let end: Int
  private let width: Int
  /// What is left of the run or group at hand.
  private var left = 0
  private var repeated: UInt32 = 0
  private var isPacked = false
  /// The next bit of a group.
  private var bit = 0

  /// Numbers of `width` bits, 32 at most, in a range of bytes.
  init(_ bytes: [UInt8], _ range: Range<Int>, width: Int) throws(ParquetFault) {
    guard width <= 32 else { throw ParquetFault("numbers of \(width) bits are no levels") }
    self.bytes = bytes
    position = range.lowerBound
    end = range.upperBound
    self.width = width
  }

  /// Appends the next numbers.
  mutating func read<Number: FixedWidthInteger>(
    _ count: Int, into numbers: inout [Number]
  ) throws(ParquetFault) {
    var wanted = count
    while wanted > 0 {
      if left == 0 { try begin() }
      let taken = min(wanted, left)
      if isPacked {
        unpack(taken, into: &numbers)
      } else {
        numbers.append(
          contentsOf: repeatElement(Number(truncatingIfNeeded: repeated), count: taken))
      }
      left -= taken
      wanted -= taken
    }
  }

  private mutating func begin() throws(ParquetFault) {
    let head = try varint()
    isPacked = head & 1 == 1
    if isPacked {
      let groups = Int(head >> 1)
      // The last group may be cut short where its numbers are not all there.
      left = min(groups * 8, width == 0 ? groups * 8 : (end - position) * 8 / width)
      bit = position * 8
      position = min(end, position + groups * width)
    } else {
      left = Int(head >> 1)
      let size = (width + 7) / 8
      guard position + size <= end else { throw ParquetFault("a page ends within a run") }
      repeated = 0
      for index in 0..<size { repeated |= UInt32(bytes[position + index]) << UInt32(8 * index) }
      position += size
    }
    guard left > 0 else { throw ParquetFault("a page has fewer values than its header says") }
  }

  private mutating func varint() throws(ParquetFault) -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while position < end, shift < 35 {
      let byte = bytes[position]
      position += 1
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
      shift += 7
    }
    throw ParquetFault("a page has fewer values than its header says")
  }

  private mutating func unpack<Number: FixedWidthInteger>(
    _ count: Int, into numbers: inout [Number]
  ) {
    var bit = bit
    let width = width
    bytes.withUnsafeBufferPointer { bytes in
      for _ in 0..<count {
        numbers.append(Number(truncatingIfNeeded: PackedBits.number(bytes, bit: bit, width: width)))
        bit += width
      }
    }
    self.bit = bit
  }
}

/// Numbers of any width, packed from the lowest bit on.
enum PackedBits {
  /// The number of `width` bits, 64 at most, that begins at a bit; bytes that are not there are 0.
  @inline(__always)
  static func number(_ bytes: UnsafeBufferPointer<UInt8>, bit: Int, width: Int) -> UInt64 {
    if width == 0 { return 0 }
    let first = bit >> 3
    let shift = UInt64(bit & 7)
    var number: UInt64
    if first + 8 <= bytes.count {
      number = UInt64(
        littleEndian: UnsafeRawBufferPointer(bytes).loadUnaligned(
          fromByteOffset: first, as: UInt64.self))
      number >>= shift
      if Int(shift) + width > 64, first + 8 < bytes.count {
        number |= UInt64(bytes[first + 8]) << (64 - shift)
      }
    } else {
      number = 0
      for index in first..<max(first, min(bytes.count, first + 9)) {
        let place = 8 * (index - first) - Int(shift)
        number |= place >= 0 ? UInt64(bytes[index]) << UInt64(place) : UInt64(bytes[index]) >> shift
      }
    }
    return width == 64 ? number : number & (1 << UInt64(width) - 1)
  }
}
