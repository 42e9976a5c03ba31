import Dispatch
import Synchronization

/// Work on many things at once whose results keep their order.
public enum OrderedMap {
  /// Applies `transform` to every element on several threads.
  ///
  /// The result does not depend on the number of threads; of several faults the one of the first
  /// element is thrown.
  public static func map<Element: Sendable, Result: Sendable>(
    _ elements: [Element], threads: Int,
    _ transform: @Sendable (Int, Element) throws -> Result
  ) throws -> [Result] {
    try slices(of: elements.count, threads: threads) { range in
      try range.map { try transform($0, elements[$0]) }
    }.flatMap { $0 }
  }

  /// Applies `transform` to consecutive ranges that cover 0 ..< count; the results keep the order.
  ///
  /// - Parameter perThread: How many ranges there are for each thread, which evens out elements of different cost.
  public static func slices<Result: Sendable>(
    of count: Int, threads: Int, perThread: Int = 4,
    _ transform: @Sendable (Range<Int>) throws -> Result
  ) throws -> [Result] {
    let slices = min(count, max(1, threads) * perThread)
    guard threads > 1, slices > 1 else { return count == 0 ? [] : [try transform(0..<count)] }
    let results = Mutex([Swift.Result<Result, any Error>?](repeating: nil, count: slices))
    let next = Atomic(0)
    // Slices after one with a fault need not be done; those before it might hold the first fault.
    let firstFault = Atomic(Int.max)
    DispatchQueue.concurrentPerform(iterations: min(threads, slices)) { _ in
      while true {
        let slice = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard slice < slices, slice < firstFault.load(ordering: .relaxed) else { return }
        let range = count * slice / slices..<count * (slice + 1) / slices
        let result = Swift.Result { try transform(range) }
        if case .failure = result { firstFault.min(slice, ordering: .relaxed) }
        results.withLock { $0[slice] = result }
      }
    }
    return try results.withLock { try $0.compactMap { try $0?.get() } }
  }
}
