import Foundation
import Stages

/// Passages of a knowledge source, found by BM25 (Robertson and others) as rank_bm25's `BM25Okapi` ranks.
///
///     let index = PassageIndex([Passage(title: "Aspirin", text: "…")])
///     index.best(5, for: "Aspirin thins the blood", title: "Aspirin")
///
/// Words are what stands between white space, as FactScore has them, but in small letters. O(passages with
/// a word of the query).
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
  /// How often each passage has each word.
  private let counts: [[String: Int]]
  private let lengths: [Int]
  /// Changes when any passage does.
  let fingerprint: String

  private static let k1 = 1.5
  private static let b = 0.75
  private static let epsilon = 0.25
  /// The most words of a passage, for the 256 tokens of FactScore's.
  private static let longest = 192

  /// Indexes passages; long ones are cut into several.
  public init(_ sources: [Passage]) {
    passages = sources.flatMap { source in
      let words = Self.words(source.text)
      let starts = stride(from: 0, to: max(1, words.count), by: Self.longest)
      return starts.map {
        let part = words[$0..<min($0 + Self.longest, words.count)]
        return Passage(title: source.title, text: part.joined(separator: " "))
      }
    }
    titles = Dictionary(grouping: passages.indices) { [passages] in passages[$0].title.lowercased()
    }
    counts = passages.map { Self.counts(Self.words($0.text.lowercased())) }
    lengths = counts.map { $0.values.reduce(0, +) }
    fingerprint = ContentHash.of(sources.map { "\($0.title)\n\($0.text)\0" }.joined())
  }

  private static func words(_ text: String) -> [Substring] {
    text.unicodeScalars.split { $0.properties.isWhitespace }.map { Substring($0) }
  }

  private static func counts(_ words: [Substring]) -> [String: Int] {
    words.reduce(into: [:]) { $0[String($1), default: 0] += 1 }
  }

  /// The score of each passage, in their order.
  package func scores(for query: String) -> [Double] {
    scores(of: Array(passages.indices), Self.words(query.lowercased()).map(String.init))
  }

  /// The passages that fit a query best, the best first; of equal ones the earlier.
  ///
  /// - Parameter title: Passages of this title alone are looked at, where there are any.
  public func best(_ count: Int, for query: String, title: String?) -> [Passage] {
    let own = title.flatMap { titles[$0.lowercased()] } ?? Array(passages.indices)
    let scores = scores(of: own, Self.words(query.lowercased()).map(String.init))
    let order = own.indices.sorted { (-scores[$0], $0) < (-scores[$1], $1) }
    return order.prefix(count).map { passages[own[$0]] }
  }

  /// The scores of some passages, which are all of the collection that frequencies are counted in.
  private func scores(of own: [Int], _ query: [String]) -> [Double] {
    let mean = Double(own.reduce(0) { $0 + lengths[$1] }) / Double(max(1, own.count))
    let weights = weights(of: own)
    return own.map { passage in
      query.reduce(0) { sum, word in
        guard let count = counts[passage][word], let weight = weights[word] else { return sum }
        let length = 1 - Self.b + Self.b * Double(lengths[passage]) / mean
        return sum + weight * Double(count) * (Self.k1 + 1) / (Double(count) + Self.k1 * length)
      }
    }
  }

  /// The inverse document frequencies; those of words in more than half of the passages are raised.
  private func weights(of own: [Int]) -> [String: Double] {
    var holders: [String: Int] = [:]
    for passage in own { for word in counts[passage].keys { holders[word, default: 0] += 1 } }
    let total = Double(own.count)
    let weights = holders.mapValues { log(total - Double($0) + 0.5) - log(Double($0) + 0.5) }
    // In the order of words, so that the sum does not depend on that of a dictionary.
    let mean =
      weights.sorted { $0.key < $1.key }.reduce(0) { $0 + $1.value } / Double(max(1, weights.count))
    return weights.mapValues { $0 < 0 ? Self.epsilon * mean : $0 }
  }
}
