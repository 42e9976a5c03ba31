/// Counts n-grams of sentences, and makes a model of them.
///
/// 32 bytes a token and order while it counts.
package struct KneserNeyTrainer {
  private let unit: TokenUnit
  private let order: Int
  /// All n-grams of each order, as often as they occur.
  private var grams: [[Gram]]
  private var vocabulary: Set<UInt64> = [NGramHash.end]

  private struct Gram {
    let hash: UInt64
    /// Without its last token, and without its first.
    let context: UInt64
    let suffix: UInt64
    /// Nothing stands before it, so it is counted as it occurs.
    let isAtStart: Bool
  }

  /// A trainer that has read nothing, for n-grams of up to `order` tokens.
  package init(order: Int, unit: TokenUnit) {
    precondition((1...8).contains(order), "an order of \(order) is not from 1 to 8")
    self.order = order
    self.unit = unit
    grams = Array(repeating: [], count: order)
  }

  /// Whether no token has been read.
  package var isEmpty: Bool { grams[0].isEmpty }

  /// Reads the lines of a text as sentences.
  package mutating func add(_ text: String) {
    for line in text.split(whereSeparator: \.isNewline) {
      let tokens = unit.tokens(of: String(line))
      if !tokens.isEmpty { add(tokens) }
    }
  }

  mutating func add(_ tokens: [UInt64]) {
    vocabulary.formUnion(tokens)
    let all = [NGramHash.start] + tokens + [NGramHash.end]
    for place in 1..<all.count {
      for length in 1...min(order, place + 1) {
        let range = place - length + 1..<place + 1
        grams[length - 1].append(
          Gram(
            hash: NGramHash.hash(all[range]), context: NGramHash.hash(all[range].dropLast()),
            suffix: NGramHash.hash(all[range].dropFirst()),
            isAtStart: range.lowerBound == 0))
      }
    }
  }

  /// The model of what was read.
  package func model() -> KneserNeyModel {
    var orders: [KneserNeyModel.Order] = []
    // How many tokens stand before each n-gram, from the n-grams that are one longer.
    var before: [UInt64: UInt32] = [:]
    for length in (1...order).reversed() {
      var counted = KneserNeyModel.Order()
      var longer: [UInt64: UInt32] = [:]
      for (gram, occurrences) in Self.distinct(grams[length - 1]) {
        longer[gram.suffix, default: 0] += 1
        let isRaw = length == order || gram.isAtStart
        let count = isRaw ? occurrences : before[gram.hash] ?? 0
        guard count > 0 else { continue }
        counted.add(gram.hash, count, behind: gram.context)
      }
      counted.discount()
      orders.insert(counted, at: 0)
      before = longer
    }
    return KneserNeyModel(unit: unit, orders: orders, vocabulary: vocabulary.count + 1)
  }

  private static func distinct(_ grams: [Gram]) -> [(Gram, UInt32)] {
    var result: [(Gram, UInt32)] = []
    for gram in grams.sorted(by: { $0.hash < $1.hash }) {
      if let last = result.last, last.0.hash == gram.hash {
        result[result.count - 1].1 += 1
      } else {
        result.append((gram, 1))
      }
    }
    return result
  }
}

extension KneserNeyModel.Order {
  /// Adds an n-gram behind all others by its hash.
  mutating func add(_ gram: UInt64, _ count: UInt32, behind context: UInt64) {
    grams.append(gram)
    counts.append(count)
    contexts[context, default: KneserNeyModel.Context()].total += UInt64(count)
    contexts[context]?.words[min(Int(count), 3) - 1] += 1
  }

  /// Finds what is taken off counts, by how many n-grams have a count of 1, 2, 3 and 4.
  ///
  /// Where there are too few to tell, what is usual: 0.5, 1 and 1.5.
  mutating func discount() {
    let numbers = (1...4).map { wanted in Double(counts.count { $0 == wanted }) }
    let usual = [0.5, 1, 1.5]
    guard !numbers.contains(0) else {
      discounts = usual
      return
    }
    let share = numbers[0] / (numbers[0] + 2 * numbers[1])
    discounts = (0..<3).map { index in
      let level = Double(index + 1)
      let taken = level - (level + 1) * share * numbers[index + 1] / numbers[index]
      return taken >= 0 && taken <= level ? taken : usual[index]
    }
  }
}
