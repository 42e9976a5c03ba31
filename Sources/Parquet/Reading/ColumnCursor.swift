import Records
import Stages

/// One column of a row group, value by value, each with its levels.
final class ColumnCursor {
  let leaf: Leaf
  private var pages: ColumnPages
  private var decoder: (any ValueDecoder)?
  private var definitionRuns: HybridRuns?
  private var repetitionRuns: HybridRuns?
  /// How many entries of the page are still to be read.
  private var leftInPage = 0

  private var definitions: [UInt8] = []
  private var repetitions: [UInt8] = []
  private var entry = 0
  private var entries = 0
  private var values: [JSONValue] = []
  private var value = 0
  /// Values that the entries at hand have, beyond those in `values`.
  private var pending = 0

  private static let batch = 4096
  /// Values may be long, so few are made before they are asked for.
  private static let valueBatch = 256

  init(
    _ source: any ByteSource, _ chunk: FileMetadata.ColumnChunk, _ leaf: Leaf, _ budget: PageBudget
  ) throws(ParquetFault) {
    self.leaf = leaf
    pages = try ColumnPages(source, chunk, leaf, budget)
  }

  /// The levels of the next entry; nil at the end.
  @inline(__always)
  func peek() throws -> (definition: UInt8, repetition: UInt8)? {
    if entry == entries, try !refill() { return nil }
    return (
      leaf.definition == 0 ? 0 : definitions[entry], leaf.repetition == 0 ? 0 : repetitions[entry]
    )
  }

  /// The next entry's value; null where it has none.
  @inline(__always)
  func take() throws -> JSONValue {
    if entry == entries, try !refill() { throw ParquetFault("it ends before the row group does") }
    defer { entry += 1 }
    guard leaf.definition == 0 || definitions[entry] == leaf.definition else { return .null }
    if value == values.count { try decode() }
    defer { value += 1 }
    return values[value]
  }

  private func decode() throws(ParquetFault) {
    guard let decoder, pending > 0 else { throw .tooFewValues }
    values.removeAll(keepingCapacity: true)
    value = 0
    try decoder.read(min(pending, Self.valueBatch), into: &values)
    pending -= values.count
  }

  /// Reads the levels of more entries; false at the end.
  private func refill() throws -> Bool {
    while leftInPage == 0 {
      guard let page = try pages.next() else { return false }
      try begin(page)
    }
    let count = min(leftInPage, Self.batch)
    leftInPage -= count
    entry = 0
    entries = count
    repetitions.removeAll(keepingCapacity: true)
    try repetitionRuns?.read(count, into: &repetitions)
    guard repetitions.allSatisfy({ $0 <= leaf.repetition }) else {
      throw ParquetFault("a level is too high")
    }
    try readDefinitions(count)
    return true
  }

  private func readDefinitions(_ count: Int) throws(ParquetFault) {
    guard definitionRuns != nil else {
      pending += count
      return
    }
    definitions.removeAll(keepingCapacity: true)
    try definitionRuns?.read(count, into: &definitions)
    for level in definitions {
      guard level <= leaf.definition else { throw ParquetFault("a level is too high") }
      if level == leaf.definition { pending += 1 }
    }
  }

  private func begin(_ page: ValuePage) throws(ParquetFault) {
    guard pending == 0, value == values.count else { throw .tooFewValues }
    leftInPage = page.count
    repetitionRuns = try runs(page, page.repetition, leaf.repetition)
    definitionRuns = try runs(page, page.definition, leaf.definition)
    decoder = try ValueDecoders.make(
      page.encoding, of: leaf, page.bytes, at: page.values, count: page.count,
      dictionary: pages.dictionary)
  }

  private func runs(
    _ page: ValuePage, _ range: Range<Int>, _ highest: UInt8
  ) throws(ParquetFault) -> HybridRuns? {
    guard highest > 0 else { return nil }
    return try HybridRuns(page.bytes, range, width: 8 - highest.leadingZeroBitCount)
  }
}
