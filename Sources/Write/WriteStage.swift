package import Records
package import Stages

/// Writes the records as a data set; they go on unchanged.
package struct WriteStage: CollectionStage, ExportingStage {
  let options: WriteOptions

  init(_ options: WriteOptions) { self.options = options }

  /// Where the data set goes; nil for the run folder.
  package var destination: String? { options.path?.resolved }

  /// Whether the data set is JSON lines, which can also be written to standard output.
  package var writesLines: Bool { options.format == .jsonl }

  package func plan(_ records: RecordCollection, _ context: StageContext) throws {
    let rows = RowMaker(options: options)
    let survey = try Survey(records, rows, threads: context.threads)
    let name = context.stage.drop { $0 != "#" }.dropFirst()
    let folder = context.artifacts + "/dataset" + (name.isEmpty ? "" : "-\(name)")
    var shards = ShardWriter(folder: folder, options: options, survey: survey)
    try records.forEachBatch { batch in
      let made = try OrderedMap.map(batch, threads: context.threads) { try rows.row(of: $1) }
      for (record, row) in zip(batch, made) {
        try shards.append(row.object, to: record.side ?? .train)
      }
    }
    let files = try shards.finish()
    let card = DatasetCard(options: options, survey: survey, seed: context.seed)
    try AtomicFile.write(card.text.utf8, to: "\(folder)/README.md")
    try DatasetManifest(files: files + ["README.md"], survey: survey).write(to: folder)
  }

  package func outcome(
    of record: Record, at index: Int, _ plan: Void, _ context: StageContext
  ) throws(StageError) -> Outcome { .keep(record) }

  /// The record as it is read again from its row.
  package func converted(_ record: Record) throws(StageError) -> Record {
    let row = try RowMaker(options: options).row(of: record).object
    guard let schema = Schema.detect(row) ?? options.schema else { return record }
    do {
      let body = try schema.read(row)
      var copy = record
      copy.schema = schema
      copy.content = body.content
      copy.label = body.label
      copy.metadata = body.metadata
      return copy
    } catch {
      throw StageError("invalid-record", error.reason, source: record.source, field: error.field)
    }
  }
}

/// Makes rows of records.
struct RowMaker: Sendable {
  let options: WriteOptions

  /// A row, and what of the record it does not say.
  struct Row: Sendable {
    let object: JSONObject
    let losses: [String]
  }

  /// The row of a record.
  /// - Throws: `lossy-schema` where the schema cannot hold the record and no loss is allowed.
  func row(of record: Record) throws(StageError) -> Row {
    var body = record.body
    if !options.keepsMetadata { body.metadata = [:] }
    let target = options.schema ?? record.schema
    let written = target.convert(body, from: record.schema)
    if let loss = written.losses.first, !options.allowsLoss {
      throw StageError(
        "lossy-schema", "the schema '\(target.rawValue)' has no place for \(loss)",
        source: record.source,
        remedy: "write another schema, such as messages, or allow it with 'lossy: true'")
    }
    return Row(object: written.object.without([Record.reservedKey]), losses: written.losses)
  }
}
