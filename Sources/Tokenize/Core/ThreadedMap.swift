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
    fill(elements.count, threads: threads) { range, results in
      pipeline.withWorkspace { workspace in
        for index in range { results.append(transform(index, elements[index], &workspace)) }
      }
    }
  }

  /// An array of `count` elements, of which `body` appends those of each range, as many as it has.
  static func fill<Element: Sendable>(
    _ count: Int, threads: Int, _ body: @Sendable (Range<Int>, inout SliceFiller<Element>) -> Void
  ) -> [Element] {
    [Element](unsafeUninitializedCapacity: count) { buffer, filled in
      // Every range of the buffer is written by the one thread that has it, and read when all are done.
      nonisolated(unsafe) let buffer = buffer
      _ = slices(of: count, threads: threads, perThread: perThread(count, threads)) { range in
        var filler = SliceFiller(UnsafeMutableBufferPointer(rebasing: buffer[range]))
        body(range, &filler)
        filler.finish()
      }
      filled = count
    }
  }

  /// How many slices of so many texts there are for each thread.
  ///
  /// Texts come in runs of one kind, so that many short slices end at about the same time; in slices of less than 64
  /// texts, few new words would be learned together.
  private static func perThread(_ count: Int, _ threads: Int) -> Int {
    min(32, max(4, count / max(1, threads) / 64))
  }

  /// Maps consecutive ranges that cover 0 ..< count.
  static func slices<Result: Sendable>(
    of count: Int, threads: Int, perThread: Int = 4,
    _ transform: @Sendable (Range<Int>) -> Result
  ) -> [Result] {
    do {
      return try OrderedMap.slices(of: count, threads: threads, perThread: perThread) {
        transform($0)
      }
    } catch {
      preconditionFailure("the work throws nothing, yet it threw \(error)")
    }
  }
}

/// A part of an array that is filled from first to last.
struct SliceFiller<Element> {
  private let elements: UnsafeMutableBufferPointer<Element>
  private var count = 0

  fileprivate init(_ elements: UnsafeMutableBufferPointer<Element>) { self.elements = elements }

  /// Adds an element.
  mutating func append(_ element: Element) {
    precondition(count < elements.count, "an element more than \(elements.count)")
    elements.initializeElement(at: count, to: element)
    count += 1
  }

  fileprivate func finish() {
    precondition(count == elements.count, "\(count) elements, not \(elements.count)")
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
