import Foundation
import Records
import Stages

/// The curves of a training as TensorBoard reads them: `tensorboard/events.out.tfevents.…` of a run.
///
/// Each start of the program writes one file, which says that earlier ones are void, then what the
/// history has, then its entries as they come. So a run shows one whole curve, whether it was killed
/// or curves were asked for on the way. Earlier files stay: a TensorBoard that looks on stops where
/// the file that it reads is removed. Tags are those of transformers: `train/loss`, `eval/loss`.
final class EventFile {
  private let file: GrowingFile

  /// Begins a file with what there is to show.
  /// - Parameters:
  ///   - folder: Where it goes, beside the files of earlier starts.
  ///   - history: The entries of earlier starts.
  /// - Throws: `FileError`.
  init(folder: String, history: [JSONObject]) throws(FileError) {
    try Folders.make(folder)
    let time = Self.now
    // They are read in the order of their names; several starts may be within a second.
    let number = try Folders.list(folder).count
    file = try GrowingFile(
      "\(folder)/events.out.tfevents.\(Int(time)).anneal.\(number)", isPrivate: false)
    var bytes =
      EventRecord.version(at: time).bytes + EventRecord.restart(step: 0, at: time).bytes
    for entry in history { bytes += Self.record(of: entry, at: time)?.bytes ?? [] }
    try file.write(bytes)
  }

  /// Adds an entry of the history.
  func add(_ entry: JSONObject) throws(FileError) {
    if let record = Self.record(of: entry, at: Self.now) { try file.write(record.bytes) }
  }

  /// Waits until all is on the disk.
  func sync() throws(FileError) { try file.sync() }

  private static func record(of entry: JSONObject, at time: Double) -> EventRecord? {
    guard let step = entry["step"]?.int else { return nil }
    let values = entry.members.compactMap { member -> (tag: String, value: Double)? in
      guard member.key != "step", let value = member.value.double else { return nil }
      let isEvaluation = member.key.hasPrefix("eval_")
      return (
        isEvaluation ? "eval/\(member.key.dropFirst(5))" : "train/\(member.key)", value
      )
    }
    return EventRecord.scalars(values, step: step, at: time)
  }

  private static var now: Double { Date().timeIntervalSince1970 }
}
