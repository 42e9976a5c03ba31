/// One of several runs that share the work on the same data: each takes every n-th raw record.
///
/// What the runs of all shards make is put together by `StageRunner.merge`, to the same bytes as one
/// run of all records makes.
public struct Shard: Sendable, Hashable, CustomStringConvertible {
  /// Which of the shards it is, from 1.
  public let number: Int
  /// How many shards there are.
  public let count: Int

  /// A shard; nil where there is no such one.
  public init?(_ number: Int, of count: Int) {
    guard count >= 1, (1...count).contains(number) else { return nil }
    self.number = number
    self.count = count
  }

  /// Reads `2/5`; nil for what is no shard.
  public init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let number = Int(parts[0]), let count = Int(parts[1]) else {
      return nil
    }
    self.init(number, of: count)
  }

  /// All shards of a number of them.
  static func all(of count: Int) -> [Shard] { (1...count).compactMap { Shard($0, of: count) } }

  /// Whether a raw record is this shard's, by its place among all, from 0.
  func takes(_ index: Int) -> Bool { index % count == number - 1 }

  /// `2/5`.
  public var description: String { "\(number)/\(count)" }
}

extension Array where Element == StageStep {
  /// How many of the first stages decide about each record by itself: those that shards can share.
  public var shardable: Int {
    guard first?.stage is any SourceStage else { return 0 }
    return 1 + dropFirst().prefix { $0.stage is any RecordStage }.count
  }
}
