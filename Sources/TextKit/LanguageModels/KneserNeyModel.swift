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
/// context, both in order and looked for by halves.
package struct KneserNeyModel: Sendable, Equatable {
  /// What stands for a context.
  struct Context: Sendable, Equatable {
    let hash: UInt64
    /// The sum of the counts behind it.
    var total: UInt64 = 0
    /// How many words behind it have a count of 1, 2, and 3 or more.
    var once: UInt32 = 0
    var twice: UInt32 = 0
    var often: UInt32 = 0

    /// Counts a word that stands so often behind it.
    mutating func add(_ count: UInt32) {
      total += UInt64(count)
      switch count {
      case 1: once += 1
      case 2: twice += 1
      default: often += 1
      }
    }

    /// What is taken off all counts behind it.
    func taken(by discounts: [Double]) -> Double {
      discounts[0] * Double(once) + discounts[1] * Double(twice) + discounts[2] * Double(often)
    }
  }

  /// The n-grams of one order.
  struct Order: Sendable, Equatable {
    /// Hashes in rising order, and the count of each.
    var grams: [UInt64] = []
    var counts: [UInt32] = []
    /// By rising hashes.
    var contexts: [Context] = []
    /// What is taken off counts of 1, 2, and 3 or more.
    var discounts: [Double] = [0, 0, 0]

    func count(of gram: UInt64) -> UInt32 {
      let place = Self.place(of: gram, among: grams.count) { grams[$0] }
      return place < grams.count && grams[place] == gram ? counts[place] : 0
    }

    func context(_ hash: UInt64) -> Context? {
      let place = Self.place(of: hash, among: contexts.count) { contexts[$0].hash }
      return place < contexts.count && contexts[place].hash == hash ? contexts[place] : nil
    }

    /// The place of the first hash that is not smaller.
    private static func place(
      of hash: UInt64, among count: Int, _ hashAt: (Int) -> UInt64
    ) -> Int {
      var (low, high) = (0, count)
      while low < high {
        let middle = (low + high) / 2
        if hashAt(middle) < hash { low = middle + 1 } else { high = middle }
      }
      return low
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
      guard let context = order.context(NGramHash.hash(tokens[range])) else { break }
      let count = order.count(of: NGramHash.hash(tokens[place - index...place]))
      let taken = count == 0 ? 0 : order.discounts[min(Int(count), 3) - 1]
      let handedOn = context.taken(by: order.discounts)
      let total = Double(context.total)
      probability = (Double(count) - taken) / total + handedOn / total * probability
    }
    // What is handed on again and again may fall below the least number there is.
    return max(probability, .leastNormalMagnitude)
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
