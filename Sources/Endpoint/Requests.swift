import Dispatch
import Synchronization

/// Requests that wait at the same time for answers from elsewhere.
public enum Requests {
  /// Applies `ask` to 0 ..< count, so many at once; the results keep the order.
  ///
  /// Of several faults the one of the first request is thrown, once those under way have ended.
  public static func map<Result: Sendable>(
    _ count: Int, atOnce: Int, _ ask: @escaping @Sendable (Int) throws -> Result
  ) throws -> [Result] {
    precondition(atOnce > 0, "\(atOnce) requests at once")
    if atOnce == 1 { return try (0..<count).map(ask) }
    let state = Mutex(Progress<Result>(count))
    let group = DispatchGroup()
    for _ in 0..<min(atOnce, count) {
      // A thread of its own: it waits, and so does not count among those that compute.
      DispatchQueue(label: "anneal.requests").async(group: group) {
        while let next = state.withLock({ $0.next() }) {
          let result = Swift.Result { try ask(next) }
          state.withLock { $0.note(result, of: next) }
        }
      }
    }
    group.wait()
    return try state.withLock { try $0.results.compactMap { try $0?.get() } }
  }
}

/// What has been asked and answered.
private struct Progress<Result: Sendable> {
  private(set) var results: [Swift.Result<Result, any Error>?]
  private var asked = 0
  private var hasFailed = false

  init(_ count: Int) { results = [Swift.Result<Result, any Error>?](repeating: nil, count: count) }

  /// The next to ask; nil where all are asked or one has failed.
  mutating func next() -> Int? {
    guard asked < results.count, !hasFailed else { return nil }
    defer { asked += 1 }
    return asked
  }

  mutating func note(_ result: Swift.Result<Result, any Error>, of place: Int) {
    results[place] = result
    if case .failure = result { hasFailed = true }
  }
}
