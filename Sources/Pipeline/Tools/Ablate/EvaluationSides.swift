package import Records
package import Stages

/// The records that one arm of an ablation evaluates its model on, before any training.
///
/// About 150 bytes a record of the sides validation and test are held.
package struct EvaluationSides {
  /// What is known of a record.
  private struct Entry {
    let side: Side
    let content: String
    let label: String?
  }

  private var entries: [String: Entry] = [:]
  /// How many records the model learns from.
  package private(set) var training = 0

  /// Reads the last stage's records.
  ///
  /// - Throws: `LeakError` where a derived record would be evaluated on; what reading throws.
  package init(of results: [StageResult], threads: Int) throws {
    guard let last = results.last else { return }
    var derived: [String] = []
    let records = RecordCollection(
      path: last.records, count: last.counts.kept, threads: threads)
    try records.forEachBatch { batch in
      for record in batch {
        guard let side = record.side, side != .train else {
          training += 1
          continue
        }
        if record.augmentedBy != nil { derived.append(record.id) }
        entries[record.id] = Entry(
          side: side, content: Self.digest(record), label: record.label?.name)
      }
    }
    guard derived.isEmpty else {
      throw LeakError(
        faults: derived.sorted().map { "\($0) is derived, and on an evaluation side" })
    }
  }

  /// A hash of what a record says, without its label and all that is only known of it.
  private static func digest(_ record: Record) -> String {
    let bare = Record(
      id: "", source: Source(file: "", line: 0), content: record.content, schema: record.schema)
    return ContentHash.of(JSONValue.object(bare.object).text)
  }

  /// The ids of a side.
  package func ids(_ side: Side) -> Set<String> {
    Set(entries.lazy.filter { $0.value.side == side }.map(\.key))
  }

  /// The records that are on one evaluation side here and on the same in the other arm.
  package func common(with other: EvaluationSides) -> Set<String> {
    Set(entries.lazy.filter { other.entries[$0.key]?.side == $0.value.side }.map(\.key))
  }

  /// How many records are on an evaluation side.
  package var count: Int { entries.count }

  /// Those of some records that say other things in the other arm, by id.
  package func changed(_ ids: Set<String>, in other: EvaluationSides) -> [String] {
    ids.filter { entries[$0]?.content != other.entries[$0]?.content }.sorted()
  }

  /// Those of some records that have another label in the other arm, by id.
  package func relabelled(_ ids: Set<String>, in other: EvaluationSides) -> [String] {
    ids.filter { entries[$0]?.label != other.entries[$0]?.label }.sorted()
  }
}
