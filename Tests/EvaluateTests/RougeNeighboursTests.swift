import Evaluate
import Records
import Stages
import TestSupport
import Testing

/// The text most like another among several, by ROUGE-L.
@Suite struct `Neighbours by ROUGE-L` {
  private struct Case {
    let task: String
    let other: String
    let score: Double
    let isKept: Bool
  }

  private func cases() throws -> [Case] {
    let path = "\(Shared.project)/Tests/Fixtures/Evaluate/novelty.json"
    let json = try JSONValue.parse(FileReader.contents(path))
    return try #require(json["cases"]?.array).map { json in
      Case(
        task: try #require(json["task"]?.string), other: try #require(json["other"]?.string),
        score: try #require(json["score"]?.double), isKept: json["kept"] == true)
    }
  }

  /// What is found among some texts; a search changes what it searches.
  private func nearest(
    _ texts: [String], to text: String, from least: Double,
    _ tokenizer: RougeTokenizer = .standard
  ) -> (place: Int, score: Double)? {
    var neighbours = RougeNeighbours(tokenizer)
    for text in texts { neighbours.add(text) }
    return neighbours.nearest(to: text, from: least)
  }

  @Test func `have rouge_score's numbers, and its verdict at the border of 0.7`() throws {
    let cases = try cases()
    #expect(cases.count > 200 && cases.count { abs($0.score - 0.7) < 1e-9 } >= 3)
    for each in cases {
      let found = try #require(nearest([each.task], to: each.other, from: 0))
      #expect(abs(found.score - each.score) < 1e-12, "\(each.task) / \(each.other)")
      #expect(
        (nearest([each.task], to: each.other, from: 0.7) == nil) == each.isKept, "\(each.other)")
    }
  }

  @Test func `are the first of the most alike, whatever stands beside them`() throws {
    #expect(nearest([], to: "a word", from: 0) == nil)
    let texts = ["", "Name a river.", "Write a poem about rain.", "Write a poem about rain!", "x"]
    let same = try #require(nearest(texts, to: "write a poem about RAIN", from: 0.7))
    #expect(same.place == 2 && same.score == 1)
    let near = try #require(nearest(texts, to: "Write a poem about snow.", from: 0.7))
    #expect(near.place == 2 && near.score == 0.8)
    #expect(nearest(texts, to: "Write a poem about snow.", from: 0.81) == nil)
    #expect(nearest(texts, to: "", from: 0.01) == nil)
    // Of many texts it is the best of all pairs.
    let tasks = try cases().map(\.task)
    for each in try cases().prefix(60) {
      let best = tasks.compactMap { nearest([$0], to: each.other, from: 0)?.score }.max()
      #expect(nearest(tasks, to: each.other, from: 0)?.score == best)
    }
  }

  @Test func `of texts without blanks are told by characters where asked`() throws {
    let found = try #require(nearest(["写一首关于雨的诗"], to: "写一首关于雪的诗", from: 0.7, .unicode))
    #expect(found.score == 0.875)
    #expect(nearest(["写一首关于雨的诗"], to: "写一首关于雨的诗", from: 0.7) == nil)
  }
}
