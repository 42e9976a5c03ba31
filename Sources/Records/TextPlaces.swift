#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Where the texts of a record stand in the JSON of a line that `Record.write` wrote, in a form that has
/// one key for each of them: enough to measure, compare or change them without making the record.
package struct TextPlaces: Sendable {
  /// The record's id, a string in quotes.
  package let id: Range<Int>
  /// The form that the record is written in.
  let form: Schema
  /// The text, or the instruction: a string in quotes, as those below.
  package private(set) var first = 0..<0
  /// What an instruction is about, where that is apart.
  package private(set) var input: Range<Int>?
  /// The answer.
  package private(set) var output: Range<Int>?
  /// The label's value.
  private(set) var label: Range<Int>?

  /// Finds the texts; nil where the whole line must be parsed for that.
  package init?(in json: UnsafeBufferPointer<UInt8>) {
    guard let start = RecordLineReader.ownMember(of: UnsafeRawBufferPointer(json)) else {
      return nil
    }
    var own = RecordLineReader(json, from: start)
    var (id, form): (Range<Int>?, Schema?)
    let isKnown = own.readOwnForm { member, own in
      if member == .id {
        id = own.passString()
        return id != nil
      }
      form = own.schema()
      return form != nil
    }
    guard isKnown, let id, let form else { return nil }
    self.id = id
    self.form = form
    // The comma before Anneal's member ends the one before it.
    guard find(in: json, upTo: start - RecordLineReader.ownKey.utf8CodeUnitCount + 1) else {
      return nil
    }
  }

  private mutating func find(in json: UnsafeBufferPointer<UInt8>, upTo end: Int) -> Bool {
    var reader = RecordLineReader(json)
    guard let keys = form.textKeys, reader.take("{") else { return false }
    while reader.place < end {
      guard let key = reader.passString(), reader.take(":") else { return false }
      let name = UnsafeBufferPointer(rebasing: json[key.lowerBound + 1..<key.upperBound - 1])
      let place = reader.place
      guard reader.passValue() else { return false }
      let value = place..<reader.place
      if name.spells(keys.first) {
        first = value
      } else if let key = keys.input, name.spells(key) {
        input = value
      } else if let key = keys.output, name.spells(key) {
        output = value
      } else if name.spells(Schema.systemKey) || name.spells(Schema.historyKey) {
        return false
      } else if name.spells(form.labelKey) {
        label = value
      }
      guard reader.take(",") else { return false }
    }
    return reader.place == end && isReadable(json)
  }

  /// Whether there is a text and all are strings, in the order they are read in.
  private func isReadable(_ json: UnsafeBufferPointer<UInt8>) -> Bool {
    var last = 0
    for text in [first, input, output] {
      guard let text else { continue }
      guard text.lowerBound > last, json[text.lowerBound] == UInt8(ascii: "\"") else {
        return false
      }
      last = text.lowerBound
    }
    return true
  }

  /// The texts in the order they are read in, with their paths.
  package func forEach(_ visit: (Range<Int>, StaticString) throws -> Void) rethrows {
    try visit(first, form == .text ? "text" : "messages[0].content")
    if let input { try visit(input, "messages[0].input") }
    if let output { try visit(output, "messages[1].content") }
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// Whether the bytes are those of a key.
  fileprivate func spells(_ key: String) -> Bool {
    guard count == key.utf8.count else { return false }
    return key.utf8.withContiguousStorageIfAvailable { hasSameBytes(as: $0) }
      ?? elementsEqual(key.utf8)
  }
}

extension RecordLineReader {
  /// Passes over a value of a line that `Record.write` wrote; false where there is none.
  fileprivate mutating func passValue() -> Bool {
    guard place < bytes.count else { return false }
    switch bytes[place] {
    case UInt8(ascii: "\""): return passString() != nil
    case UInt8(ascii: "{"), UInt8(ascii: "["): return passNested()
    default:
      let start = place
      while place < bytes.count, bytes[place] != UInt8(ascii: ","),
        bytes[place] != UInt8(ascii: "}"), bytes[place] != UInt8(ascii: "]")
      { place += 1 }
      return place > start
    }
  }

  private mutating func passNested() -> Bool {
    var depth = 0
    while place < bytes.count {
      switch bytes[place] {
      case UInt8(ascii: "\""):
        guard passString() != nil else { return false }
        continue
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
      default: break
      }
      place += 1
      if depth == 0 { return true }
    }
    return false
  }
}
