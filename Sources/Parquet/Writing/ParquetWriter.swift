package import Records
package import Stages

/// How the pages of a file that is written are compressed.
package enum ParquetCompression: String, ChoiceValue {
  case zstd, snappy, none

  var codec: Codec {
    switch self {
    case .zstd: .zstd
    case .snappy: .snappy
    case .none: .none
    }
  }
}

/// Writes objects as rows of a Parquet file.
///
/// Each field is a column: booleans, 64-bit integers, doubles, texts, lists and structures at any
/// depth; all may be null, and a member that is not there is null. Texts and numbers go through a
/// dictionary where that is smaller. Memory holds one row group of at most 64 MB. The same rows give
/// the same bytes.
package final class ParquetWriter {
  /// The note that names the columns whose texts are JSON.
  static let jsonNote = "anneal.json"

  private let file: AtomicFile
  private let codec: Codec
  private let schema: WrittenSchema
  private var builders: [ColumnBuilder]
  private var rows = 0
  private var offset: Int
  private var groups: [WrittenGroup] = []

  private static let mostRows = 1 << 14
  private static let mostBytes = 1 << 26

  /// Begins a file of rows with these fields.
  package init(
    _ path: String, fields: [ColumnField], compression: ParquetCompression = .zstd
  ) throws(FileError) {
    file = try AtomicFile(path)
    codec = compression.codec
    schema = WrittenSchema(fields)
    builders = schema.leaves.map { ColumnBuilder($0) }
    try file.write(ParquetFile.magic)
    offset = ParquetFile.magic.count
  }

  /// Adds a row.
  /// - Throws: `StageError` for a value that the fields do not hold, or that cannot be written.
  package func append(_ row: JSONObject) throws(StageError) {
    for node in schema.fields {
      guard shred(row[node.name] ?? .null, node, repetition: 0, above: 0) else {
        throw StageError(
          "invalid-field", "a value does not fit the column that was planned", field: node.name)
      }
    }
    rows += 1
    if rows == Self.mostRows || builders.reduce(0, { $0 + $1.size }) > Self.mostBytes {
      try flush()
    }
  }

  /// Takes a value apart into its columns; false where one is of another type.
  private func shred(
    _ value: JSONValue, _ node: RowNode, repetition: UInt8, above: UInt8
  ) -> Bool {
    switch (node.shape, value) {
    case (.leaf(let leaf), _) where leaf.meaning == .json || !value.isNull:
      return leaf.meaning == .json && value.isNull
        ? shredNull(node, repetition, above)
        : builders[node.leaves.lowerBound].append(value, repetition: repetition)
    case (_, .null): return shredNull(node, repetition, above)
    case (.structure(let children), .object(let object)):
      return children.allSatisfy {
        shred(
          object[$0.name] ?? .null, $0, repetition: repetition, above: node.definition)
      }
    case (.list(let element, _, let level), .array(let elements)):
      if elements.isEmpty { return shredNull(node, repetition, node.definition) }
      for (index, value) in elements.enumerated() {
        let fits = shred(
          value, element, repetition: index == 0 ? repetition : level, above: node.definition + 1)
        guard fits else { return false }
      }
      return true
    default: return false
    }
  }

  private func shredNull(_ node: RowNode, _ repetition: UInt8, _ definition: UInt8) -> Bool {
    for leaf in node.leaves {
      builders[leaf].appendNull(repetition: repetition, definition: definition)
    }
    return true
  }

  private func flush() throws(StageError) {
    guard rows > 0 else { return }
    var group = WrittenGroup(rows: rows)
    do {
      for builder in builders {
        let pages = try builder.pages(codec)
        group.columns.append(.init(leaf: builder.leaf, pages: pages, offset: offset))
        try file.write(pages.bytes)
        offset += pages.bytes.count
      }
    } catch let error as FileError {
      throw StageError("unwritable-file", error.description)
    } catch { throw StageError("unwritable-file", "\(error)") }
    groups.append(group)
    rows = 0
    builders = schema.leaves.map { ColumnBuilder($0) }
  }

  /// Writes what is left and the footer, and puts the file in place.
  /// - Returns: The SHA-256 of the file in hexadecimal.
  @discardableResult
  package func finish() throws -> String {
    try flush()
    let footer = FooterWriter(schema: schema, groups: groups, codec: codec).bytes
    try file.write(footer)
    try file.write(withUnsafeBytes(of: UInt32(footer.count).littleEndian) { Array($0) })
    try file.write(ParquetFile.magic)
    return try file.commit()
  }
}

/// What the footer says of a row group.
struct WrittenGroup {
  struct Column {
    let leaf: Leaf
    let values: Int
    let size: Int
    let packedSize: Int
    let offset: Int
    let dataOffset: Int
    let usesDictionary: Bool

    init(leaf: Leaf, pages: ColumnPagesWritten, offset: Int) {
      self.leaf = leaf
      values = pages.values
      size = pages.size
      packedSize = pages.bytes.count
      self.offset = offset
      dataOffset = offset + pages.dataOffset
      usesDictionary = pages.usesDictionary
    }
  }

  let rows: Int
  var columns: [Column] = []
}
