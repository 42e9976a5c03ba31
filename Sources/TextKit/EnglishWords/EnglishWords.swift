/// The words of a text by spaCy's rules for English, as datatrove's filters count them.
///
/// White space divides a text; then prefixes, suffixes and infixes come off, but for exceptions such
/// as contractions and emoticons, and addresses. White space itself is no word.
package struct EnglishWords: Sendable {
  /// A word: where it stands, in characters.
  package struct Word: Sendable {
    package let start: Int32
    package let end: Int32
    /// Whether more than one plain blank stands before it, or white space of another kind.
    package let followsGap: Bool

    @inlinable package var range: Range<Int> { Int(start)..<Int(end) }
  }

  /// The text.
  package let text: ScalarText
  /// Its words in order.
  package let words: [Word]

  /// Finds the words of a text.
  package init(_ text: String) { self.init(ScalarText(text)) }

  /// Finds the words of a text.
  package init(_ text: ScalarText) {
    self.text = text
    var finder = EnglishWordFinder(text)
    finder.run()
    words = finder.words
  }
}

/// Walks a text from one white space to the next.
private struct EnglishWordFinder {
  private let text: ScalarText
  private let rules = EnglishWordRules.standard
  private let affixes: EnglishAffixes
  private(set) var words: [EnglishWords.Word] = []
  private var buffer = EnglishWordBuffer()

  init(_ text: ScalarText) {
    self.text = text
    affixes = EnglishAffixes(scalars: text.scalars, traits: text.traits)
    words.reserveCapacity(text.count / 4)
  }

  mutating func run() {
    var place = 0
    while place < text.count {
      let blanks = place
      while place < text.count, text.traits[place].contains(.space) { place += 1 }
      let isGap = place > blanks && (place > blanks + 1 || text.scalars[blanks] != 0x20)
      let start = place
      var isPlain = true
      var hash = EnglishExceptions.seed
      while place < text.count, !text.traits[place].contains(.space) {
        isPlain = isPlain && text.traits[place].contains(.plain)
        hash = EnglishExceptions.mix(hash, text.scalars[place])
        place += 1
      }
      guard place > start else { return }
      add(start..<place, hash, isPlain, isGap || blanks == 0 && start > 0)
    }
  }

  /// Adds the words of a part without white space; one of plain letters is most often one word.
  private mutating func add(_ range: Range<Int>, _ hash: UInt64, _ isPlain: Bool, _ isGap: Bool) {
    if let index = rules.exceptions.entry(text.scalars, range, hash: hash) {
      buffer.set(range, starts: rules.exceptions.entries[index].starts)
    } else if isPlain {
      words.append(word(range.lowerBound, range.upperBound, isGap))
      return
    } else {
      rules.divide(range, affixes, &buffer)
      rules.restoreExceptions(range, text.scalars, &buffer)
    }
    var start = range.lowerBound
    for end in buffer.ends {
      words.append(word(start, end, isGap && start == range.lowerBound))
      start = end
    }
  }

  private func word(_ start: Int, _ end: Int, _ isGap: Bool) -> EnglishWords.Word {
    EnglishWords.Word(start: Int32(start), end: Int32(end), followsGap: isGap)
  }
}

/// The words found in one part of a text, each as the place where it ends.
struct EnglishWordBuffer {
  var ends: [Int] = []
  /// Where the suffixes begin, the last one first.
  var suffixes: [Int] = []

  mutating func clear() {
    ends.removeAll(keepingCapacity: true)
    suffixes.removeAll(keepingCapacity: true)
  }

  /// One part whose words begin where bits are set.
  mutating func set(_ range: Range<Int>, starts: UInt64) {
    clear()
    append(range, starts: starts)
  }

  /// Appends a part whose words begin where bits are set.
  mutating func append(_ range: Range<Int>, starts: UInt64) {
    for place in range.dropFirst() where starts >> UInt64(place - range.lowerBound) & 1 == 1 {
      ends.append(place)
    }
    ends.append(range.upperBound)
  }
}
