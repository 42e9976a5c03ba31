import Foundation
import Stages

/// Which of some texts have which words, and how much words weigh: what BM25 ranks by.
struct WordRanks: Sendable {
  /// A text that has a word, and how often.
  private struct Holder {
    let text: Int32
    var count: Int32
  }

  /// A word of any text.
  private struct Word {
    /// The texts that have it, in their order.
    var holders: [Holder] = []
    /// Its inverse document frequency.
    var weight = 0.0

    /// Notes that a text has the word once more; texts come in their order.
    mutating func note(_ text: Int32) {
      if let last = holders.indices.last, holders[last].text == text {
        holders[last].count += 1
      } else {
        holders.append(Holder(text: text, count: 1))
      }
    }
  }

  private var words: [String: Word] = [:]
  /// How many words each text has.
  private var lengths: [Int32] = []
  private let meanLength: Double

  private static let k1 = 1.5
  private static let b = 0.75
  private static let epsilon = 0.25

  /// Counts the words of texts, whose collection is that which frequencies are counted in.
  /// - Throws: `Interrupted` where the user asked to stop.
  init(_ texts: some Sequence<String>) throws(Interrupted) {
    for text in texts {
      try Interruption.check()
      let place = Int32(lengths.count)
      let found = Self.words(text.lowercased())
      for word in found { words[String(word), default: Word()].note(place) }
      lengths.append(Int32(found.count))
    }
    meanLength =
      Double(lengths.reduce(0) { $0 + Int($1) }) / Double(max(1, lengths.count))
    weigh()
  }

  /// What stands between white space.
  static func words(_ text: String) -> [Substring] {
    text.unicodeScalars.split { $0.properties.isWhitespace }.map { Substring($0) }
  }

  /// The inverse document frequencies; those of words in more than half of the texts are raised.
  private mutating func weigh() {
    let total = Double(lengths.count)
    let weights = words.mapValues { word in
      let holders = Double(word.holders.count)
      return log(total - holders + 0.5) - log(holders + 0.5)
    }
    // In the order of words, so that the sum does not depend on that of a dictionary.
    let mean =
      weights.sorted { $0.key < $1.key }.reduce(0) { $0 + $1.value } / Double(max(1, weights.count))
    for (word, weight) in weights {
      words[word]?.weight = weight < 0 ? Self.epsilon * mean : weight
    }
  }

  /// The score of each text.
  func scores(for query: String) -> [Double] {
    var scores = [Double](repeating: 0, count: lengths.count)
    for name in Self.words(query.lowercased()) {
      guard let word = words[String(name)] else { continue }
      for holder in word.holders {
        let place = Int(holder.text)
        let count = Double(holder.count)
        let length = 1 - Self.b + Self.b * Double(lengths[place]) / meanLength
        scores[place] += word.weight * count * (Self.k1 + 1) / (count + Self.k1 * length)
      }
    }
    return scores
  }

  /// The places of the texts of the highest scores, the highest first; of equal ones the earlier.
  func best(_ count: Int, for query: String) -> [Int] {
    var best: [(score: Double, place: Int)] = []
    for (place, score) in scores(for: query).enumerated() {
      if best.count == count {
        guard let last = best.last, score > last.score else { continue }
        best.removeLast()
      }
      let rank = best.firstIndex { $0.score < score } ?? best.count
      best.insert((score, place), at: rank)
    }
    return best.map(\.place)
  }
}
