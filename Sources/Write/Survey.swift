import Parquet
import Records
import Stages

/// What a first walk over the records finds: how many there are, and what their fields hold.
struct Survey {
  var counts: [Side: Int] = [:]
  /// The fields of the rows, in the order of their first appearance.
  var type = ColumnType.structure([])
  /// How many records lose something, by what it is.
  var losses: [String: Int] = [:]
  /// How many records come from each file.
  var sources: [String: Int] = [:]
  /// How many records each stage derived.
  var derived: [String: Int] = [:]
  var labels: [Side: [String: Int]] = [:]

  /// The sides that have records, in order.
  var sides: [Side] { Side.allCases.filter { counts[$0, default: 0] > 0 } }

  /// The fields of the rows.
  var fields: [ColumnField] {
    if case .structure(let fields) = type.settled { fields } else { [] }
  }

  init() {}

  init(_ records: RecordCollection, _ rows: RowMaker, threads: Int) throws {
    try records.forEachBatch { batch in
      let parts = try OrderedMap.slices(of: batch.count, threads: threads) { range in
        var part = Survey()
        for index in range { try part.add(batch[index], rows) }
        return part
      }
      for part in parts { merge(part) }
    }
    if counts.isEmpty {
      throw StageError("no-records", "there are no records to write")
    }
  }

  private mutating func add(_ record: Record, _ rows: RowMaker) throws {
    let row = try rows.row(of: record)
    let side = record.side ?? .train
    counts[side, default: 0] += 1
    type.merge(ColumnType(.object(row.object)))
    for loss in row.losses { losses[loss, default: 0] += 1 }
    sources[Self.file(record.source), default: 0] += 1
    if let stage = record.augmentedBy { derived[stage, default: 0] += 1 }
    if let label = record.label { labels[side, default: [:]][label.name, default: 0] += 1 }
  }

  /// The file of a record, without the row group.
  private static func file(_ source: Source) -> String {
    source.file.split(separator: "#", maxSplits: 1).first.map(String.init) ?? source.file
  }

  private mutating func merge(_ other: Survey) {
    counts.merge(other.counts, uniquingKeysWith: +)
    type.merge(other.type)
    losses.merge(other.losses, uniquingKeysWith: +)
    sources.merge(other.sources, uniquingKeysWith: +)
    derived.merge(other.derived, uniquingKeysWith: +)
    for (side, names) in other.labels {
      labels[side, default: [:]].merge(names, uniquingKeysWith: +)
    }
  }
}
