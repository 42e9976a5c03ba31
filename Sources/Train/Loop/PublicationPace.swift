/// When something is done again that is worth a twentieth of the time, and no more often than every two
/// seconds.
package struct PublicationPace {
  private static let pause = Duration.seconds(2)
  private static let share = 20
  private var next: ContinuousClock.Instant

  /// Begins with a pause.
  package init(from start: ContinuousClock.Instant = .now) { next = start + Self.pause }

  /// Whether the pause is over.
  package func isDue(at time: ContinuousClock.Instant = .now) -> Bool { time >= next }

  /// Begins a pause that is as long as it was costly.
  package mutating func note(
    from start: ContinuousClock.Instant, to end: ContinuousClock.Instant = .now
  ) {
    next = end + max(Self.pause, (end - start) * Self.share)
  }
}
