import Foundation
import Stages
import Synchronization

/// The most memory the process held in each part of a run.
///
/// The kernel keeps one high-water mark a process, which is read and set back where a part ends.
/// Stages that share a walk over the records share its mark. Where the mark cannot be set back,
/// nothing is said of single parts.
final class StageMemory: Sendable {
  private struct Marks {
    var stages: [String: Int] = [:]
    var highest = 0
    var last: Int?
  }

  private let marks = Mutex(Marks())

  init() { _ = take() }

  /// The most of all parts so far.
  var highest: Int { marks.withLock { max($0.highest, Machine.peakMemory) } }

  /// The most memory held by the walk that a stage was in.
  func of(_ stage: String) -> Int? { marks.withLock { $0.stages[stage] } }

  /// Notes the mark of a stage that has ended.
  func note(_ progress: StageProgress) {
    switch progress.event {
    case .records, .share, .goesOn: marks.withLock { $0.last = nil }
    case .finished(let result):
      guard !result.cached else { return }
      let shared = marks.withLock { $0.last }
      guard let peak = shared ?? take() else { return }
      marks.withLock { marks in
        marks.stages[progress.label] = peak
        marks.last = peak
      }
    }
  }

  /// The most memory since the last call, in bytes; nil where the mark cannot be set back.
  func take() -> Int? {
    let peak = Machine.peakMemory
    marks.withLock { $0.highest = max($0.highest, peak) }
    guard let handle = FileHandle(forWritingAtPath: "/proc/self/clear_refs"),
      (try? handle.write(contentsOf: Data("5".utf8))) != nil
    else { return nil }
    try? handle.close()
    return peak
  }
}
