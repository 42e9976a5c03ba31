import Foundation
import Records
public import Stages

/// BERTScore (Zhang and others, 2020) as bert-score computes it: each token of a text is matched with
/// the most similar token of the other, by the cosine of their vectors in context.
///
///     let score = BERTScore(embedder: encoder)
///     for measurement in try score.measure(corpus) { print(measurement.metric.name, measurement.score) }
///
/// O(tokens²·width). Precision is over the hypothesis's tokens, recall over the reference's, each token
/// weighing 1, or its idf over the references. Of several references the best counts, for precision,
/// recall and F alone. Not rescaled by a baseline. As bert-score 0.3.13 on the same model and layer, to
/// the accuracy of single precision; there a cosine below 0 counts as 0 where a batch pads the text.
public struct BERTScore: Sendable {
  /// What gives vectors.
  public var embedder: any Embedder
  /// Whether rare tokens count more: by their inverse document frequency over all references.
  public var idf: Bool

  /// Sets the metric up.
  public init(embedder: any Embedder, idf: Bool = false) {
    (self.embedder, self.idf) = (embedder, idf)
  }

  /// Records whose vectors are held at once.
  private static let portion = 512

  /// Scores every record: `bertscore`, the F, `bertscore_precision` and `bertscore_recall`.
  ///
  /// - Parameter threads: how many threads match, all cores if nil; the result is the same.
  /// - Throws: `TextModelError` where there are no vectors.
  public func measure(
    _ corpus: TextCorpus, threads: Int? = nil
  ) throws(TextModelError) -> [CorpusMeasurement] {
    let weights = idf ? try TokenWeights(corpus, embedder) : TokenWeights()
    var records: [[Matching]] = []
    for start in stride(from: 0, to: corpus.count, by: Self.portion) {
      let part = start..<min(start + Self.portion, corpus.count)
      let vectors = try TokenVectors(corpus, part, embedder)
      records += Work.slices(of: part.count, threads: threads) { range in
        range.map { offset in
          vectors.references(of: part.lowerBound + offset).map {
            Matching(vectors.hypothesis(of: part.lowerBound + offset), $0, weights)
          }
        }
      }.flatMap { $0 }
    }
    return measurements(records, corpus.referencesPerRecord)
  }

  private func measurements(
    _ records: [[Matching]], _ references: Int?
  ) -> [CorpusMeasurement] {
    let signature =
      "nrefs:\(references.map { "\($0)" } ?? "var")|model:\(embedder.name)"
      + "|idf:\(idf ? "yes" : "no")|rescaled:no|bert-score:0.3.13"
    let parts: [(String, (Matching) -> Double)] = [
      ("bertscore", { $0.f1 }), ("bertscore_precision", { $0.precision }),
      ("bertscore_recall", { $0.recall }),
    ]
    return parts.map { name, part in
      MeanMetric(name: name, signature: signature)
        .measurement(of: records.map { $0.map(part).max() ?? 0 })
    }
  }
}

/// A text matched with one reference.
private struct Matching: Sendable {
  var precision = 0.0
  var recall = 0.0
  var f1 = 0.0

  /// All is 0 where one of both is empty or weighs nothing.
  init(_ hypothesis: UnitTokens, _ reference: UnitTokens, _ weights: TokenWeights) {
    guard hypothesis.hasText, reference.hasText else { return }
    let (own, others) = hypothesis.bestMatches(reference)
    guard let precision = weights.mean(own, of: hypothesis),
      let recall = weights.mean(others, of: reference)
    else { return }
    (self.precision, self.recall) = (precision, recall)
    let sum = precision + recall
    f1 = sum == 0 ? 0 : 2 * precision * recall / sum
  }
}

/// The tokens of a text with vectors of length 1, eight numbers side by side.
private struct UnitTokens: Sendable {
  let ids: [Int32]
  let isSpecial: [Bool]
  private let lanes: [SIMD8<Float>]
  private let width: Int

