public import Records
public import Stages

/// Records before and after a stage, for looking at.
public struct Sample: Sendable {
  /// One record that a stage saw.
  public struct Pair: Sendable {
    /// The record before the stage; nil for a record that the stage read or made.
    public let before: Record?
    /// The record after the stage; nil where it ended there.
    public let after: Record?
  }

  /// The stage's label.
  public let stage: String
  /// The first records that the stage saw, changed and dropped ones first.
  public let pairs: [Pair]

  /// Looks at one of the stages of a run.
  ///
  /// - Parameters:
  ///   - results: the run's stages in order.
  ///   - stage: a label such as `clean.length`; nil for the last stage.
  ///   - count: how many records to show.
  public init(of results: [StageResult], stage: String?, count: Int, threads: Int) throws {
    let labels = results.map(\.label)
    guard let index = stage.map({ labels.firstIndex(of: $0) }) ?? labels.indices.last else {
      throw Diagnostics([
        Diagnostic(
          "no stage '\(stage ?? "")' ran",
          remedy: Suggestion.remedy(for: stage ?? "", among: labels))
      ])
    }
    self.stage = results[index].label
    let after = try Self.records(of: results[index], threads)
    let before = index == 0 ? [] : try Self.records(of: results[index - 1], threads)
    pairs = Self.pairs(before: before, after: after, count: count)
  }

  /// Enough records to find changed ones among them; a sample is not worth reading a whole file.
  private static let most = 20_000

  private static func records(of result: StageResult, _ threads: Int) throws -> [Record] {
    struct Enough: Error {}
    var records: [Record] = []
    do {
      try RecordCollection(path: result.records, count: result.counts.kept, threads: threads)
        .forEachBatch { batch in
          records += batch
          if records.count >= most { throw Enough() }
        }
    } catch is Enough {}
    return records
  }

  private static func pairs(before: [Record], after: [Record], count: Int) -> [Pair] {
    guard !before.isEmpty else { return after.prefix(count).map { Pair(before: nil, after: $0) } }
    let kept = Dictionary(after.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    let known = Set(before.map(\.id))
    let all = before.map { Pair(before: $0, after: kept[$0.id]) }
    let made = after.filter { !known.contains($0.id) }.map { Pair(before: nil, after: $0) }
    let changed = all.filter { $0.after != nil && $0.before?.content != $0.after?.content }
    let ended = all.filter { $0.after == nil }
    let same = all.filter { $0.before?.content == $0.after?.content }
    // A little of each kind tells more than the first records alone.
    let share = max(1, count / 2)
    let picked = changed.prefix(share) + made.prefix(share) + ended.prefix(share)
    return Array((picked + same).prefix(count))
  }
}
