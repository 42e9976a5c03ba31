public import Stages

/// How alike texts and references mean, by the cosine of one vector each.
///
/// Of several references the nearest counts. The score is the mean over records times 100, from -100
/// to 100. As the cosine of sentence-transformers on the same model.
public struct EmbeddingSimilarity: Sendable {
  /// What gives vectors.
  public var embedder: any Embedder

  /// Sets the metric up.
  public init(embedder: any Embedder) { self.embedder = embedder }

  /// Scores every record.
  ///
  /// - Throws: `TextModelError` where there are no vectors.
  public func measure(_ corpus: TextCorpus) throws(TextModelError) -> CorpusMeasurement {
    let references = (0..<corpus.count).map { corpus.references(of: $0) }
    let hypotheses = try embedder.vectors(of: (0..<corpus.count).map { corpus.hypotheses[$0] })
    var others = try embedder.vectors(of: references.flatMap { $0 })[...]
    let values = zip(hypotheses, references).map { hypothesis, references in
      references.map { _ in Self.cosine(hypothesis, others.removeFirst()) }.max() ?? 0
    }
    let count = corpus.referencesPerRecord.map { "\($0)" } ?? "var"
    return MeanMetric(
      name: "embedding_similarity", signature: "nrefs:\(count)|model:\(embedder.name)"
    ).measurement(of: values)
  }

  /// The cosine of two vectors; 0 where a vector has no length.
  package static func cosine(_ left: [Float], _ right: [Float]) -> Double {
    func product(_ left: [Float], _ right: [Float]) -> Double {
      zip(left, right).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    }
    let lengths = (product(left, left) * product(right, right)).squareRoot()
    return lengths > 0 ? product(left, right) / lengths : 0
  }
}
