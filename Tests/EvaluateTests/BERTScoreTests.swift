import Evaluate
import Foundation
import Records
import Stages
import Testing

/// The numbers of `Scripts/evaluate_bertscore_reference.py`, whose texts are tokens with vectors.
private struct VectorReference: Embedder {
  let name = "vectors_L1"
  let corpus: TextCorpus
  let records: [JSONValue]
  private let texts: [EmbeddedText]

  init() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let file = folder.appending(path: "Fixtures/Evaluate/bertscore.json")
    let root = try JSONValue.parse([UInt8](Data(contentsOf: file)))
    let width = root["width"]?.int ?? 0
    var texts: [EmbeddedText] = []
    func add(_ json: JSONValue?) -> String {
      let ids = (json?["ids"]?.array ?? []).compactMap(\.int)
      let rows = (json?["vectors"]?.array ?? []).map { ($0.array ?? []).compactMap(\.double) }
      texts.append(
        EmbeddedText(
          ids: ids.map { Int32($0) }, isSpecial: ids.map { $0 < 3 }, width: width,
          values: rows.flatMap { $0.map { Float($0) } }))
      return "\(texts.count - 1)"
    }
    records = root["records"]?.array ?? []
    corpus = TextCorpus(
      hypotheses: records.map { add($0["hypothesis"]) },
      references: records.map { ($0["references"]?.array ?? []).map { add($0) } })
    self.texts = texts
  }

  func tokens(of texts: [String]) -> [EmbeddedText] { texts.map { self.texts[Int($0) ?? 0] } }
  func ids(of texts: [String]) -> [[Int32]] { tokens(of: texts).map(\.ids) }
  func vectors(of texts: [String]) -> [[Float]] {
    tokens(of: texts).map { Array($0.values.prefix($0.width)) }
  }
}

@Suite struct `Scores by an encoder` {
  @Test(arguments: [false, true])
  func `matches tokens as bert-score does, record by record`(idf: Bool) throws {
    let reference = try VectorReference()
    let found = try BERTScore(embedder: reference, idf: idf).measure(reference.corpus)
    #expect(found.map(\.metric.name) == ["bertscore", "bertscore_precision", "bertscore_recall"])
    #expect(reference.records.count == 6)
    for (record, json) in reference.records.enumerated() {
      let expected = (json[idf ? "idf" : "plain"]?.array ?? []).compactMap(\.double)
      let scores = [1, 2, 0].map { found[$0].recordScores[record] / 100 }
      #expect(zip(scores, expected).allSatisfy { abs($0 - $1) < 1e-6 }, "\(scores) \(expected)")
    }
  }

  @Test func `threads change nothing, and a text without tokens scores 0`() throws {
    let reference = try VectorReference()
    let score = BERTScore(embedder: reference)
    #expect(
      try score.measure(reference.corpus, threads: 1)[0].statistics
        == score.measure(reference.corpus, threads: 3)[0].statistics)
    let empty = TextCorpus(hypotheses: ["", "a"], references: ["a", ""])
    let found = try BERTScore(embedder: Hollow()).measure(empty)
    #expect(found.map(\.score) == [0, 0, 0])
  }

  @Test func `similarity is the cosine of one vector a text, of the nearest reference`() throws {
    let corpus = TextCorpus(hypotheses: ["x", "y"], references: [["x", "y"], ["x"]])
    let found = try EmbeddingSimilarity(embedder: Hollow()).measure(corpus)
    // Vectors are of single precision.
    #expect(zip(found.recordScores, [100, 60]).allSatisfy { abs($0 - $1) < 1e-4 })
    #expect(found.recordScores.count == 2)
    #expect(found.metric.signature == "nrefs:var|model:hollow_L1")
  }

  @Test func `texts that Unicode calls equivalent are two`() throws {
    let texts = ["e\u{301}", "\u{E9}"]
    let corpus = TextCorpus(hypotheses: texts, references: texts.reversed())
    let one = TextCorpus(hypotheses: [texts[0]], references: [texts[1]])
    let found = try BERTScore(embedder: Spelling()).measure(corpus)[0].recordScores
    #expect(found[0] == (try BERTScore(embedder: Spelling()).measure(one)[0].recordScores[0]))
    #expect(found.allSatisfy { $0 < 99 }, "\(found)")
  }

  @Test func `without an encoder it says what to name`() throws {
    let corpus = TextCorpus(hypotheses: ["x"], references: ["x"])
    for name in ["bertscore", "embedding-similarity"] {
      let error = #expect(throws: TextModelError.self) {
        try TextMetrics(named: [name]).scores(of: corpus)
      }
      #expect(error?.description.contains("--model") == true)
    }
  }
}

/// Puts marks around each text; "x" and "y" have directions of their own.
private struct Hollow: Embedder {
  let name = "hollow_L1"

  func ids(of texts: [String]) -> [[Int32]] { texts.map { $0.isEmpty ? [1, 2] : [1, 3, 2] } }

  func tokens(of texts: [String]) -> [EmbeddedText] {
    ids(of: texts).map { ids in
      EmbeddedText(
        ids: ids, isSpecial: ids.map { $0 < 3 }, width: 1, values: ids.map { Float($0) })
    }
  }

  func vectors(of texts: [String]) -> [[Float]] { texts.map { $0 == "x" ? [1, 0] : [0.6, 0.8] } }
}

/// A text's one token has the direction of its number of bytes.
private struct Spelling: Embedder {
  let name = "spelling_L1"

  func ids(of texts: [String]) -> [[Int32]] { texts.map { [Int32($0.utf8.count)] } }

  func tokens(of texts: [String]) -> [EmbeddedText] {
    texts.map { text in
      EmbeddedText(
        ids: [Int32(text.utf8.count)], isSpecial: [false], width: 2,
        values: [Float(text.utf8.count), 1])
    }
  }

  func vectors(of texts: [String]) -> [[Float]] { tokens(of: texts).map(\.values) }
}
