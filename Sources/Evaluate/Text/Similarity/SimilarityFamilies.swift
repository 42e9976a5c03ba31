import Stages

let bertScoreFamily = TextMetricFamily(
  [
    .init("bertscore", "Tokens matched by the cosine of their vectors, F, as bert-score."),
    .init("bertscore_precision", "The same, over the tokens of the hypothesis."),
    .init("bertscore_recall", "The same, over the tokens of the reference."),
  ],
  parameters: [SimilarityKeys.model, SimilarityKeys.layer, SimilarityKeys.idf],
  aliases: [
    "bert-score": "bertscore", "bert_score": "bertscore", "bertscore_f1": "bertscore",
    "bertscore-precision": "bertscore_precision", "bertscore-recall": "bertscore_recall",
  ],
  readsWithModel: true,
  configure: { values, resources, settings in
    let embedder = try resources.embedder(
      values[SimilarityKeys.model],
      values[SimilarityKeys.layer].map { .number($0) } ?? .usual)
    settings.bertScore = BERTScore(embedder: embedder, idf: values[SimilarityKeys.idf])
  },
  measure: { names, material, settings, threads throws(TextModelError) in
    guard let metric = settings.bertScore else { throw SimilarityKeys.missing(names) }
    return try metric.measure(material.corpus, threads: threads).map { TextScore($0) }
  })

let embeddingSimilarityFamily = TextMetricFamily(
  [.init("embedding_similarity", "Mean cosine of one vector a text, by an encoder.")],
  parameters: [SimilarityKeys.model],
  aliases: [
    "embedding-similarity": "embedding_similarity", "cosine": "embedding_similarity",
    "semantic-similarity": "embedding_similarity", "semantic_similarity": "embedding_similarity",
  ],
  readsWithModel: true,
  configure: { values, resources, settings in
    let embedder = try resources.embedder(values[SimilarityKeys.model], .last)
    settings.similarity = EmbeddingSimilarity(embedder: embedder)
  },
  measure: { names, material, settings, _ throws(TextModelError) in
    guard let metric = settings.similarity else { throw SimilarityKeys.missing(names) }
    return [TextScore(try metric.measure(material.corpus))]
  })

/// What metrics by an encoder take in a pipeline file.
enum SimilarityKeys {
  static let model = Parameter<String>(
    required: "model", aliases: ["model-type", "encoder"],
    "The encoder: a model's name or folder.")
  static let layer = Parameter<Int?>(
    "layer", default: nil, aliases: ["num-layers"],
    "The layer whose vectors are taken; bert-score's choice for the model, or the last.",
    check: Check.optionalAtLeast(1))
  static let idf = Parameter(
    "idf", default: false, "Weigh tokens by how few references have them.")

  static func missing(_ names: [String]) -> TextModelError {
    TextModelError(
      "metric '\(names.first ?? "")' needs an encoder",
      remedy: "name one: --model all-MiniLM-L6-v2, or {\(names.first ?? ""): {model: …}}")
  }
}
