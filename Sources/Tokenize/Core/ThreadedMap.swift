import Stages

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
