import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// What a stage may ask of endpoints and what it has spent, shared by all of its requests, on any thread.
///
/// Each try is opened before it is sent, which waits until it may be, and closed when it has ended.
public final class EndpointAccount: Sendable {
  /// What is allowed.
  public let limits: EndpointLimits
  /// The time by which requests are paced.
  public let clock: EndpointClock
  private let books: Mutex<EndpointBooks>

  /// An account on which nothing was spent.
  public init(_ limits: EndpointLimits? = nil, clock: EndpointClock = .system) {
    let limits = limits ?? EndpointLimits()
    self.limits = limits
    self.clock = clock
    books = Mutex(EndpointBooks(limits))
  }

  /// What was spent so far.
  public var spent: EndpointSpending { books.withLock { $0.spent } }

  /// Waits until a try may be sent, and counts it.
  ///
  /// - Parameters:
  ///   - promptBytes: The UTF-8 bytes of what is asked.
  ///   - mostTokens: The most tokens that may be written; nil where nothing limits them.
  /// - Returns: What the try is closed with; nil where the user asked to stop.
  /// - Throws: `StageError` `limit-reached` where it would pass a total, whatever those under way take.
  public func open(
    promptBytes: Int, mostTokens: Int?
  ) throws(StageError) -> EndpointTicket? {
    while !Interruption.isRequested {
      let now = clock.now()
      let entry = books.withLock {
        $0.enter(promptBytes: promptBytes, mostTokens: mostTokens, at: now)
      }
      switch entry {
      case .sent(let ticket): return ticket
      case .refused(let fault): throw fault
      // What ends meanwhile may bring the time forward, and an endpoint that asks to wait may put it off.
      case .early(let time): clock.sleep(min(time, now + 1))
      // Those under way will tell within seconds whether there is room.
      case .full: usleep(20_000)
      }
    }
    return nil
  }

  /// Notes what a try took, once.
  public func close(_ ticket: EndpointTicket, _ usage: EndpointUsage) {
    books.withLock { $0.leave(ticket, usage) }
  }

  /// Sends nothing for some seconds, as the endpoint asked.
  public func hold(seconds: Double) {
    let time = clock.now() + seconds
    books.withLock { $0.hold(until: time) }
  }
}

/// What a try that was sent is expected to take.
public struct EndpointTicket: Sendable {
  /// When it was sent, by the account's clock.
  public let time: Double
  let promptBytes: Int
  /// Tokens it is likely to take, by which requests are paced.
  let likely: Int
  /// Tokens and money it takes at most, as far as is known, by which totals are kept.
  let most: (prompt: Int, completion: Int)
}

/// What came of a try.
public enum EndpointUsage: Sendable {
  /// No answer, for which nothing is charged.
  case none
  /// An answer that says how many tokens were read and written.
  case told(prompt: Int, completion: Int)
  /// An answer of so many UTF-8 bytes that does not say it.
  case untold(bytes: Int)
}
