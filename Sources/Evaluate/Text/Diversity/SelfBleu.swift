/// How alike texts are among themselves: the mean BLEU of each against all others (Zhu et al., 2018).
///
///     SelfBleu().score(of: TextColumn(["a cat sat", "a cat lay", "two dogs ran"]))
///
/// High where a generator repeats itself. Exact, yet linear in the words: of each n-gram the two
/// greatest counts in one text are kept, so that each text's references are all others at once.
public struct SelfBleu: Sendable, Hashable {
  /// The BLEU of each text.
  public var bleu: Bleu

  /// Sets the metric up; by default BLEU with effective orders, as sentences want.
  public init(bleu: Bleu = Bleu(effectiveOrder: true)) { self.bleu = bleu }

  /// The mean, from 0 to 100; NaN for fewer than two texts.
  public func score(of texts: TextColumn) -> Double {
    guard texts.count > 1 else { return .nan }
    var crowd = Crowd(order: bleu.order)
    var reader = BleuReader(bleu.tokenizer, lowercase: bleu.lowercase)
    var tokens: [UInt32] = []
    texts.forEach { text in
      reader.read(text, into: &tokens)
      crowd.add(tokens)
    }
    crowd.finish()
    let scores = (0..<texts.count).map { bleu.score(of: crowd.statistics(of: $0)).score }
    return scores.reduce(0, +) / Double(scores.count)
  }
}

/// The n-grams of all texts, with who has them most.
private struct Crowd {
  /// The greatest count of an n-gram in one text, whose it is, and the greatest in any other.
  private struct Peak {
    var most: Int32 = 0
    var owner: Int32 = -1
    var next: Int32 = 0

    mutating func add(_ count: Int32, of text: Int32) {
      if count > most {
        (most, owner, next) = (count, text, most)
      } else if count > next {
        next = count
      }
    }
  }

  private let order: Int
  private var set = NGramSet()
  private var peaks: [Peak] = [Peak()]
  /// The n-grams of each text by number, with order and count.
  private var grams: [[(number: UInt32, order: Int32, count: Int32)]] = []
  private var lengths: [Int] = []
  private var sortedLengths: [Int] = []

  init(order: Int) { self.order = order }

  mutating func add(_ tokens: [UInt32]) {
    let text = Int32(grams.count)
    var numbers: [(UInt32, Int32)] = []
    for start in tokens.indices {
      var prefix: UInt32 = 0
      for order in 0..<min(order, tokens.count - start) {
        prefix = set.insert(tokens[start + order], after: prefix)
        numbers.append((prefix, Int32(order)))
      }
    }
    while peaks.count <= set.count { peaks.append(Peak()) }
    numbers.sort { $0.0 < $1.0 }
    var mine: [(number: UInt32, order: Int32, count: Int32)] = []
    for (number, order) in numbers {
      if mine.last?.number == number {
        mine[mine.count - 1].count += 1
      } else {
        mine.append((number, order, 1))
      }
    }
    for gram in mine { peaks[Int(gram.number)].add(gram.count, of: text) }
    grams.append(mine)
    lengths.append(tokens.count)
  }

  mutating func finish() { sortedLengths = lengths.sorted() }

  /// BLEU's statistics of a text against all others.
  func statistics(of text: Int) -> [Double] {
    var row = [Double](repeating: 0, count: 2 + 2 * order)
    row[0] = Double(lengths[text])
    row[1] = Double(closestLength(to: text))
    for gram in grams[text] {
      let peak = peaks[Int(gram.number)]
      let others = peak.owner == Int32(text) ? peak.next : peak.most
      row[2 + Int(gram.order)] += Double(min(gram.count, others))
      row[2 + order + Int(gram.order)] += Double(gram.count)
    }
    return row
  }

  /// The length among the other texts that is nearest to a text's; of two the shorter.
  private func closestLength(to text: Int) -> Int {
    let length = lengths[text]
    var (low, high) = (0, sortedLengths.count)
    while low < high {
      let middle = (low + high) / 2
      if sortedLengths[middle] < length { low = middle + 1 } else { high = middle }
    }
    // Its own length stands here; another text may have it too.
    if low + 1 < sortedLengths.count, sortedLengths[low + 1] == length { return length }
    let below = low > 0 ? sortedLengths[low - 1] : nil
    let above = low + 1 < sortedLengths.count ? sortedLengths[low + 1] : nil
    guard let below else { return above ?? length }
    guard let above else { return below }
    return length - below <= above - length ? below : above
  }
}
