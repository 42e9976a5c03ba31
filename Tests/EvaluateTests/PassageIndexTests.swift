import Evaluate
import Foundation
import Records
import Stages
import TestSupport
import Testing

/// Passages that are found by BM25, held against its formulas written down as they are printed.
@Suite struct `Passages of a knowledge source` {
  /// Texts of few words, so that words are shared and scores tie; some are equal, some empty.
  private func texts(_ count: Int, seed: UInt64) -> [String] {
    (0..<count).map { index in
      var random = CounterRandom(seed: seed, purpose: "test", record: "\(index % (count - 3))")
      return (0..<random.below(9)).map { _ in "w\(random.below(6) * random.below(5))" }
        .joined(separator: " ")
    }
  }

  /// The scores of texts one by one, from counts of each.
  private func plainScores(_ texts: [String], _ query: String) -> [Double] {
    let counts = texts.map { text in
      text.split(separator: " ").reduce(into: [String: Int]()) { $0[String($1), default: 0] += 1 }
    }
    let lengths = counts.map { $0.values.reduce(0, +) }
    let mean = Double(lengths.reduce(0, +)) / Double(max(1, texts.count))
    var holders: [String: Int] = [:]
    for word in counts.flatMap(\.keys) { holders[word, default: 0] += 1 }
    let total = Double(texts.count)
    let raw = holders.mapValues { log(total - Double($0) + 0.5) - log(Double($0) + 0.5) }
    let usual =
      raw.sorted { $0.key < $1.key }.reduce(0) { $0 + $1.value } / Double(max(1, raw.count))
    let weights = raw.mapValues { $0 < 0 ? 0.25 * usual : $0 }
    return texts.indices.map { place in
      query.split(separator: " ").reduce(0) { sum, word in
        guard let count = counts[place][String(word)], let weight = weights[String(word)] else {
          return sum
        }
        let length = 1 - 0.75 + 0.75 * Double(lengths[place]) / mean
        return sum + weight * Double(count) * 2.5 / (Double(count) + 1.5 * length)
      }
    }
  }

  private func plainBest(_ texts: [String], _ query: String, _ count: Int) -> [Int] {
    let scores = plainScores(texts, query)
    return texts.indices.sorted { (-scores[$0], $0) < (-scores[$1], $1) }.prefix(count).map { $0 }
  }

  @Test(arguments: [5, 40, 200])
  func `have the scores of the formulas to the last bit, and the order, ties included`(
    count: Int
  ) throws {
    let texts = texts(count, seed: 3)
    // Titles tell equal texts apart.
    let index = try PassageIndex(
      texts.enumerated().map { .init(title: "t\($0.offset)", text: $0.element) })
    var ties = 0
    for query in ["w0", "w4 w1", "w1 w1 w9", "w3 nothing w8 w12", "", "w0 w2 w4 w6 w20"] {
      let expected = plainScores(texts, query)
      #expect(index.scores(for: query).map(\.bitPattern) == expected.map(\.bitPattern), "\(query)")
      ties += count - Set(expected).count
      for most in [1, 4, count + 3] {
        let found = try index.best(most, for: query, title: nil).map(\.title)
        #expect(found == plainBest(texts, query, most).map { "t\($0)" }, "\(query), \(most)")
      }
    }
    #expect(ties > count)
  }

  @Test func `of a title are ranked among themselves, whichever title was asked of before`() throws
  {
    let (cats, dogs) = (texts(30, seed: 1), texts(20, seed: 2))
    let index = try PassageIndex(
      (0..<30).flatMap { place -> [PassageIndex.Passage] in
        let cat = PassageIndex.Passage(title: place % 2 == 0 ? "Cats" : "cats", text: cats[place])
        return place < 20 ? [cat, .init(title: "Dogs", text: dogs[place])] : [cat]
      })
    for query in ["w0 w4", "w12", "w3 w8 w16"] {
      for (title, own) in [("CATS", cats), ("dogs", dogs), ("Cats", cats)] {
        let found = try index.best(7, for: query, title: title)
        #expect(found.map(\.text) == plainBest(own, query, 7).map { own[$0] }, "\(title) \(query)")
        #expect(found.allSatisfy { $0.title.lowercased() == title.lowercased() })
      }
    }
    #expect(try PassageIndex([]).best(3, for: "w1", title: "x").isEmpty)
  }

  @Test func `are cut where they are long, and end where the user asks to stop`() async throws {
    let long = (0..<500).map { "n\($0)" }.joined(separator: " ")
    let index = try PassageIndex([.init(title: "Long", text: long)])
    let found = try index.best(9, for: "n499", title: nil)
    #expect(found.map { $0.text.split(separator: " ").count } == [116, 192, 192])
    // In a process of its own, because the wish to stop is one for a whole process.
    await #expect(processExitsWith: .success) {
      Interruption.request()
      #expect(throws: Interrupted.self) { try PassageIndex([.init(title: "a", text: "b")]) }
    }
  }
}
