/// How many different n-grams texts have, as a share of all they have: distinct-n (Li et al., 2016).
///
///     DistinctNGrams().share(of: TextColumn(["a b a b"]), order: 2)  // 2 of 3 pairs of words
///
/// All texts are counted together, so longer corpora score lower; compare equal sizes. Exact; one
/// table entry a different n-gram.
public struct DistinctNGrams: Sendable, Hashable {
  /// How texts are cut into words.
  public var tokenizer: BleuTokenizer
  /// Whether capitals count as small letters.
  public var lowercase: Bool

  /// Sets the metric up.
  public init(tokenizer: BleuTokenizer = .mteval13a, lowercase: Bool = false) {
    self.tokenizer = tokenizer
    self.lowercase = lowercase
  }

  /// Different n-grams of an order over all n-grams of it, from 0 to 1; NaN where there are none.
  public func share(of texts: TextColumn, order: Int) -> Double {
    shares(of: texts, orders: order)[order - 1]
  }

  /// The shares of orders 1 to `orders`.
  public func shares(of texts: TextColumn, orders: Int) -> [Double] {
    precondition(orders > 0, "n-grams of order \(orders)")
    var reader = BleuReader(tokenizer, lowercase: lowercase)
    var set = NGramSet()
    var tokens: [UInt32] = []
    var (different, all) = (
      [Int](repeating: 0, count: orders), [Int](repeating: 0, count: orders)
    )
    texts.forEach { text in
      reader.read(text, into: &tokens)
      for start in tokens.indices {
        var prefix: UInt32 = 0
        for order in 0..<min(orders, tokens.count - start) {
          let count = set.count
          prefix = set.insert(tokens[start + order], after: prefix)
          if set.count > count { different[order] += 1 }
          all[order] += 1
        }
      }
    }
    return zip(different, all).map { Double($0) / Double($1) }
  }
}

/// A set of n-grams that grows: an n-gram is the number of what comes before its last token, and that
/// token.
struct NGramSet {
  private var keys = [UInt64](repeating: .max, count: 1 << 12)
  private var numbers = [UInt32](repeating: 0, count: 1 << 12)
  /// How many n-grams there are; the number of the last one.
  private(set) var count = 0

  /// The number of an n-gram from 1, given that of all but its last token; 0 is no token.
  mutating func insert(_ token: UInt32, after prefix: UInt32) -> UInt32 {
    if count * 2 >= keys.count { grow() }
    let key = UInt64(prefix) << 32 | UInt64(token)
    let slot = slot(of: key)
    if keys[slot] == .max {
      count += 1
      keys[slot] = key
      numbers[slot] = UInt32(count)
    }
    return numbers[slot]
  }

  private func slot(of key: UInt64) -> Int {
    let mask = keys.count - 1
    let hash = (key ^ key >> 29) &* 0x9E37_79B9_7F4A_7C15
    var slot = Int(truncatingIfNeeded: hash >> 20) & mask
    while keys[slot] != key, keys[slot] != .max { slot = (slot + 1) & mask }
    return slot
  }

  private mutating func grow() {
    let (oldKeys, oldNumbers) = (keys, numbers)
    keys = [UInt64](repeating: .max, count: oldKeys.count * 2)
    numbers = [UInt32](repeating: 0, count: oldKeys.count * 2)
    for (key, number) in zip(oldKeys, oldNumbers) where key != .max {
      let slot = slot(of: key)
      (keys[slot], numbers[slot]) = (key, number)
    }
  }
}