  init(_ text: EmbeddedText) {
    (ids, isSpecial) = (text.ids, text.isSpecial)
    width = (text.width + 7) / 8
    var lanes = [SIMD8<Float>](repeating: .zero, count: ids.count * width)
    for token in ids.indices {
      let row = text.values[token * text.width..<(token + 1) * text.width]
      let length = row.reduce(Float(0)) { $0 + $1 * $1 }.squareRoot()
      let factor = length > 0 ? 1 / length : 0
      for (place, value) in row.enumerated() {
        lanes[token * width + place / 8][place % 8] = value * factor
      }
    }
    self.lanes = lanes
  }

  /// Whether there is more than what the model puts around every text.
  var hasText: Bool { isSpecial.contains(false) }

  /// The highest cosine of each token of both texts with one of the other.
  func bestMatches(_ other: UnitTokens) -> (own: [Float], other: [Float]) {
    var rows = [Float](repeating: -.infinity, count: ids.count)
    var columns = [Float](repeating: -.infinity, count: other.ids.count)
    for row in rows.indices {
      for column in columns.indices {
        var sums = SIMD8<Float>.zero
        for lane in 0..<width {
          sums += lanes[row * width + lane] * other.lanes[column * width + lane]
        }
        let cosine = sums.sum()
        rows[row] = max(rows[row], cosine)
        columns[column] = max(columns[column], cosine)
      }
    }
    return (rows, columns)
  }
}

/// The vectors of some records of a corpus; a text that occurs often is read once.
private struct TokenVectors: Sendable {
  private let places: [ByteKey: Int]
  private let texts: [UnitTokens]
  private let corpus: TextCorpus

  init(
    _ corpus: TextCorpus, _ records: Range<Int>, _ embedder: any Embedder
  ) throws(TextModelError) {
    var places: [ByteKey: Int] = [:]
    var distinct: [String] = []
    for record in records {
      for text in [corpus.hypotheses[record]] + corpus.references(of: record) {
        let text = text.stripped
        if places[ByteKey(text)] == nil {
          places[ByteKey(text)] = distinct.count
          distinct.append(text)
        }
      }
    }
    (self.places, self.corpus) = (places, corpus)
    texts = try embedder.tokens(of: distinct).map { UnitTokens($0) }
  }

  func hypothesis(of record: Int) -> UnitTokens { vectors(of: corpus.hypotheses[record]) }

  func references(of record: Int) -> [UnitTokens] {
    corpus.references(of: record).map { vectors(of: $0) }
  }

  private func vectors(of text: String) -> UnitTokens {
    texts[places[ByteKey(text.stripped), default: 0]]
  }
}

/// How much tokens weigh.
private struct TokenWeights: Sendable {
  private let idf: [Int32: Double]?
  /// The weight of tokens that no reference has.
  private let unseen: Double

  /// Every token of the text weighs 1, those that the model put around it nothing.
  init() { (idf, unseen) = (nil, 1) }

  /// Tokens weigh their inverse document frequency over all references.
  init(_ corpus: TextCorpus, _ embedder: any Embedder) throws(TextModelError) {
    let references = (0..<corpus.count).flatMap { corpus.references(of: $0).map(\.stripped) }
    var documents: [Int32: Int] = [:]
    for ids in try embedder.ids(of: references) {
      for id in Set(ids) { documents[id, default: 0] += 1 }
    }
    let count = Double(references.count + 1)
    idf = documents.mapValues { log(count / Double($0 + 1)) }
    unseen = log(count)
  }

  /// The weighted mean of a value a token; nil where nothing weighs.
  func mean(_ values: [Float], of text: UnitTokens) -> Double? {
    var (sum, total) = (0.0, 0.0)
    for (place, id) in text.ids.enumerated() {
      let weight = idf.map { $0[id] ?? unseen } ?? (text.isSpecial[place] ? 0 : 1)
      sum += weight * Double(values[place])
      total += weight
    }
    return total > 0 ? sum / total : nil
  }
}

extension String {
  /// The text without white space at its ends.
  fileprivate var stripped: String { trimmingCharacters(in: .whitespacesAndNewlines) }
}
