import Stages

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// How often and after what pauses a request is tried again.
public struct RetryPolicy: Sendable {
  /// How many tries there are, the first included.
  public let attempts: Int
  /// Seconds before the second try; each further pause is twice as long.
  public let firstPause: Double
  /// The longest pause in seconds, also where the endpoint asks for a longer one.
  public let longestPause: Double
  private let wait: (@Sendable (Double) -> Void)?

  /// Five tries within about 15 seconds.
  public static let standard = RetryPolicy()

  /// A policy; `wait` stands in for sleeping, in tests.
  public init(
    attempts: Int = 5, firstPause: Double = 1, longestPause: Double = 60,
    wait: (@Sendable (Double) -> Void)? = nil
  ) {
    precondition(attempts > 0, "a request is tried at least once, not \(attempts) times")
    self.attempts = attempts
    self.firstPause = firstPause
    self.longestPause = longestPause
    self.wait = wait
  }

  /// Waits for some seconds, or until the user asks to stop.
  func sleep(_ seconds: Double) {
    if let wait { return wait(seconds) }
    let clock = ContinuousClock()
    let end = clock.now + .seconds(seconds)
    while !Interruption.isRequested, clock.now < end {
      let rest = clock.now.duration(to: end) / .seconds(1)
      usleep(UInt32(min(max(rest, 0), 0.2) * 1_000_000))
    }
  }

  /// Seconds to wait after a failed try, counted from 1; nil after the last.
  func pause(after attempt: Int, asked: Double?) -> Double? {
    guard attempt < attempts else { return nil }
    var pause = firstPause
    for _ in 1..<attempt { pause = min(pause * 2, longestPause) }
    return min(max(pause, asked ?? 0), longestPause)
  }
}
