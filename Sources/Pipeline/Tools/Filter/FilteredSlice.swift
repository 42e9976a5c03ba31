import Records
import Stages

/// What a filter made of some lines.
struct FilteredSlice: Sendable {
  var bytes: [UInt8] = []
  var counts = StageCounts()
  var faults: [StageError] = []

  /// Adds what became of a record: its lines, and its place among the counts.
  mutating func add(_ outcome: Outcome, _ keepsProvenance: Bool) {
    switch outcome {
    case .keep(let record, _): write([record], keepsProvenance)
    case .derive(let record, let children):
      counts.made += children.count
      for reason in children.compactMap(\.refusal) {
        counts.dropped[reason.code, default: 0] += 1
      }
      write(
        [record] + children.filter { $0.refusal == nil }.map(\.record), keepsProvenance)
    case .expand(let parts):
      counts.made += parts.count
      counts.expanded += 1
      write(parts, keepsProvenance)
    case .drop(let reason): counts.dropped[reason.code, default: 0] += 1
    case .merge: counts.merged += 1
    case .quarantine(let reason): counts.quarantined[reason.code, default: 0] += 1
    }
  }

  private mutating func write(_ records: [Record], _ keepsProvenance: Bool) {
    counts.kept += records.count
    for record in records { InputLine.write(record, keepsProvenance, to: &bytes) }
  }
}
