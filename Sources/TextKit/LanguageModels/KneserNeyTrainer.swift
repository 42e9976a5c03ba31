/// Counts n-grams of sentences, and makes a model of them.
///
/// 32 bytes a token and order while it counts, and 70 to 73 at the peak, when it makes the model
/// (a million words, order 3: 209 MB; 300,000, order 5: 109 MB).
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

  /// The model of what was read, which is let go of on the way; nothing has been read thereafter.
  package mutating func model() -> KneserNeyModel {
    let size = vocabulary.count + 1
    vocabulary = [NGramHash.end]
    var orders: [KneserNeyModel.Order] = []
    // How many tokens stand before each n-gram, from the n-grams that are one longer.
    var before: [UInt64: UInt32] = [:]
    for length in (1...order).reversed() {
      var read = grams[length - 1]
      grams[length - 1] = []
      read.sort { $0.hash < $1.hash }
      let (made, longer) = Self.order(read, isLongest: length == order, before)
      orders.append(made)
      before = longer
    }
    return KneserNeyModel(unit: unit, orders: orders.reversed(), vocabulary: size)
  }

  /// The n-grams of one length, and how many tokens stand before those that are one shorter.
  private static func order(
    _ grams: [Gram], isLongest: Bool, _ before: [UInt64: UInt32]
  ) -> (KneserNeyModel.Order, shorter: [UInt64: UInt32]) {
    var made = KneserNeyModel.Order()
    var behind: [(context: UInt64, count: UInt32)] = []
    var shorter: [UInt64: UInt32] = [:]
    var place = 0
    while place < grams.count {
      let gram = grams[place]
      let end = grams[place...].firstIndex { $0.hash != gram.hash } ?? grams.count
      let isRaw = isLongest || gram.isAtStart
      let count = isRaw ? UInt32(clamping: end - place) : before[gram.hash] ?? 0
      place = end
      shorter[gram.suffix, default: 0] += 1
      guard count > 0 else { continue }
      made.grams.append(gram.hash)
      made.counts.append(count)
      behind.append((gram.context, count))
    }
    made.gather(behind)
    made.discount()
    return (made, shorter)
  }
}

extension KneserNeyModel.Order {
  /// Sums up the counts behind each context.
  fileprivate mutating func gather(_ behind: consuming [(context: UInt64, count: UInt32)]) {
    behind.sort { $0.context < $1.context }
    for (context, count) in behind {
      if contexts.last?.hash != context { contexts.append(KneserNeyModel.Context(hash: context)) }
      contexts[contexts.count - 1].add(count)
    }
  }

  /// Finds what is taken off counts, by how many n-grams have a count of 1, 2, 3 and 4.
  ///
  /// Where there are too few to tell, what is usual: 0.5, 1 and 1.5. Never nothing, so that
  /// something is left for words never seen.
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
      return taken > 0 && taken <= level ? taken : usual[index]
    }
  }
}
