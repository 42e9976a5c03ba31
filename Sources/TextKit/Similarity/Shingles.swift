import Records

/// The set of runs of `width` words of a text, as 64-bit hashes: what near duplicates share.
///
/// A word is a run of letters, marks, digits and underscores; a character of Chinese, Japanese, Thai
/// and other scripts that write no blanks is a word by itself. A text with fewer words than `width`
/// has one shingle of all its words; one without words has none.
public struct Shingles: Sendable, Hashable {
  /// What a shingle is a run of.
  public enum Unit: String, Sendable, Hashable, CaseIterable {
    /// Words.
    case words
    /// Letters and digits, without the blanks between words.
    case characters
  }

  /// The hashes in rising order, each once.
  public let hashes: [UInt64]

  /// The shingles of a text, compared in its `ComparableText` form.
  public init(_ text: String, width: Int = 3) {
    self.init([text], width: width)
  }

  /// The shingles of texts read one behind the other.
  ///
  /// Texts without any words have one shingle, of all their characters, where `keepsWordless` says so.
  public init(
    _ texts: [String], width: Int = 3, of unit: Unit = .words, keepsWordless: Bool = false
  ) {
    var reader = WordReader(byCharacter: unit == .characters)
    for text in texts { reader.append(text) }
    if reader.hashes.isEmpty, keepsWordless {
      let forms = texts.map { ComparableText.form($0) }
      self.init(unsorted: [StableHash.hash(forms.joined(separator: "\u{1}"), seed: 1)])
    } else {
      self.init(words: reader.hashes, width: width)
    }
  }

  /// The shingles of a text that already is in its `ComparableText` form.
  public init(ofForm form: String, width: Int = 3) {
    var reader = WordReader()
    reader.append(ofForm: form)
    self.init(words: reader.hashes, width: width)
  }

  /// The runs of words that are known by their hashes.
  private init(words: [UInt64], width: Int) {
    precondition(width > 0, "shingles are at least one word wide, not \(width)")
    let width = min(width, words.count)
    let count = words.isEmpty ? 0 : words.count - width + 1
    let all = [UInt64](unsafeUninitializedCapacity: count) { all, filled in
      words.withUnsafeBufferPointer { words in
        for start in 0..<count {
          var hash = UInt64(width)
          for word in start..<start + width { hash = CounterRandom.mix(hash &* 31 &+ words[word]) }
          all[start] = hash
        }
      }
      filled = HashOrder.sort(all, count: count)
    }
    hashes = all
  }

  /// A set of hashes given in any order, perhaps more than once.
  package init(unsorted: [UInt64]) {
    var all = unsorted
    let count = all.withUnsafeMutableBufferPointer { HashOrder.sort($0, count: $0.count) }
    all.removeLast(all.count - count)
    hashes = all
  }

  /// Whether the text has no words.
  public var isEmpty: Bool { hashes.isEmpty }

  /// What two sets share, of all they have: |A ∩ B| / |A ∪ B|; 0 where both are empty.
  public func jaccard(_ other: Shingles) -> Double {
    Self.jaccard(hashes.span, other.hashes.span)
  }

  /// The same of two sets of hashes in rising order.
  package static func jaccard(_ left: Span<UInt64>, _ right: Span<UInt64>) -> Double {
    var (i, j, shared) = (0, 0, 0)
    // No branch depends on the hashes, which are as good as random.
    while i < left.count, j < right.count {
      let (a, b) = (left[i], right[j])
      shared += a == b ? 1 : 0
      i += a <= b ? 1 : 0
      j += b <= a ? 1 : 0
    }
    let union = left.count + right.count - shared
    return union == 0 ? 0 : Double(shared) / Double(union)
  }
}
