import TextKit

/// An open or closing tag of HTML within a paragraph, by the strict rules of the specification.
struct InlineTag {
  private let text: ArraySlice<UInt8>
  private var place: Int
  private(set) var end: Int?

  init(_ text: ArraySlice<UInt8>) {
    self.text = text
    place = text.startIndex + 1
    let isClosing = next == UInt8(ascii: "/")
    if isClosing { place += 1 }
    guard next?.isASCIILetter == true else { return }
    skip { $0.isASCIIAlphanumeric || $0 == UInt8(ascii: "-") }
    if !isClosing {
      while attribute() {}
    }
    skip { $0.isHTMLBlank }
    if !isClosing, next == UInt8(ascii: "/") { place += 1 }
    if next == UInt8(ascii: ">") { end = place + 1 }
  }

  private var next: UInt8? { place < text.endIndex ? text[place] : nil }

  private mutating func skip(_ wanted: (UInt8) -> Bool) {
    while let byte = next, wanted(byte) { place += 1 }
  }

  private mutating func attribute() -> Bool {
    let start = place
    skip { $0.isHTMLBlank }
    guard place > start, let first = next, first.isASCIILetter || first == 0x5F || first == 0x3A
    else {
      place = start
      return false
    }
    skip { $0.isASCIIAlphanumeric || "_.:-".utf8.contains($0) }
    let nameEnd = place
    skip { $0.isHTMLBlank }
    guard next == UInt8(ascii: "=") else {
      place = nameEnd
      return true
    }
    place += 1
    skip { $0.isHTMLBlank }
    return value()
  }

  private mutating func value() -> Bool {
    guard let quote = next else { return false }
    if quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
      place += 1
      skip { $0 != quote }
      guard next == quote else { return false }
      place += 1
      return true
    }
    let start = place
    skip { !$0.isHTMLBlank && !"\"'=<>`".utf8.contains($0) }
    return place > start
  }
}
