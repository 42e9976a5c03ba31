/// Words that the rules for affixes would divide wrongly: contractions, abbreviations, emoticons.
struct EnglishExceptions: Sendable {
  /// An exception.
  struct Entry: Sendable {
    /// Where it stands in `scalars`.
    let range: Range<Int>
    /// A bit for each character at which a word begins.
    let starts: UInt64
    /// The same by the rules for affixes alone; 0 where they leave the word whole, so that its
    /// parts are never found side by side.
    var plainStarts: UInt64 = 0
  }

  static let standard = EnglishExceptions(EnglishWordTables.exceptions.description)

  private(set) var entries: [Entry] = []
  private var scalars: [UInt32] = []
  /// Entries by their hash: a power of two of places, −1 where there is none.
  private var places: [Int32]
  /// The most characters an exception has.
  private(set) var longest = 0

  private init(_ table: String) {
    places = Array(repeating: -1, count: 8192)
    for line in table.split(separator: "\n") {
      let words = line.split(separator: " ").map { $0.unicodeScalars.map(\.value) }
      insert(words)
      let apostrophe: UInt32 = 0x27
      if words.contains(where: { $0.contains(apostrophe) }) {
        insert(words.map { $0.map { $0 == apostrophe ? 0x2019 : $0 } })
      }
    }
    let rules = EnglishWordRules(exceptions: self)
    for index in entries.indices {
      entries[index].plainStarts = rules.affixStarts(Array(scalars[entries[index].range]))
    }
  }

  private mutating func insert(_ words: [[UInt32]]) {
    let start = scalars.count
    var starts: UInt64 = 0
    for word in words {
      starts |= 1 << UInt64(scalars.count - start)
      scalars += word
    }
    longest = max(longest, scalars.count - start)
    var hash = Self.seed
    for value in scalars[start...] { hash = Self.mix(hash, value) }
    var place = Int(truncatingIfNeeded: hash >> 40) & (places.count - 1)
    while places[place] >= 0 { place = (place + 1) & (places.count - 1) }
    places[place] = Int32(entries.count)
    entries.append(Entry(range: start..<scalars.count, starts: starts))
  }

  static let seed: UInt64 = 0x9E37_79B1_85EB_CA87

  /// The hash of a text and one more character.
  @inline(__always) static func mix(_ hash: UInt64, _ value: UInt32) -> UInt64 {
    (hash ^ UInt64(value)) &* 0xC2B2_AE3D_27D4_EB4F
  }

  /// The exception that a part of a text is.
  func entry(_ text: [UInt32], _ range: Range<Int>) -> Int? {
    guard range.count <= longest else { return nil }
    var hash = Self.seed
    for index in range { hash = Self.mix(hash, text[index]) }
    return entry(text, range, hash: hash)
  }

  /// The exception that a part of a text of a known hash is.
  func entry(_ text: [UInt32], _ range: Range<Int>, hash: UInt64) -> Int? {
    var place = Int(truncatingIfNeeded: hash >> 40) & (places.count - 1)
    while places[place] >= 0 {
      let index = Int(places[place])
      let own = entries[index].range
      if own.count == range.count,
        scalars[own].elementsEqual(text[range])
      {
        return index
      }
      place = (place + 1) & (places.count - 1)
    }
    return nil
  }
}
