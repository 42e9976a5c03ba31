public import Stages
import Synchronization

/// Passages of a knowledge source, found by BM25 (Robertson and others) as rank_bm25's `BM25Okapi` ranks.
///
///     let index = try PassageIndex([Passage(title: "Aspirin", text: "…")])
///     index.best(5, for: "Aspirin thins the blood", title: "Aspirin")
///
/// Words are what stands between white space, as FactScore has them, but in small letters.
///
/// Time of a query: the passages that hold its words, and one number for each passage; of a title those of
/// that title alone, after its pages have been counted once for all queries of it that follow one another.
/// Memory: the texts, which are there twice while the index is made, the different words of all of them, and
/// 8 to 16 bytes for each different word of each passage.
public struct PassageIndex: Sendable {
  /// A piece of a knowledge source.
  public struct Passage: Sendable, Hashable {
    /// What it is about.
    public let title: String
    /// What it says.
    public let text: String

    /// A passage.
    public init(title: String, text: String) { (self.title, self.text) = (title, text) }
  }

  private let passages: [Passage]
  /// The passages of each title, in small letters.
  private let titles: [String: [Int]]
  private let words: WordRanks
  /// The words of the passages of the title that was asked of last.
  private let latest = Latest()
  /// Changes when any passage does.
  let fingerprint: String

  /// The most words of a passage, for the 256 tokens of FactScore's.
  private static let longest = 192

  /// Indexes passages; long ones are cut into several.
  /// - Throws: `Interrupted` where the user asked to stop.
  public init(_ sources: [Passage]) throws(Interrupted) {
    var passages: [Passage] = []
    for source in sources {
      try Interruption.check()
      let words = WordRanks.words(source.text)
      for start in stride(from: 0, to: max(1, words.count), by: Self.longest) {
        let part = words[start..<min(start + Self.longest, words.count)]
        passages.append(Passage(title: source.title, text: part.joined(separator: " ")))
      }
    }
    titles = Dictionary(grouping: passages.indices) { [passages] in passages[$0].title.lowercased()
    }
    words = try WordRanks(passages.lazy.map(\.text))
    self.passages = passages
    fingerprint = ContentHash.of(sources.map { "\($0.title)\n\($0.text)\0" }.joined())
  }

  /// The score of each passage, in their order.
  package func scores(for query: String) -> [Double] { words.scores(for: query) }

  /// The passages that fit a query best, the best first; of equal ones the earlier.
  ///
  /// - Parameter title: Passages of this title alone are looked at, where there are any.
  /// - Throws: `Interrupted` where the user asked to stop.
  public func best(
    _ count: Int, for query: String, title: String?
  ) throws(Interrupted) -> [Passage] {
    guard let title = title?.lowercased(), let own = titles[title], own.count < passages.count
    else { return words.best(count, for: query).map { passages[$0] } }
    let words = try latest.words(of: title) { () throws(Interrupted) in
      try WordRanks(own.lazy.map { passages[$0].text })
    }
    return words.best(count, for: query).map { passages[own[$0]] }
  }

  /// Facts of one topic come one after another, so that one title's words are kept.
  private final class Latest: Sendable {
    private let held = Mutex<(title: String, words: WordRanks)?>(nil)

    func words(
      of title: String, _ make: () throws(Interrupted) -> WordRanks
    ) throws(Interrupted) -> WordRanks {
      if let found = held.withLock({ $0?.title == title ? $0?.words : nil }) { return found }
      let made = try make()
      held.withLock { $0 = (title, made) }
      return made
    }
  }
}
