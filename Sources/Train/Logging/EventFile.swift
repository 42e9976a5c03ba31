import Foundation
import Records
import Stages

/// The curves of a training as TensorBoard reads them: `tensorboard/events.out.tfevents.…` of a run.
///
/// Each start of the program has a file of its own, which begins by saying which steps of earlier files
/// are void, so that a run that was killed shows one curve. Tags are those of transformers:
/// `train/loss`, `eval/loss`.
final class EventFile {
  private let file: PassingFile

  /// Begins a file behind a step.
  /// - Throws: `FileError`.
  init(folder: String, behind step: Int) throws(FileError) {
    try Folders.make(folder)
    let process = ProcessInfo.processInfo
    let time = Self.now
    // Two starts within one second have other numbers.
    file = try PassingFile(
      "\(folder)/events.out.tfevents.\(Int(time)).anneal.\(process.processIdentifier)."
        + "\(process.systemUptime.bitPattern % 1_000_000)")
    try file.write(EventRecord.version(at: time).bytes)
    if step > 0 { try file.write(EventRecord.restart(step: step + 1, at: time).bytes) }
  }

  /// Adds an entry of the history.
  func add(_ entry: JSONObject) throws(FileError) {
    guard let step = entry["step"]?.int else { return }
    let values = entry.members.compactMap { member -> (tag: String, value: Double)? in
      guard member.key != "step", let value = member.value.double else { return nil }
      let isEvaluation = member.key.hasPrefix("eval_")
      return (
        isEvaluation ? "eval/\(member.key.dropFirst(5))" : "train/\(member.key)", value
      )
    }
    try file.write(EventRecord.scalars(values, step: step, at: Self.now).bytes)
  }

  private static var now: Double { Date().timeIntervalSince1970 }
}
