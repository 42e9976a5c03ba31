import Records

/// The set of runs of `width` words of a text, as 64-bit hashes: what near duplicates share.
///
/// A word is a run of letters, marks and digits; a Chinese or Japanese character is a word by itself.
/// A text with fewer words than `width` has one shingle of all its words; one without words has none.
public struct Shingles: Sendable, Hashable {
  /// The hashes in rising order, each once.
  public let hashes: [UInt64]

  /// The shingles of a text, compared in its `ComparableText` form.
  public init(_ text: String, width: Int = 3) {
    self.init(ofForm: ComparableText.form(text), width: width)
  }

  /// The shingles of a text that already is in its `ComparableText` form.
  public init(ofForm form: String, width: Int = 3) {
    precondition(width > 0, "shingles are at least one word wide, not \(width)")
    let words = Self.wordHashes(form)
    guard !words.isEmpty else {
      hashes = []
      return
    }
    let width = min(width, words.count)
    var all = (0...words.count - width).map { start in
      words[start..<start + width].reduce(UInt64(width)) { CounterRandom.mix($0 &* 31 &+ $1) }
    }
    all.sort()
    var distinct: [UInt64] = []
    distinct.reserveCapacity(all.count)
    for hash in all where hash != distinct.last { distinct.append(hash) }
    hashes = distinct
  }

  /// Whether the text has no words.
  public var isEmpty: Bool { hashes.isEmpty }

  /// What two sets share, of all they have: |A ∩ B| / |A ∪ B|; 0 where both are empty.
  public func jaccard(_ other: Shingles) -> Double {
    var left = 0
    var right = 0
    var shared = 0
    while left < hashes.count, right < other.hashes.count {
      let (a, b) = (hashes[left], other.hashes[right])
      if a == b { shared += 1 }
      if a <= b { left += 1 }
      if b <= a { right += 1 }
    }
    let union = hashes.count + other.hashes.count - shared
    return union == 0 ? 0 : Double(shared) / Double(union)
  }

  /// One hash a word, in order.
  private static func wordHashes(_ form: String) -> [UInt64] {
    var words: [UInt64] = []
    var word: [UInt8] = []
    func finish() {
      guard !word.isEmpty else { return }
      words.append(StableHash.hash(word))
      word.removeAll(keepingCapacity: true)
    }
    for scalar in form.unicodeScalars {
      switch WordClass(scalar) {
      case .letter: word.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
      case .ideograph:
        finish()
        word.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
        finish()
      case .other: finish()
      }
    }
    finish()
    return words
  }
}
