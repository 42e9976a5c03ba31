package import Records
package import Stages

/// Reads the rows of a Parquet file as objects.
///
/// Read are data pages of versions 1 and 2, all encodings but the old packed bits, columns as they
/// are or in snappy, gzip, zstd or LZ4_RAW, structures, lists and maps at any depth. In memory is the
/// page being read of each column and its dictionary, together 1 GB at most, however long row groups
/// are. Brotli, LZO, Hadoop's LZ4, encryption, intervals and variants are refused by name.
/// Specification: <https://parquet.apache.org/docs/file-format/>.
package struct ParquetFile {
  private let source: any ByteSource
  private let name: String
  private let metadata: FileMetadata
  private let tree: SchemaTree

  /// What a Parquet file begins and ends with.
  package static let magic = Array("PAR1".utf8)
  private static let encryptedMagic = Array("PARE".utf8)
  private static let largestFooter = 1 << 28
  /// How many bytes the pages and dictionaries that are read together may take.
  private let mostBytes: Int

  /// Opens a file and reads its footer; `name` stands in messages.
  /// - Throws: `StageError` for what is no sound Parquet file.
  package init(
    _ source: any ByteSource, name: String, mostBytes: Int = 1 << 30
  ) throws(StageError) {
    self.source = source
    self.name = name
    self.mostBytes = mostBytes
    do {
      let footer = try Self.footer(of: source)
      metadata = try FileMetadata(footer[...])
      tree = try SchemaTree(metadata.schema, json: Self.jsonColumns(of: metadata))
      let rows = metadata.groups.reduce(0) { $0.addingReportingOverflow($1.rows).partialValue }
      guard rows == metadata.rows else {
        throw ParquetFault("it says it has \(metadata.rows) rows, its row groups \(rows)")
      }
    } catch { throw Self.fault(error, in: name) }
  }

  /// How many rows there are.
  package var rowCount: Int { metadata.rows }

  /// How many rows each row group has.
  package var groupSizes: [Int] { metadata.groups.map(\.rows) }

  /// The columns that our writer noted to hold JSON, because their values are of several kinds.
  private static func jsonColumns(of metadata: FileMetadata) -> Set<String> {
    let note = metadata.notes[ParquetWriter.jsonNote].flatMap { try? JSONValue.parse($0).array }
    return Set(note?.compactMap(\.string) ?? [])
  }

  private static func footer(of source: any ByteSource) throws -> [UInt8] {
    let count = source.count
    guard count >= 12, try source.read(0..<4) == magic || source.read(0..<4) == encryptedMagic
    else { throw ParquetFault("it does not begin as Parquet does") }
    let tail = try source.read(count - 8..<count)
    if Array(tail[4...]) == encryptedMagic { throw ParquetFault.unsupported("an encrypted file") }
    guard Array(tail[4...]) == magic else {
      throw ParquetFault("it does not end as Parquet does: it may have been cut short")
    }
    guard let length = tail.word(at: 0), length <= count - 12, length <= largestFooter else {
      throw ParquetFault("its footer lies beyond the file")
    }
    return try source.read(count - 8 - length..<count - 8)
  }

  /// Calls `visit` with the number of each row group and of each row in it, from 1, and the row.
  /// - Throws: `StageError` for a damaged file, and what `visit` throws.
  package func forEachRow(_ visit: (Int, Int, JSONObject) throws -> Void) throws {
    for (index, group) in metadata.groups.enumerated() where group.rows > 0 {
      let assembler = try assembler(group, index + 1)
      for row in 1...group.rows {
        let object: JSONObject
        do { object = try assembler.row() } catch {
          throw Self.fault(error, in: name, group: index + 1, row: row)
        }
        try visit(index + 1, row, object)
      }
      do { try assembler.checkEnd() } catch { throw Self.fault(error, in: name, group: index + 1) }
    }
  }

  private func assembler(
    _ group: FileMetadata.RowGroup, _ number: Int
  ) throws(StageError) -> RowAssembler {
    do {
      guard group.columns.count == tree.leaves.count else {
        throw ParquetFault(
          "it has \(group.columns.count) columns where the schema has \(tree.leaves.count)")
      }
      let budget = PageBudget(limit: mostBytes)
      var columns: [ColumnCursor] = []
      for (chunk, leaf) in zip(group.columns, tree.leaves) {
        columns.append(try ColumnCursor(source, chunk, leaf, budget))
      }
      guard !columns.isEmpty else { throw ParquetFault("it has rows without columns") }
      return RowAssembler(fields: tree.fields, columns: columns)
    } catch { throw Self.fault(error, in: name, group: number) }
  }

  // MARK: - Faults

  private static func fault(
    _ error: any Error, in name: String, group: Int? = nil, row: Int? = nil
  ) -> StageError {
    let source = Source(file: name, line: 0)
    if let error = error as? FileError {
      return StageError("unreadable-file", error.description, source: source)
    }
    guard let fault = error as? ParquetFault else {
      return StageError("invalid-parquet", "\(error)", source: source)
    }
    let place = group.map { "row group \($0)" + (row.map { ", row \($0)" } ?? "") }
    let message = (place.map { "in \($0): " } ?? "") + fault.reason
    return fault.isUnsupported
      ? StageError(
        "unsupported-parquet", message, source: source,
        remedy: "write the file anew with snappy or zstd, and without encryption")
      : StageError(
        "invalid-parquet", "the Parquet file is damaged: \(message)", source: source,
        remedy: "fetch or write the file again")
  }
}
