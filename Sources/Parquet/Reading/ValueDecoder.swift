import Records

/// Reads the values of a page, some at a time.
protocol ValueDecoder: AnyObject {
  /// Appends the next values: at most `count`, at least one, and fewer where they are long.
  func read(_ count: Int, into values: inout [JSONValue]) throws(ParquetFault)
}

extension ParquetFault {
  /// There are fewer values than the header says.
  static var tooFewValues: ParquetFault {
    ParquetFault("a page has fewer values than its header says")
  }
}

/// How many bytes of values are made before they are asked for.
enum ValueBatch {
  static let mostBytes = 1 << 18
}

/// The values of a page in one of the format's encodings.
enum ValueDecoders {
  /// The decoder of `count` values that begin at a place of a page.
  static func make(
    _ encoding: Encoding, of leaf: Leaf, _ page: [UInt8], at start: Int, count: Int,
    dictionary: [JSONValue]?
  ) throws(ParquetFault) -> any ValueDecoder {
    switch (encoding, leaf.type) {
    case (.plainDictionary, _), (.dictionary, _):
      guard let dictionary else { throw ParquetFault("a page has no dictionary to refer to") }
      return try DictionaryValues(page, at: start, dictionary)
    case (.plain, .boolean): return PackedBooleans(page, at: start)
    case (.plain, .bytes): return PlainBytes(page, at: start, leaf)
    case (.plain, _): return FixedValues(page, at: start, leaf)
    case (.runs, .boolean): return try RunBooleans(page, at: start)
    case (.delta, .int32), (.delta, .int64):
      return DeltaIntegers(try DeltaRuns(page, at: start), leaf)
    case (.deltaLength, .bytes):
      return try DeltaLengthBytes(page, at: start, count: count, leaf)
    case (.deltaBytes, .bytes), (.deltaBytes, .fixed):
      return try DeltaBytes(page, at: start, count: count, leaf)
    case (.byteStreamSplit, .bytes), (.byteStreamSplit, .boolean), (.byteStreamSplit, .int96):
      throw ParquetFault("a page's encoding does not fit its type")
    case (.byteStreamSplit, _): return try SplitStreams(page, at: start, count: count, leaf)
    case (.packed, _): throw .unsupported("the old BIT_PACKED encoding")
    default: throw ParquetFault("a page's encoding does not fit its type")
    }
  }
}

/// Bits, the lowest first.
final class PackedBooleans: ValueDecoder {
  private let page: [UInt8]
  private var bit: Int

  init(_ page: [UInt8], at start: Int) {
    self.page = page
    bit = start * 8
  }

  func read(_ count: Int, into values: inout [JSONValue]) throws(ParquetFault) {
    guard count <= page.count * 8 - bit else { throw .tooFewValues }
    for place in bit..<bit + count {
      values.append(.bool(page[place >> 3] >> UInt8(place & 7) & 1 == 1))
    }
    bit += count
  }
}

/// Booleans as runs, their length before them.
final class RunBooleans: ValueDecoder {
  private var runs: HybridRuns

  init(_ page: [UInt8], at start: Int) throws(ParquetFault) {
    guard let length = page.word(at: start), length <= page.count - start - 4 else {
      throw .tooFewValues
    }
    runs = try HybridRuns(page, start + 4..<start + 4 + length, width: 1)
  }

  func read(_ count: Int, into values: inout [JSONValue]) throws(ParquetFault) {
    var bits: [UInt8] = []
    try runs.read(count, into: &bits)
    for bit in bits { values.append(.bool(bit == 1)) }
  }
}

/// Texts and bytes, a length of four bytes before each.
final class PlainBytes: ValueDecoder {
  private let page: [UInt8]
  private var position: Int
  private let leaf: Leaf

  init(_ page: [UInt8], at start: Int, _ leaf: Leaf) {
    self.page = page
    position = start
    self.leaf = leaf
  }

  func read(_ count: Int, into values: inout [JSONValue]) throws(ParquetFault) {
    let start = position
    for _ in 0..<count where position - start < ValueBatch.mostBytes {
      guard let length = page.word(at: position), length <= page.count - position - 4 else {
        throw .tooFewValues
      }
      values.append(try leaf.value(page, position + 4..<position + 4 + length))
      position += 4 + length
    }
  }
}

