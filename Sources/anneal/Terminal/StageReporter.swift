import Report
import Stages
import Synchronization

/// Shows how the stages go on: a live line for people, a plain line per stage for logs.
final class StageReporter: Sendable {
  private let console: Console
  private let rhythm = Rhythm(every: .milliseconds(200))
  private let state = Mutex(State())

  private struct State {
    /// How many records each stage gave, by its place in the plan: so many come to the next.
    var given: [Int: Int] = [:]
    /// The walk under way.
    var walk = WalkLine()
  }

  init(console: Console) { self.console = console }

  func report(_ progress: StageProgress) {
    switch progress.event {
    case .records(let count): live(progress) { $0.records = count }
    case .share(let share): live(progress) { $0.note(share, at: Moment.now) }
    case .goesOn(let place):
      console.say("\(head(progress)) goes on at record \((place + 1).grouped) of an earlier run")
    case .finished(let result): finished(progress, result)
    }
  }

  /// Shows the walk's first stage; those behind it in the same walk have come as far.
  private func live(_ progress: StageProgress, _ change: (inout WalkLine) -> Void) {
    let now = Moment.now
    let text = state.withLock { state -> String? in
      if progress.number > state.walk.number, state.given[state.walk.number] == nil,
        state.walk.number > 0
      {
        return nil
      }
      if state.walk.number != progress.number {
        state.walk = WalkLine(progress.number, of: state.given[progress.number - 1], at: now)
      }
      change(&state.walk)
      return rhythm.isDue ? state.walk.text(at: now) : nil
    }
    if let text { console.show("\(head(progress)) \(text)") }
  }

  private func finished(_ progress: StageProgress, _ result: StageResult) {
    state.withLock { $0.given[progress.number] = result.counts.kept }
    let time = result.cached ? console.dim("reused") : console.dim(Format.duration(result.seconds))
    console.say("\(head(progress)) \(Self.story(result.counts).printable)  \(time)")
  }

  private func head(_ progress: StageProgress) -> String {
    let number = "\(progress.number)/\(progress.total)".padded(to: 5)
    return "\(console.dim(number)) \(console.bold(progress.label.padded(to: 25)))"
  }

  /// `1,034 in → 1,020 kept · 12 quarantined (invalid-json) · 2 dropped (blank-line)`.
  static func story(_ counts: StageCounts) -> String {
    var parts = ["\(counts.incoming.grouped) in → \(counts.kept.grouped) kept"]
    if counts.changed > 0 { parts.append("\(counts.changed.grouped) changed") }
    if counts.made > 0 { parts.append("\(counts.made.grouped) made") }
    if counts.droppedTotal > 0 { parts.append(reasons("dropped", counts.dropped)) }
    if counts.merged > 0 { parts.append("\(counts.merged.grouped) merged") }
    if counts.expanded > 0 { parts.append("\(counts.expanded.grouped) expanded") }
    if counts.quarantinedTotal > 0 { parts.append(reasons("quarantined", counts.quarantined)) }
    return parts.joined(separator: " · ")
  }

  private static func reasons(_ verb: String, _ counts: [String: Int]) -> String {
    let list = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    let words = list.map { list.count == 1 ? $0.key : "\($0.key) \($0.value.grouped)" }
    let total = counts.values.reduce(0, +).grouped
    return "\(total) \(verb) (\(words.joined(separator: ", ")))"
  }
}
