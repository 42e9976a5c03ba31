import Evaluate
import Records
import Stages

/// The texts of the evaluation sides, which no child may be like: it would tell a model what it is tested on.
struct EvaluationTexts {
  /// From which ROUGE-L on two texts are alike; self-instruct's (arXiv 2212.10560).
  static let least = 0.7

  private var texts: RougeNeighbours

  /// Reads the evaluation sides of a collection.
  /// - Parameter texts: What is compared of a record.
  init(
    _ records: RecordCollection, language: String,
    _ texts: @Sendable (Record) -> [String]
  ) throws {
    var neighbours = RougeNeighbours(RougeTokenizer(language: language))
    try records.forEachStoredBatch { stored -> [String] in
      guard let side = try stored.provenance().side, side != .train else { return [] }
      return texts(try stored.record())
    } _: { batch in
      for text in batch.joined() { neighbours.add(text) }
    }
    self.texts = neighbours
  }

  /// Whether a text is like one of them.
  mutating func hold(_ text: String) -> Bool { texts.nearest(to: text, from: Self.least) != nil }
}

extension RougeTokenizer {
  /// How texts of a language are cut into words: as rouge_score does it where that has words at all.
  init(language: String) { self = language == "en" ? .standard : .unicode }
}
