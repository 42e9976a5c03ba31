import Records

/// Integers as differences from the one before, in blocks of packed bits (DELTA_BINARY_PACKED).
struct DeltaRuns {
  private let page: [UInt8]
  /// Behind the last block that was begun.
  private(set) var position: Int
  private var perMiniblock = 0
  private var miniblocks = 0
  /// How many integers there are.
  private(set) var count = 0
  private var given = 0
  private var last: Int64 = 0
  private var least: Int64 = 0
  private var widths: [UInt8] = []
  private var miniblock = 0
  private var inMiniblock = 0
  private var bit = 0
  /// No writer uses blocks of more integers.
  private static let largestBlock = 1 << 16

  init(_ page: [UInt8], at start: Int) throws(ParquetFault) {
    self.page = page
    position = start
    let block = try varint()
    let parts = try varint()
    guard block > 0, block <= Self.largestBlock, parts > 0, parts <= block,
      block.isMultiple(of: parts), (block / parts).isMultiple(of: 8)
    else { throw ParquetFault("a page has blocks of \(block) in \(parts) parts") }
    miniblocks = Int(parts)
    perMiniblock = Int(block / parts)
    let total = try varint()
    guard total <= ColumnPages.mostValues else { throw ParquetFault("a page has \(total) values") }
    count = Int(total)
    last = try zigzag()
    miniblock = miniblocks
  }

  private mutating func varint() throws(ParquetFault) -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while position < page.count, shift < 64 {
      let byte = page[position]
      position += 1
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
      shift += 7
    }
    throw .tooFewValues
  }

  private mutating func zigzag() throws(ParquetFault) -> Int64 {
    let value = try varint()
    return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
  }

  /// The next integer.
  mutating func next() throws(ParquetFault) -> Int64 {
    guard given < count else { throw .tooFewValues }
    given += 1
    if given == 1 { return last }
    if miniblock == miniblocks || inMiniblock == perMiniblock { try advance() }
    let width = Int(widths[miniblock])
    let delta = page.withUnsafeBufferPointer {
      PackedBits.number($0, bit: bit, width: width)
    }
    bit += width
    inMiniblock += 1
    last = last &+ least &+ Int64(bitPattern: delta)
    return last
  }

  /// Goes on to the next part, or block.
  private mutating func advance() throws(ParquetFault) {
    miniblock += 1
    inMiniblock = 0
    if miniblock >= miniblocks {
      least = try zigzag()
      guard position + miniblocks <= page.count else { throw .tooFewValues }
      widths = Array(page[position..<position + miniblocks])
      position += miniblocks
      miniblock = 0
    }
    let width = Int(widths[miniblock])
    guard width <= 64 else { throw ParquetFault("a page has differences of \(width) bits") }
    let size = perMiniblock / 8 * width
    // The last part may be cut behind the last integer.
    let needed = (min(perMiniblock, count - given + 1) * width + 7) / 8
    guard position + needed <= page.count else { throw .tooFewValues }
    bit = position * 8
    position = min(page.count, position + size)
  }

  /// The next integer, which must be a length.
  mutating func length() throws(ParquetFault) -> Int {
    let length = try next()
    guard length >= 0, length <= Int32.max else {
      throw ParquetFault("a text has \(length) bytes")
    }
    return Int(length)
  }

  /// The place behind all integers; equal ones take no bytes, so they are not kept.
  func end() throws(ParquetFault) -> Int {
    var runs = self
    while runs.given < count { _ = try runs.next() }
    return runs.position
  }
}

/// Integers as differences.
final class DeltaIntegers: ValueDecoder {
  private var runs: DeltaRuns
  private let leaf: Leaf

  init(_ runs: DeltaRuns, _ leaf: Leaf) {
    self.runs = runs
    self.leaf = leaf
  }

  func read(_ count: Int, into values: inout [JSONValue]) throws(ParquetFault) {
    for _ in 0..<count { values.append(try leaf.value(bits: UInt64(bitPattern: try runs.next()))) }
  }
}

/// Texts whose lengths stand before all of them.
final class DeltaLengthBytes: ValueDecoder {
  private let page: [UInt8]
  private var lengths: DeltaRuns
  private var position: Int
  private let leaf: Leaf

  init(_ page: [UInt8], at start: Int, count: Int, _ leaf: Leaf) throws(ParquetFault) {
    self.page = page
    self.leaf = leaf
    lengths = try DeltaRuns(page, at: start)
    guard lengths.count <= count else { throw ParquetFault("a page has more lengths than values") }
    position = try lengths.end()
  }

  func read(_ count: Int, into values: inout [JSONValue]) throws(ParquetFault) {
    let start = position
    for _ in 0..<count where position - start < ValueBatch.mostBytes {
      values.append(try leaf.value(page, try range()))
    }
  }

  /// Where the next text is.
  func range() throws(ParquetFault) -> Range<Int> {
    let length = try lengths.length()
    guard length <= page.count - position else { throw .tooFewValues }
    defer { position += length }
    return position..<position + length
  }
}

/// Texts that share their beginning with the one before.
final class DeltaBytes: ValueDecoder {
  private let page: [UInt8]
  private var prefixes: DeltaRuns
  private let suffixes: DeltaLengthBytes
  private var last: [UInt8] = []
  private let leaf: Leaf

  init(_ page: [UInt8], at start: Int, count: Int, _ leaf: Leaf) throws(ParquetFault) {
    self.page = page
    self.leaf = leaf
    prefixes = try DeltaRuns(page, at: start)
    guard prefixes.count <= count else { throw ParquetFault("a page has more lengths than values") }
    suffixes = try DeltaLengthBytes(page, at: try prefixes.end(), count: count, leaf)
  }

  func read(_ count: Int, into values: inout [JSONValue]) throws(ParquetFault) {
    var made = 0
    // A page of many texts that share a long beginning is small, what it holds is not.
    for _ in 0..<count where made < ValueBatch.mostBytes {
      let prefix = try prefixes.length()
      guard prefix <= last.count else {
        throw ParquetFault("a text begins with more than the one before has")
      }
      last.removeLast(last.count - prefix)
      last.append(contentsOf: page[try suffixes.range()])
      if leaf.type == .fixed, last.count != leaf.length {
        throw ParquetFault("a value of fixed length has another")
      }
      made += last.count
      values.append(try leaf.value(last, 0..<last.count))
    }
  }
}
