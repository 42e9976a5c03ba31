/// What is counted of a record: its length and its label.
package struct RecordMeasure: Sendable, Equatable {
  /// The characters (Unicode scalars) of all texts.
  package private(set) var characters = 0
  /// The class or score.
  package private(set) var label: Label?

  /// Measures a record.
  package init(_ record: Record) {
    label = record.label
    characters = record.texts().reduce(0) { $0 + $1.unicodeScalars.count }
  }

  /// Measures the JSON of a line that `Record.write` wrote without making its texts; nil where the record
  /// must be read for that.
  package init?(of json: UnsafeBufferPointer<UInt8>) {
    guard let places = TextPlaces(in: json) else { return nil }
    var isWhole = true
    var characters = 0
    places.forEach { text, _ in
      guard let length = Self.length(of: text, in: json) else { return isWhole = false }
      characters += length
    }
    guard isWhole else { return nil }
    self.characters = characters
    if let place = places.label {
      var reader = RecordLineReader(json, from: place.lowerBound)
      guard let value = reader.value() else { return nil }
      label = Label(scalar: value)
    }
  }

  /// The characters of a string that stands in quotes at a place; nil where it has escapes that `Record`
  /// does not write.
  private static func length(
    of text: Range<Int>, in json: UnsafeBufferPointer<UInt8>
  ) -> Int? {
    let bytes = UnsafeBufferPointer(rebasing: json[text].dropFirst().dropLast())
    var length = 0
    for byte in bytes { length += byte & 0xC0 == 0x80 ? 0 : 1 }
    var place = JSONRun.end(of: bytes, from: 0)
    while place + 1 < bytes.count {
      switch bytes[place + 1] {
      case UInt8(ascii: "u"):
        // Of a character below U+0100; others may be halves of pairs.
        guard place + 3 < bytes.count, bytes[place + 2] == 0x30, bytes[place + 3] == 0x30 else {
          return nil
        }
        length -= 5
      default: length -= 1
      }
      place = JSONRun.end(of: bytes, from: place + 2)
    }
    return length
  }
}
