public import Stages
import Synchronization

/// A clock on which no time passes but what is slept, and which knows how long that was.
public final class VirtualClock: Sendable {
  private let state = Mutex((now: 0.0, pauses: [Double]()))

  /// A clock at 0.
  public init() {}

  /// The time.
  public var now: Double { state.withLock { $0.now } }

  /// How long was slept each time, of more than nothing.
  public var pauses: [Double] { state.withLock { $0.pauses } }

  /// The clock as accounts know it.
  public var clock: EndpointClock {
    EndpointClock(now: { self.now }) { until in
      self.state.withLock { state in
        guard until > state.now else { return }
        state.pauses.append(until - state.now)
        state.now = until
      }
    }
  }
}
