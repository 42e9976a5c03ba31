/// How often and after what pauses a request is tried again.
public struct RetryPolicy: Sendable {
  /// How many tries there are, the first included.
  public let attempts: Int
  /// Seconds before the second try; each further pause is twice as long.
  public let firstPause: Double
  /// The longest pause in seconds of our own choice.
  public let longestPause: Double
  /// The longest pause in seconds that the endpoint may ask for: where it asks for more, as when a day's
  /// allowance is used up, nothing is tried again.
  public let longestAsked: Double

  /// Five tries within about 15 seconds.
  public static let standard = RetryPolicy()

  /// A policy.
  public init(
    attempts: Int = 5, firstPause: Double = 1, longestPause: Double = 60,
    longestAsked: Double = 600
  ) {
    precondition(attempts > 0, "a request is tried at least once, not \(attempts) times")
    self.attempts = attempts
    self.firstPause = firstPause
    self.longestPause = longestPause
    self.longestAsked = longestAsked
  }

  /// Seconds to wait after a failed try, counted from 1; nil after the last.
  /// - Parameter asked: Seconds that the endpoint asks to wait.
  func pause(after attempt: Int, asked: Double?) -> Double? {
    guard attempt < attempts, asked ?? 0 <= longestAsked else { return nil }
    var pause = firstPause
    for _ in 1..<attempt { pause = min(pause * 2, longestPause) }
    return max(pause, asked ?? 0)
  }
}
