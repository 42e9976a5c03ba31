import Records
import Stages

/// How records are drawn anew: how often, by which random numbers, on how many threads.
///
/// Results depend on all but the threads.
public struct Resampling: Sendable {
  /// How many times records are drawn.
  public var times: Int
  /// Where random numbers come from.
  public var generator: ResamplingGenerator
  /// The seed of the random numbers; sacreBLEU's is 12345.
  public var seed: UInt64
  /// How many threads score.
  public var threads: Int

  /// Describes a resampling.
  ///
  /// - Precondition: there is at least one time and one thread.
  public init(
    times: Int, generator: ResamplingGenerator = .counter, seed: UInt64 = 12345, threads: Int = 1
  ) {
    precondition(times > 0 && threads > 0, "\(times) times on \(threads) threads")
    (self.times, self.generator, self.seed, self.threads) = (times, generator, seed, threads)
  }

  /// Draws in order and scores on several threads, some hundred at a time to bound memory.
  ///
  /// - Parameter size: the bytes of a draw.
  func scores<Draw: Sendable, Score: Sendable>(
    purpose: String, size: Int, draw: (inout ResamplingDraws) -> Draw,
    score: @Sendable (Draw) -> [Score]
  ) -> [[Score]] {
    var draws = ResamplingDraws(generator, seed: seed, purpose: purpose)
    var scores: [[Score]] = []
    let share = share(of: 256, size: size)
    while scores.count < times {
      let batch = (0..<min(share, times - scores.count)).map { _ in draw(&draws) }
      scores += Self.mapped(batch, threads: threads, score)
    }
    return scores
  }

  /// How many draws to hold at once: as many as asked, or as a quarter of a gigabyte holds.
  func share(of count: Int, size: Int) -> Int {
    max(1, min(count, (1 << 28) / max(1, size)))
  }

  /// A map on several threads that cannot fail.
  static func mapped<Element: Sendable, Result: Sendable>(
    _ elements: [Element], threads: Int, _ transform: @Sendable (Element) -> Result
  ) -> [Result] {
    do {
      return try OrderedMap.map(elements, threads: threads) { _, element in transform(element) }
    } catch {
      preconditionFailure("scoring throws nothing, yet it threw \(error)")
    }
  }
}
