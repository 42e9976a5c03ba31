/// Where the parts of what Anneal adds to a record stand in the JSON of a line that `Record.write` wrote:
/// enough to write its line of the ledger without reading the record.
package struct ProvenancePlaces: Sendable {
  /// The id, a string in quotes as those below.
  package let id: Range<Int>
  /// The place the record was read at, an object.
  package let source: Range<Int>
  /// The record it was derived from, where it was.
  package let parent: Range<Int>?
  /// The stage that derived it, where one did.
  package let augmentedBy: Range<Int>?
  /// The side it is on, once that is decided.
  package let side: Side?

  /// Finds the parts; nil where the whole line must be parsed for that.
  package init?(in json: UnsafeBufferPointer<UInt8>) {
    guard let start = RecordLineReader.ownMember(of: UnsafeRawBufferPointer(json)) else {
      return nil
    }
    var reader = RecordLineReader(json, from: start)
    var (id, source, parent, augmentedBy): (Range<Int>?, Range<Int>?, Range<Int>?, Range<Int>?)
    var side: Side?
    let isKnown = reader.readOwn { member, reader in
      if member == .side {
        side = reader.side()
        return side != nil
      }
      let place = member == .source ? reader.passSource() : reader.passString()
      switch member {
      case .id: id = place
      case .source: source = place
      case .parent: parent = place
      case .augmentedBy: augmentedBy = place
      case .schema, .form, .side: break
      }
      return place != nil
    }
    guard isKnown, reader.take("}") || reader.take(",\"metadata\":"), let id, let source else {
      return nil
    }
    (self.id, self.source, self.parent) = (id, source, parent)
    (self.augmentedBy, self.side) = (augmentedBy, side)
  }
}

extension RecordLineReader {
  /// Passes over a place in a file; nil where there is none.
  fileprivate mutating func passSource() -> Range<Int>? {
    let start = place
    guard take("{\"file\":"), passString() != nil, take(",\"line\":"), integer() != nil else {
      return nil
    }
    if take(",\"part\":"), integer() == nil { return nil }
    return take("}") ? start..<place : nil
  }

  /// Passes over a string with its quotes; nil where there is none.
  mutating func passString() -> Range<Int>? {
    guard place < bytes.count, bytes[place] == UInt8(ascii: "\"") else { return nil }
    let start = place
    place = JSONRun.end(of: bytes, from: start + 1)
    while place + 1 < bytes.count, bytes[place] == UInt8(ascii: "\\") {
      place = JSONRun.end(of: bytes, from: place + 2)
    }
    return take("\"") ? start..<place : nil
  }
}
