#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The time by which requests are paced; another one stands in for it in tests.
public struct EndpointClock: Sendable {
  /// Seconds since some moment, never fewer than before.
  public let now: @Sendable () -> Double
  /// Waits until a time, or until the user asks to stop.
  public let sleep: @Sendable (_ until: Double) -> Void

  /// A clock.
  public init(
    now: @escaping @Sendable () -> Double, sleep: @escaping @Sendable (_ until: Double) -> Void
  ) {
    self.now = now
    self.sleep = sleep
  }

  /// The clock of the machine.
  public static let system: EndpointClock = {
    let clock = ContinuousClock()
    let start = clock.now
    let now: @Sendable () -> Double = { start.duration(to: clock.now) / .seconds(1) }
    return EndpointClock(now: now) { until in
      while !Interruption.isRequested {
        let rest = until - now()
        guard rest > 0 else { return }
        usleep(UInt32(min(rest, 0.2) * 1_000_000))
      }
    }
  }()
}
