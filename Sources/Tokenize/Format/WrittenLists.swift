import Records

/// The vocabulary and the merges of a tokenizer.json, read past the general parser.
///
/// They are nearly all of such a file: Llama-3's has 689,000 strings in them. As values of their own, these
/// took ten times as long to read as they do here.
package struct WrittenLists: Sendable {
  /// The tokens and their ids in the order of the file.
  private(set) var vocabulary: (tokens: StringList, ids: [Int32])?
  /// Both sides of each merge, one behind the other, in as many lists as they were read in.
  private(set) var merges: [StringList]?
  /// The places in the file where the lists stand.
  private var ranges: [Range<Int>] = []
  /// The keys read; a second one of the same name counts, or does not, in the general way.
  private var seen: Set<String> = []

  /// The number of tokens and of merges read; nil for a list that is not there, or is no list of the usual form.
  package var counts: (tokens: Int?, merges: Int?) {
    (vocabulary?.ids.count, merges.map { $0.reduce(0) { $0 + $1.count / 2 } })
  }

  /// Where the lists are found.
  static let vocabularyPlace = "model.vocab"
  static let mergesPlace = "model.merges"

  /// Reads the lists of a file; nil where it has none of the usual form.
  package init?(_ bytes: [UInt8]) {
    let found = bytes.withUnsafeBufferPointer { bytes in
      var scanner = ListScanner(bytes)
      return scanner.members { key, scanner in
        key == "model" ? seen.insert(key).inserted && readModel(&scanner) : scanner.skipValue()
      } && scanner.next() == 0 && scanner.atEnd
    }
    guard found, !ranges.isEmpty else { return nil }
  }

  /// The file with empty lists in place of those read.
  func rest(of bytes: [UInt8]) -> [UInt8] {
    var rest: [UInt8] = []
    var place = 0
    for range in ranges {
      rest +=
        bytes[place..<range.lowerBound] + [bytes[range.lowerBound], bytes[range.upperBound - 1]]
      place = range.upperBound
    }
    return rest + bytes[place...]
  }

  private mutating func readModel(_ scanner: inout ListScanner) -> Bool {
    scanner.members { key, scanner in
      guard seen.insert(key).inserted else { return false }
      let first = scanner.next()
      let start = scanner.place
      switch (key, first) {
      case ("vocab", UInt8(ascii: "{")): guard readVocabulary(&scanner) else { return false }
      case ("merges", UInt8(ascii: "[")): guard readMerges(&scanner) else { return false }
      default: return scanner.skipValue()
      }
      ranges.append(start..<scanner.place)
      return true
    }
  }

  private mutating func readVocabulary(_ scanner: inout ListScanner) -> Bool {
    guard scanner.take("{") else { return false }
    if scanner.take("}") {
      vocabulary = StringListBuilder().list().map { ($0, []) }
      return true
    }
    let parts = scanner.parts(opening: "\"") { scanner, end in VocabularyPart(&scanner, to: end) }
    guard let parts, scanner.take("}"), let tokens = StringList(joining: parts.map(\.tokens)) else {
      return false
    }
    vocabulary = (tokens, parts.count == 1 ? parts[0].ids : parts.flatMap(\.ids))
    return true
  }

  private mutating func readMerges(_ scanner: inout ListScanner) -> Bool {
    guard scanner.take("[") else { return false }
    if scanner.take("]") {
      merges = []
      return true
    }
    let arePairs = scanner.next() == UInt8(ascii: "[")
    let parts = scanner.parts(opening: arePairs ? "[\"" : "\"") { scanner, end in
      MergesPart(&scanner, to: end, arePairs: arePairs)
    }
    guard let parts, scanner.take("]") else { return false }
    merges = parts.map(\.sides)
    return true
  }
}

/// Tokens and their ids in a row.
private struct VocabularyPart: ListPart {
  let tokens: StringList
  let ids: [Int32]
  let isLast: Bool

  init?(_ scanner: inout ListScanner, to end: Int) {
    var tokens = StringListBuilder()
    var ids = RawBuffer<Int32>(capacity: 1 << 12)
    var isLast = false
    while scanner.place < end, !isLast {
      guard scanner.stringRest(to: &tokens), scanner.take(":"), let id = scanner.id() else {
        return nil
      }
      tokens.endString()
      ids.append(id)
      isLast = !scanner.take(",")
      guard isLast || scanner.take("\"") else { return nil }
    }
    guard let list = tokens.list() else { return nil }
    self.tokens = list
    self.ids = ids.array()
    self.isLast = isLast
  }
}

/// The sides of merges in a row.
private struct MergesPart: ListPart {
  let sides: StringList
  let isLast: Bool

  init?(_ scanner: inout ListScanner, to end: Int, arePairs: Bool) {
    var sides = StringListBuilder()
    guard
      let isLast = arePairs
        ? scanner.pairs(to: &sides, upTo: end) : scanner.joined(to: &sides, upTo: end),
      let list = sides.list()
    else { return nil }
    self.sides = list
    self.isLast = isLast
  }
}

extension ListScanner {
  /// Reads an object, each value by `read`.
  fileprivate mutating func members(_ read: (String, inout ListScanner) -> Bool) -> Bool {
    guard take("{") else { return false }
    if take("}") { return true }
    repeat {
      guard let key = key(), read(key, &self) else { return false }
    } while take(",")
    return take("}")
  }

  /// Reads `a b", "c d", …` up to a place, and says whether the list has come to its end; nil at a fault.
  fileprivate mutating func joined(to sides: inout StringListBuilder, upTo end: Int) -> Bool? {
    while place < end {
      guard stringRest(to: &sides), sides.splitAtSpace() else { return nil }
      if !take(",") { return true }
      guard take("\"") else { return nil }
    }
    return false
  }

  /// Reads `a", "b"], ["c", "d"], …` up to a place, and says whether the list has come to its end; nil at a fault.
  ///
  /// What stands between the strings is mostly white space, and the same each time.
  fileprivate mutating func pairs(to sides: inout StringListBuilder, upTo end: Int) -> Bool? {
    var inside = 0..<0
    var between = 0..<0
    while place < end {
      guard stringRest(to: &sides) else { return nil }
      sides.endString()
      let middle = place
      if !takeAgain(inside) {
        guard take(","), take("\"") else { return nil }
        inside = middle..<place
      }
      guard stringRest(to: &sides) else { return nil }
      sides.endString()
      let last = place
      if takeAgain(between) { continue }
      guard take("]") else { return nil }
      if !take(",") { return true }
      guard take("["), take("\"") else { return nil }
      between = last..<place
    }
    return false
  }
}
