import Synchronization

/// Tells now and then how much of its input a walk has behind it.
///
/// Batches say where they begin and end in the input; within one it goes by bytes.
final class WalkMeter: Sendable {
  private struct State {
    var span = 0.0...0.0
    var bytes = 1
    var done = 0
    var told = ContinuousClock.now
  }

  private let state = Mutex(State())
  private let tell: @Sendable (Double) -> Void
  private let interval: Duration

  /// - Parameter interval: The least time from one telling to the next.
  init(every interval: Duration, tell: @escaping @Sendable (Double) -> Void) {
    self.interval = interval
    self.tell = tell
  }

  /// Begins a batch of so many bytes, behind which `share` of the input is done; nil where that is unknown.
  func begin(upTo share: Double?, bytes: Int) {
    state.withLock { state in
      let begin = state.span.upperBound
      state.span = begin...max(begin, min(1, share ?? begin))
      (state.bytes, state.done) = (max(1, bytes), 0)
    }
  }

  /// So many bytes of the batch are done.
  func add(_ bytes: Int) {
    let share = state.withLock { state -> Double? in
      state.done += bytes
      let now = ContinuousClock.now
      let span = state.span.upperBound - state.span.lowerBound
      guard span > 0, now - state.told >= interval else { return nil }
      state.told = now
      return state.span.lowerBound + span * min(1, Double(state.done) / Double(state.bytes))
    }
    if let share { tell(share) }
  }
}
