import Foundation

/// A BLEU score and what it is made of.
public struct BleuScore: Sendable, Equatable, CustomStringConvertible {
  /// From 0 to 100.
  public let score: Double
  /// Of each order the share of the hypotheses' n-grams that match, from 0 to 100, smoothed.
  public let precisions: [Double]
  /// From 0 to 1: below 1 where the hypotheses are shorter than the references.
  public let brevityPenalty: Double
  /// Words of the hypotheses.
  public let hypothesisLength: Int
  /// Words of the references, of each record the closest one's.
  public let referenceLength: Int

  init(
    _ bleu: Bleu, hypothesisLength: Double, referenceLength: Double, correct: [Double],
    total: [Double]
  ) {
    self.hypothesisLength = Int(hypothesisLength)
    self.referenceLength = Int(referenceLength)
    brevityPenalty = Self.penalty(hypothesisLength, referenceLength)
    guard correct.contains(where: { $0 != 0 }) else {
      precisions = [Double](repeating: 0, count: bleu.order)
      score = 0
      return
    }
    let (precisions, orders) = Self.precisions(bleu, correct, total)
    self.precisions = precisions
    // sacreBLEU's logarithm of 0.
    let logarithms = precisions[..<orders].map { $0 == 0 ? -9_999_999_999 : log($0) }
    score = brevityPenalty * exp(logarithms.reduce(0, +) / Double(orders))
  }

  private static func penalty(_ hypothesis: Double, _ reference: Double) -> Double {
    guard hypothesis < reference else { return 1 }
    return hypothesis > 0 ? exp(1 - reference / hypothesis) : 0
  }

  /// The smoothed precisions, and how many orders count.
  private static func precisions(
    _ bleu: Bleu, _ correct: [Double], _ total: [Double]
  ) -> (precisions: [Double], orders: Int) {
    var precisions = [Double](repeating: 0, count: bleu.order)
    var halving = 1.0
    var orders = bleu.order
    for n in 0..<bleu.order {
      var (matches, ngrams) = (correct[n], total[n])
      if case .addK(let more) = bleu.smoothing, n > 0 {
        (matches, ngrams) = (matches + more, ngrams + more)
      }
      if ngrams == 0 { break }
      if bleu.effectiveOrder { orders = n + 1 }
      if matches != 0 {
        precisions[n] = 100 * matches / ngrams
      } else if case .exponential = bleu.smoothing {
        halving *= 2
        precisions[n] = 100 / (halving * ngrams)
      } else if case .floor(let matches) = bleu.smoothing {
        precisions[n] = 100 * matches / ngrams
      }
    }
    return (precisions, orders)
  }

  /// sacreBLEU's line behind the score, such as `78.4/58.3/45.3/36.0 (BP = 0.912 ratio = 0.916 …`.
  public var details: String {
    let ratio = referenceLength == 0 ? 0 : Double(hypothesisLength) / Double(referenceLength)
    let parts = precisions.map { FixedPoint.text($0, digits: 1) }.joined(separator: "/")
    return "\(parts) (BP = \(FixedPoint.text(brevityPenalty, digits: 3)) "
      + "ratio = \(FixedPoint.text(ratio, digits: 3)) hyp_len = \(hypothesisLength) "
      + "ref_len = \(referenceLength))"
  }

  /// sacreBLEU's whole line.
  public var description: String { "BLEU = \(FixedPoint.text(score, digits: 2)) \(details)" }
}
