import Records
import Stages

/// A page of values, unpacked: where its levels and its values are.
struct ValuePage {
  let bytes: [UInt8]
  let count: Int
  let encoding: Encoding
  let repetition: Range<Int>
  let definition: Range<Int>
  let values: Int
}

/// How many bytes the pages and dictionaries of all columns may take together.
///
/// Only what is being read is in memory: a page of each column, with the values of its dictionary.
final class PageBudget {
  private var used = 0
  private let limit: Int

  init(limit: Int) { self.limit = limit }

  /// Takes the place of a page for another.
  func exchange(_ old: Int, for new: Int) throws(ParquetFault) {
    guard used - old + new <= limit else {
      throw ParquetFault(
        "the pages that are read together take more than \(limit >> 20) MB")
    }
    used += new - old
  }
}

/// Walks the pages of one column in one row group.
struct ColumnPages {
  private let source: any ByteSource
  private let chunk: FileMetadata.ColumnChunk
  private let leaf: Leaf
  private let budget: PageBudget
  private var position: Int
  private let end: Int
  /// How many values the pages to come must hold.
  private(set) var left: Int
  private(set) var dictionary: [JSONValue]?
  private var pageSize = 0

  /// No page has more values.
  static let mostValues = 1 << 26
  private static let dictionaryBatch = 4096
  /// Headers are small, but for statistics of long texts.
  private static let window = 1 << 12
  private static let largestHeader = 1 << 24

  init(
    _ source: any ByteSource, _ chunk: FileMetadata.ColumnChunk, _ leaf: Leaf, _ budget: PageBudget
  ) throws(ParquetFault) {
    guard !chunk.isEncrypted else { throw .unsupported("an encrypted column") }
    guard !chunk.isElsewhere else { throw .unsupported("a column in another file") }
    guard chunk.type == leaf.type, chunk.path == leaf.path else {
      throw ParquetFault("a row group has other columns than the schema")
    }
    guard chunk.start >= 4, chunk.start <= source.count,
      chunk.compressedSize <= source.count - chunk.start
    else { throw ParquetFault("its pages lie beyond the end of the file") }
    self.source = source
    self.chunk = chunk
    self.leaf = leaf
    self.budget = budget
    position = chunk.start
    end = chunk.start + chunk.compressedSize
    left = chunk.values
  }

  /// The next page of values; nil where all have been read.
  mutating func next() throws -> ValuePage? {
    while left > 0 {
      guard position < end else {
        throw ParquetFault("its pages end \(left) values before the end of the row group")
      }
      let header = try header()
      guard header.compressedSize <= end - position else {
        throw ParquetFault("a page reaches beyond its column")
      }
      guard header.values <= Self.mostValues else {
        throw ParquetFault("a page has \(header.values) values")
      }
      let start = position
      position += header.compressedSize
      switch header.kind {
      case .other: continue
      case .dictionary: try readDictionary(header, try body(header, at: start))
      case .data: return try page(header, try body(header, at: start))
      case .data2: return try page2(header, try raw(header, at: start))
      }
    }
    return nil
  }

  private mutating func header() throws -> PageHeader {
    var size = Self.window
    while true {
      let bytes = try source.read(position..<min(end, position + size))
      var length = 0
      let result = Result { () throws(ParquetFault) in try PageHeader(bytes[...], end: &length) }
      if case .failure(let fault) = result, fault.endsEarly, bytes.count == size,
        size < Self.largestHeader
      {
        size *= 8
        continue
      }
      position += length
      return try result.get()
    }
  }

  private func raw(_ header: PageHeader, at start: Int) throws -> [UInt8] {
    let bytes = try source.read(start..<start + header.compressedSize)
    if let checksum = header.checksum, PageCodec.checksum(bytes[...]) != checksum {
      throw ParquetFault("a page is damaged: its checksum is another")
    }
    return bytes
  }

  private mutating func body(_ header: PageHeader, at start: Int) throws -> [UInt8] {
    try reserve(header)
    let bytes = try raw(header, at: start)
    if chunk.codec == .none, bytes.count == header.size { return bytes }
    return try PageCodec.unpack(bytes[...], chunk.codec, size: header.size)
  }

  private mutating func reserve(_ header: PageHeader) throws(ParquetFault) {
    // A page that is not compressed is as long as it is, whatever its header says.
    let size = max(header.size, header.compressedSize)
    try budget.exchange(pageSize, for: size)
    pageSize = size
  }

  private mutating func readDictionary(_ header: PageHeader, _ page: [UInt8]) throws(ParquetFault) {
    guard dictionary == nil else { throw ParquetFault("it has two dictionaries") }
    guard header.encoding == .plain || header.encoding == .plainDictionary else {
      throw ParquetFault("its dictionary has an encoding that dictionaries do not have")
    }
    let decoder = try ValueDecoders.make(
      .plain, of: leaf, page, at: 0, count: header.values, dictionary: nil)
    var values: [JSONValue] = []
    var counted = 0
    while values.count < header.values {
      let wanted = min(Self.dictionaryBatch, header.values - values.count)
      try decoder.read(wanted, into: &values)
      try budget.exchange(0, for: values[counted...].reduce(0) { $0 + $1.weight })
      counted = values.count
    }
    dictionary = values
  }

  // MARK: - Pages of values

  /// Version 1: levels, each with its length, and values, all compressed together.
  private mutating func page(
    _ header: PageHeader, _ bytes: [UInt8]
  ) throws(ParquetFault) -> ValuePage {
    var place = 0
    let repetition = try levels(
      leaf.repetition, header.repetitionEncoding, in: bytes, at: &place)
    let definition = try levels(
      leaf.definition, header.definitionEncoding, in: bytes, at: &place)
    return try page(header, bytes, repetition, definition, values: place)
  }

  private func levels(
    _ highest: UInt8, _ encoding: Int, in bytes: [UInt8], at place: inout Int
  ) throws(ParquetFault) -> Range<Int> {
    guard highest > 0 else { return place..<place }
    guard encoding == Encoding.runs.rawValue else { throw .unsupported("levels as packed bits") }
    guard let length = bytes.word(at: place), length <= bytes.count - place - 4 else {
      throw ParquetFault("a page ends within its levels")
    }
    let range = place + 4..<place + 4 + length
    place = range.upperBound
    return range
  }

  /// Version 2: levels as they are, and values, which alone are compressed.
  private mutating func page2(_ header: PageHeader, _ raw: [UInt8]) throws(ParquetFault)
    -> ValuePage
  {
    try reserve(header)
    let first = header.repetitionBytes
    let second = first + header.definitionBytes
    guard first <= raw.count, second <= raw.count, second <= header.size else {
      throw ParquetFault("a page ends within its levels")
    }
    var bytes = raw
    if header.isCompressed, chunk.codec != .none {
      bytes =
        raw[..<second]
        + (try PageCodec.unpack(raw[second...], chunk.codec, size: header.size - second))
    }
    return try page(header, bytes, 0..<first, first..<second, values: second)
  }

  private mutating func page(
    _ header: PageHeader, _ bytes: [UInt8], _ repetition: Range<Int>, _ definition: Range<Int>,
    values: Int
  ) throws(ParquetFault) -> ValuePage {
    guard let encoding = header.encoding else {
      throw .unsupported("an encoding that is newer than this program")
    }
    guard header.values <= left else {
      throw ParquetFault("its pages have more values than the row group says")
    }
    left -= header.values
    return ValuePage(
      bytes: bytes, count: header.values, encoding: encoding, repetition: repetition,
      definition: definition, values: values)
  }
}