/// Values of one width.
final class FixedValues: ValueDecoder {
  private let page: [UInt8]
  private var position: Int
  private let leaf: Leaf
  private let width: Int

  init(_ page: [UInt8], at start: Int, _ leaf: Leaf) {
    self.page = page
    position = start
    self.leaf = leaf
    width = leaf.type.width(length: leaf.length) ?? 1
  }

  func read(_ count: Int, into values: inout [JSONValue]) throws(ParquetFault) {
    let (size, overflows) = count.multipliedReportingOverflow(by: width)
    guard !overflows, size <= page.count - position else { throw .tooFewValues }
    for place in stride(from: position, to: position + size, by: width) {
      values.append(try leaf.value(page, place..<place + width))
    }
    position += size
  }
}

/// Numbers of values in the dictionary.
final class DictionaryValues: ValueDecoder {
  private let dictionary: [JSONValue]
  private var runs: HybridRuns
  private var indices: [UInt32] = []

  init(_ page: [UInt8], at start: Int, _ dictionary: [JSONValue]) throws(ParquetFault) {
    self.dictionary = dictionary
    // A page without values may lack the byte that says how wide the numbers are.
    let width = start < page.count ? Int(page[start]) : 0
    runs = try HybridRuns(page, min(start + 1, page.count)..<page.count, width: width)
  }

  func read(_ count: Int, into values: inout [JSONValue]) throws(ParquetFault) {
    indices.removeAll(keepingCapacity: true)
    try runs.read(count, into: &indices)
    for index in indices {
      guard Int(index) < dictionary.count else {
        throw ParquetFault("a page refers to value \(index) of a dictionary of \(dictionary.count)")
      }
      values.append(dictionary[Int(index)])
    }
  }
}

/// The bytes of numbers, all first bytes before all second ones.
final class SplitStreams: ValueDecoder {
  private let page: [UInt8]
  private let start: Int
  private let count: Int
  private let width: Int
  private let leaf: Leaf
  private var next = 0

  init(_ page: [UInt8], at start: Int, count: Int, _ leaf: Leaf) throws(ParquetFault) {
    self.page = page
    self.start = start
    self.leaf = leaf
    width = leaf.type.width(length: leaf.length) ?? 1
    let left = page.count - start
    guard left.isMultiple(of: width), left / width <= count else {
      throw ParquetFault("a page's streams are of different lengths")
    }
    self.count = left / width
  }

  func read(_ wanted: Int, into values: inout [JSONValue]) throws(ParquetFault) {
    guard wanted <= count - next else { throw .tooFewValues }
    var raw = [UInt8](repeating: 0, count: width)
    for index in next..<next + wanted {
      for byte in 0..<width { raw[byte] = page[start + byte * count + index] }
      values.append(try leaf.value(raw, 0..<width))
    }
    next += wanted
  }
}

extension Leaf {
  /// The value in a range of a page, which lies within it.
  @inline(__always)
  func value(_ page: [UInt8], _ range: Range<Int>) throws(ParquetFault) -> JSONValue {
    try page.withUnsafeBufferPointer { (page) throws(ParquetFault) in
      let bytes = UnsafeBufferPointer(rebasing: page[range])
      switch type {
      case .int32, .float:
        return try value(
          bits: UInt64(
            UInt32(
              littleEndian: UnsafeRawBufferPointer(bytes).loadUnaligned(
                fromByteOffset: 0, as: UInt32.self))))
      case .int64, .double:
        return try value(
          bits: UInt64(
            littleEndian: UnsafeRawBufferPointer(bytes).loadUnaligned(
              fromByteOffset: 0, as: UInt64.self)))
      case .boolean, .int96, .bytes, .fixed: return try value(bytes)
      }
    }
  }
}

extension [UInt8] {
  /// The number of four bytes at a place, the lowest first; nil where there are fewer.
  func word(at place: Int) -> Int? {
    guard place + 4 <= count else { return nil }
    return Int(self[place]) | Int(self[place + 1]) << 8 | Int(self[place + 2]) << 16
      | Int(self[place + 3]) << 24
  }
}
