#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A language model of n-grams with modified Kneser–Ney smoothing, interpolated.
///
/// p(w | h) = max(c(hw) − D, 0) / c(h) + γ(h) p(w | h'), where h' is h without its first word, c of
/// lower orders counts the words that stand before, D is one of three discounts by the count, and γ
/// hands on what was taken off (Chen and Goodman, 1999, "An empirical study of smoothing
/// techniques", section 4.1.6; Heafield and others, 2013). Below single words stands 1 / |V|, for
/// words never seen as well. N-grams are known by hashes of 64 bits. 12 bytes an n-gram, and 32 a
/// context.
package struct KneserNeyModel: Sendable, Equatable {
  /// What stands for a context.
  struct Context: Sendable, Equatable {
    /// The sum of the counts behind it.
    var total: UInt64 = 0
    /// How many words behind it have a count of 1, 2, and 3 or more.
    var words: [UInt32] = [0, 0, 0]
  }

  /// The n-grams of one order.
  struct Order: Sendable, Equatable {
    /// Hashes in rising order, and the count of each.
    var grams: [UInt64] = []
    var counts: [UInt32] = []
    var contexts: [UInt64: Context] = [:]
    /// What is taken off counts of 1, 2, and 3 or more.
    var discounts: [Double] = [0, 0, 0]

    func count(of gram: UInt64) -> UInt32 {
      var (low, high) = (0, grams.count)
      while low < high {
        let middle = (low + high) / 2
        if grams[middle] < gram { low = middle + 1 } else { high = middle }
      }
      return low < grams.count && grams[low] == gram ? counts[low] : 0
    }
  }

  /// What a token is.
  package let unit: TokenUnit
  var orders: [Order]
  /// How many tokens there are, the end and the unknown one among them.
  var vocabulary: Int

  /// How many tokens an n-gram has at most.
  package var order: Int { orders.count }

  /// The natural logarithm of the probability of a sentence and its end, and how many tokens that is.
  package func logProbability(of sentence: String) -> (sum: Double, count: Int) {
    logProbability(of: unit.tokens(of: sentence))
  }

  func logProbability(of tokens: [UInt64]) -> (sum: Double, count: Int) {
    let all = [NGramHash.start] + tokens + [NGramHash.end]
    var sum = 0.0
    for place in 1..<all.count { sum += log(probability(all, at: place)) }
    return (sum, all.count - 1)
  }

  /// The probability of a token behind those before it.
  func probability(_ tokens: [UInt64], at place: Int) -> Double {
    var probability = 1 / Double(vocabulary)
    for (index, order) in orders.enumerated() where place - index >= 0 {
      let range = place - index..<place
      guard let context = order.contexts[NGramHash.hash(tokens[range])] else { break }
      let count = order.count(of: NGramHash.hash(tokens[place - index...place]))
      let taken = count == 0 ? 0 : order.discounts[min(Int(count), 3) - 1]
      let handedOn = zip(order.discounts, context.words).reduce(0) { $0 + $1.0 * Double($1.1) }
      let total = Double(context.total)
      probability = (Double(count) - taken) / total + handedOn / total * probability
    }
    return probability
  }

  /// How surprised the model is by a token of a text on average; its lines are sentences.
  ///
  /// The ends of lines count as tokens, as KenLM and Data-Juicer count them. Nil for a text without tokens.
  package func perplexity(of text: String) -> Double? {
    var (sum, count) = (0.0, 0)
    for line in text.split(whereSeparator: \.isNewline) {
      let tokens = unit.tokens(of: String(line))
      guard !tokens.isEmpty else { continue }
      let (own, length) = logProbability(of: tokens)
      sum += own
      count += length
    }
    return count == 0 ? nil : exp(-sum / Double(count))
  }
}
