import Records
import Stages

/// Records that are read beside those of the pipeline, as `ingest` reads them, and not cleaned.
struct DataSlice {
  let records: RecordCollection
  /// A hash of the records.
  let fingerprint: String

  /// Reads data into a folder that the records then need, or finds them there; older ones go.
  /// - Parameter owner: What asks for them, for people.
  /// - Throws: `StageError` for records that cannot be read, or a file without any.
  init(_ step: StageStep, of owner: String, in folder: String, seed: UInt64, threads: Int) throws {
    let results = try StageRunner(folder: folder, seed: seed, threads: threads).run([step])
    try RunFolder.prune(folder, keeping: results)
    guard let last = results.last, last.counts.kept > 0 else {
      throw StageError(
        "no-records", "the data of '\(owner)' holds no record",
        remedy: "name another file, or leave '\(owner)' out")
    }
    records = RecordCollection(path: last.records, count: last.counts.kept, threads: threads)
    fingerprint = try ContentHash.ofFile(last.records)
  }
}
