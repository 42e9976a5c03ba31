#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Measures how long something takes, by the clock and of all processors together.
///
/// On a busy machine the clock counts what others do, too; the processors' seconds do not.
struct TrialClock {
  private let wall = ContinuousClock.now
  private let processor = TrialClock.processorSeconds

  /// What has passed since this clock was made.
  var seconds: TrialCosts.Seconds {
    TrialCosts.Seconds(
      wall: (ContinuousClock.now - wall) / .seconds(1),
      processor: Self.processorSeconds - processor)
  }

  /// The seconds of `body`.
  static func measure(_ body: () throws -> Void) rethrows -> TrialCosts.Seconds {
    let clock = TrialClock()
    try body()
    return clock.seconds
  }

  private static var processorSeconds: Double { Double(clock()) / Double(CLOCKS_PER_SEC) }
}
