/// What is replaced in the same way wherever it stands in a record.
enum EntityKey: Sendable, Hashable {
  /// A name, by its place in the lists.
  case name(EntityNames.Place)
  /// A number in digits without separators, with a point before its fraction: `1500`, `3.5`.
  case number(String)
}

/// A name or a number in a text.
struct EntityMention: Sendable {
  /// The article before it, which goes by the first sound.
  enum Article: Sendable { case a, an }

  /// Where it stands, in UTF-8 bytes.
  let range: Range<Int>
  let kind: EntityKind
  let key: EntityKey
  var article: Article?
  /// The values that a number may take here, beside what its digits say: days of months, hours, percent.
  var limit: ClosedRange<Int>?
}

/// A text, its words, and what must stay in it, as names and numbers are looked for.
struct EntityText: Sendable {
  let bytes: [UInt8]
  let tokens: [TextToken]
  /// Whether it has no capital at all, as people type.
  let isLowerCase: Bool
  private let isLocked: [Bool]

  init(_ text: String, locked: [Range<Int>]) {
    bytes = Array(text.utf8)
    tokens = TextScanner.scan(bytes)
    isLowerCase = !bytes.contains { (0x41...0x5A).contains($0) }
    var isLocked = [Bool](repeating: false, count: bytes.count)
    for place in locked.joined() { isLocked[place] = true }
    for chunk in TextScanner.opaqueChunks(bytes) where !Self.isAmount(bytes[chunk]) {
      for place in chunk { isLocked[place] = true }
    }
    self.isLocked = isLocked
  }

  /// `3.5`, `$5` and `($1,200.50).`, which marks make look like code.
  private static func isAmount(_ chunk: ArraySlice<UInt8>) -> Bool {
    let number = chunk.drop { $0 == UInt8(ascii: "(") || $0 == UInt8(ascii: "$") }
    return number.first.map(Bytes.isDigit) == true
      && number.allSatisfy { Bytes.isDigit($0) || ",.;:?!)%'\"".utf8.contains($0) }
  }

  /// The names and numbers of the text, in order.
  func mentions(_ language: String) -> [EntityMention] {
    var names = language == "en" ? NameFinder(self).find() : []
    // Not every month has these days: `January 31` is none of June.
    if !Set(LooseWords.runs(bytes)).isDisjoint(with: ["29", "30", "31"]) {
      names.removeAll { $0.kind == .month }
    }
    return (names + NumberFinder(self, language: language).find())
      .sorted { $0.range.lowerBound < $1.range.lowerBound }
  }

  /// Whether nothing of a stretch must stay.
  func isFree(_ range: Range<Int>) -> Bool { !range.contains { isLocked[$0] } }

  /// Whether one blank and nothing else stands between two tokens.
  func areBeside(_ first: Int, _ second: Int) -> Bool {
    guard tokens.indices.contains(first), tokens.indices.contains(second) else { return false }
    let gap = tokens[first].range.upperBound..<tokens[second].range.lowerBound
    return gap.count == 1 && bytes[gap.lowerBound] == 0x20
  }

  /// The word beside a token, in lower case; empty where none is.
  func word(_ place: Int, beside other: Int) -> String {
    areBeside(min(place, other), max(place, other)) && tokens[place].kind == .word
      ? tokens[place].lower : ""
  }

  /// The article before a token.
  func article(before place: Int) -> EntityMention.Article? {
    switch word(place - 1, beside: place) {
    case "a": .a
    case "an": .an
    default: nil
    }
  }
}
