import Dispatch
import Stages
import Synchronization

/// Work that cannot fail, on several threads, with results in order.
enum ThreadedMap {
  /// Maps every element, each slice of them in one workspace.
  static func map<Element: Sendable, Result: Sendable>(
    _ elements: [Element], threads: Int, in pipeline: TokenizerPipeline,
    _ transform: @Sendable (Int, Element, inout Workspace) -> Result
  ) -> [Result] {
    slices(of: elements.count, threads: threads) { range in
      pipeline.withWorkspace { workspace in
        range.map { transform($0, elements[$0], &workspace) }
      }
    }.flatMap { $0 }
  }

  /// Maps consecutive ranges that cover 0 ..< count.
  static func slices<Result: Sendable>(
    of count: Int, threads: Int, _ transform: @Sendable (Range<Int>) -> Result
  ) -> [Result] {
    do {
      return try OrderedMap.slices(of: count, threads: threads) { transform($0) }
    } catch {
      preconditionFailure("the work throws nothing, yet it threw \(error)")
    }
  }
}

/// Two pieces of work at once.
enum Together {
  /// What both come to.
  static func both<First: Sendable, Second: Sendable>(
    _ first: @Sendable () -> First, _ second: @Sendable () -> Second
  ) -> (First, Second) {
    let firsts = Mutex<First?>(nil)
    let seconds = Mutex<Second?>(nil)
    DispatchQueue.concurrentPerform(iterations: 2) { index in
      if index == 0 {
        let result = first()
        firsts.withLock { $0 = result }
      } else {
        let result = second()
        seconds.withLock { $0 = result }
      }
    }
    guard let first = firsts.withLock({ $0 }), let second = seconds.withLock({ $0 }) else {
      preconditionFailure("of two pieces of work one was not done")
    }
    return (first, second)
  }
}
