import Synchronization

/// Tells now and then how much of its input a walk has behind it.
///
/// Batches say where they begin and end in the input; within one it goes by bytes.
final class WalkMeter: Sendable {
  private struct State {
    /// Batches that are not done, in order: the part of the input that each is, and its bytes.
    var batches: [(span: ClosedRange<Double>, bytes: Int)] = []
    /// Where the last batch ends in the input.
    var end = 0.0
    /// Bytes that are done of these batches, whichever of them they are of.
    var done = 0
    var told = ContinuousClock.now

    /// The part of the input that is done; nil where the batch at hand has no known part of it.
    mutating func share() -> Double? {
      while let first = batches.first, done >= first.bytes, batches.count > 1 {
        done -= first.bytes
        batches.removeFirst()
      }
      guard let (span, bytes) = batches.first, span.upperBound > span.lowerBound else { return nil }
      let part = min(1, Double(done) / Double(bytes))
      return span.lowerBound + (span.upperBound - span.lowerBound) * part
    }
  }

  private let state = Mutex(State())
  private let tell: @Sendable (Double) -> Void
  private let interval: Duration

  /// - Parameter interval: The least time from one telling to the next.
  init(every interval: Duration, tell: @escaping @Sendable (Double) -> Void) {
    self.interval = interval
    self.tell = tell
  }

  /// Adds a batch of so many bytes, behind which `share` of the input is done; nil where that is unknown.
  func begin(upTo share: Double?, bytes: Int) {
    state.withLock { state in
      let end = max(state.end, min(1, share ?? state.end))
      // One of no bytes has been done by an earlier run.
      if bytes > 0 { state.batches.append((state.end...end, bytes)) }
      state.end = end
    }
  }

  /// So many bytes of the batches are done.
  func add(_ bytes: Int) {
    let share = state.withLock { state -> Double? in
      state.done += bytes
      let now = ContinuousClock.now
      guard let share = state.share(), now - state.told >= interval else { return nil }
      state.told = now
      return share
    }
    if let share { tell(share) }
  }
}
