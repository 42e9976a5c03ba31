/// Where the parts of what Anneal adds to a record stand in the JSON of a line that `Record.write` wrote:
/// enough to write its line of the ledger without reading the record.
package struct ProvenancePlaces: Sendable {
  /// The id, a string in quotes as those below.
  package let id: Range<Int>
  /// The place the record was read at, an object.
  package let source: Range<Int>
  /// The record it was derived from, where it was.
  package private(set) var parent: Range<Int>?
  /// The stage that derived it, where one did.
  package private(set) var augmentedBy: Range<Int>?
  /// The side it is on, once that is decided.
  package private(set) var side: Side?

  /// Finds the parts; nil where the whole line must be parsed for that.
  package init?(in json: UnsafeBufferPointer<UInt8>) {
    guard let start = RecordLineReader.ownMember(of: UnsafeRawBufferPointer(json)) else {
      return nil
    }
    var reader = RecordLineReader(json, from: start)
    guard reader.take("{\"id\":"), let id = reader.passString(), reader.take(",\"schema\":"),
      reader.passString() != nil
    else { return nil }
    if reader.take(",\"form\":"), reader.passString() == nil { return nil }
    guard reader.take(",\"source\":"), let source = reader.passSource() else { return nil }
    self.id = id
    self.source = source
    if reader.take(",\"parent\":") {
      parent = reader.passString()
      if parent == nil { return nil }
    }
    if reader.take(",\"augmented_by\":") {
      augmentedBy = reader.passString()
      if augmentedBy == nil { return nil }
    }
    if reader.take(",\"side\":") {
      side = reader.string().flatMap { Side(rawValue: $0) }
      if side == nil { return nil }
    }
    guard reader.take("}") || reader.take(",\"metadata\":") else { return nil }
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
