import Records

/// The vocabulary and the merges of a tokenizer.json, read past the general parser.
///
/// They are nearly all of such a file: Llama-3's has 689,000 strings in them. As values of their own, these
/// took ten times as long to read as they do here.
package struct WrittenLists: Sendable {
  /// The tokens and their ids in the order of the file.
  private(set) var vocabulary: (tokens: StringList, ids: [Int32])?
  /// Both sides of each merge, one behind the other.
  private(set) var merges: StringList?
  /// The places in the file where the lists stand.
  private var ranges: [Range<Int>] = []
  /// The keys read; a second one of the same name counts, or does not, in the general way.
  private var seen: Set<String> = []

  /// The number of tokens and of merges read; nil for a list that is not there, or is no list of the usual form.
  package var counts: (tokens: Int?, merges: Int?) {
    (vocabulary?.ids.count, merges.map { $0.count / 2 })
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
    var tokens = StringListBuilder()
    var ids = RawBuffer<Int32>(capacity: 1 << 12)
    guard scanner.take("{") else { return false }
    if !scanner.take("}") {
      repeat {
        guard scanner.string(to: &tokens), scanner.take(":"), let id = scanner.id() else {
          return false
        }
        tokens.endString()
        ids.append(id)
      } while scanner.take(",")
      guard scanner.take("}") else { return false }
    }
    vocabulary = tokens.list().map { ($0, ids.array()) }
    return vocabulary != nil
  }

  private mutating func readMerges(_ scanner: inout ListScanner) -> Bool {
    var sides = StringListBuilder()
    guard scanner.take("[") else { return false }
    if !scanner.take("]") {
      guard
        scanner.next() == UInt8(ascii: "[")
          ? scanner.pairs(to: &sides) : scanner.joined(to: &sides),
        scanner.take("]")
      else { return false }
    }
    merges = sides.list()
    return merges != nil
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

  /// Reads `"a b", "c d", …` up to the end of the list.
  fileprivate mutating func joined(to sides: inout StringListBuilder) -> Bool {
    repeat {
      guard string(to: &sides), sides.splitAtSpace() else { return false }
    } while take(",")
    return true
  }

  /// Reads `["a", "b"], ["c", "d"], …` up to the end of the list.
  ///
  /// What stands between the strings is mostly white space, and the same each time.
  fileprivate mutating func pairs(to sides: inout StringListBuilder) -> Bool {
    guard take("["), take("\"") else { return false }
    var inside = 0..<0
    var between = 0..<0
    while true {
      guard stringRest(to: &sides) else { return false }
      sides.endString()
      let middle = place
      if !takeAgain(inside) {
        guard take(","), take("\"") else { return false }
        inside = middle..<place
      }
      guard stringRest(to: &sides) else { return false }
      sides.endString()
      let end = place
      if takeAgain(between) { continue }
      guard take("]") else { return false }
      if !take(",") { return true }
      guard take("["), take("\"") else { return false }
      between = end..<place
    }
  }
}
