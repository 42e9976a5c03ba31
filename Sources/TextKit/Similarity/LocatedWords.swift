import Records

/// The words of a text as hashes with the places they stand at.
///
/// Words are those of `Shingles`: without case, compatibility forms and punctuation.
package struct LocatedWords: Sendable {
  /// One hash a word, in order.
  package private(set) var hashes: [UInt64] = []
  /// Where each stands, in UTF-8 bytes from the start of the text.
  package private(set) var ranges: [Range<Int>] = []

  /// Reads a text.
  package init(_ text: String) {
    var start: Int?
    var isASCII = true
    var place = 0
    for scalar in text.unicodeScalars {
      let kind = scalar == "_" ? .letter : WordClass(scalar)
      let end = place + UTF8.width(scalar)
      if kind != .letter, let first = start {
        add(text, first..<place, isASCII)
        start = nil
      }
      if kind == .ideograph { add(text, place..<end, false) }
      if kind == .letter {
        isASCII = scalar.isASCII && (isASCII || start == nil)
        start = start ?? place
      }
      place = end
    }
    if let start { add(text, start..<place, isASCII) }
  }

  private mutating func add(_ text: String, _ range: Range<Int>, _ isASCII: Bool) {
    var reader = WordReader()
    let word = String(text[text.utf8Range(range)])
    if isASCII { reader.append(ofForm: word) } else { reader.append(word) }
    // What looks like one word may be several in its comparable form, such as ½.
    guard var hash = reader.hashes.first else { return }
    for other in reader.hashes.dropFirst() { hash = CounterRandom.mix(hash &* 31 &+ other) }
    hashes.append(hash)
    ranges.append(range)
  }
}

/// Hashes of runs of words of any width, each in constant time.
package struct WordRuns: Sendable {
  private static let base: UInt64 = 0x9E37_79B9_7F4A_7C15
  /// The hash of the words before each place.
  private var sums: [UInt64] = [0]
  private var powers: [UInt64] = [1]

  /// Runs of words given by their hashes.
  package init(_ words: [UInt64]) {
    for word in words {
      sums.append((sums.last ?? 0) &* Self.base &+ CounterRandom.mix(word &+ 1))
      powers.append((powers.last ?? 1) &* Self.base)
    }
  }

  /// How many words there are.
  package var count: Int { sums.count - 1 }

  /// The hash of the words in a range; runs of different width never share one but by chance.
  package func hash(_ range: Range<Int>) -> UInt64 {
    let sum = sums[range.upperBound] &- sums[range.lowerBound] &* powers[range.count]
    return CounterRandom.mix(sum ^ UInt64(range.count) << 56)
  }
}
