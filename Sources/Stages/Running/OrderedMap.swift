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
    // A few slices per thread even out elements of different cost.
    let slices = min(elements.count, max(1, threads) * 4)
    guard threads > 1, slices > 1 else {
      return try elements.enumerated().map { try transform($0.offset, $0.element) }
    }
    let results = Mutex([Swift.Result<[Result], any Error>?](repeating: nil, count: slices))
    let next = Atomic(0)
    DispatchQueue.concurrentPerform(iterations: min(threads, slices)) { _ in
      while true {
        let slice = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard slice < slices else { return }
        let range = elements.count * slice / slices..<elements.count * (slice + 1) / slices
        let result = Swift.Result { try range.map { try transform($0, elements[$0]) } }
        results.withLock { $0[slice] = result }
      }
    }
    return try results.withLock { results in
      try results.flatMap { try $0?.get() ?? [] }
    }
  }
}
