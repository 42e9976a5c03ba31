import TextKit

/// Where a link leads.
struct MarkdownReference {
  let destination: [UInt8]
  let title: [UInt8]?

  /// What is longer than these is no label, no title.
  private static let longestLabel = 1000
  private static let longestTitle = 4000

  /// A definition at the beginning of a paragraph: its label, where it leads, how long it is.
  static func definition(
    in text: ArraySlice<UInt8>
  ) -> (label: String, reference: MarkdownReference, length: Int)? {
    guard let labelEnd = labelEnd(in: text) else { return nil }
    let label = normalized(text[(text.startIndex + 1)..<(labelEnd - 1)])
    guard !label.isEmpty, labelEnd < text.endIndex, text[labelEnd] == UInt8(ascii: ":") else {
      return nil
    }
    let start = text[(labelEnd + 1)...].skippingSpace
    guard let (destination, end) = destination(in: text[start...]), end > start else { return nil }
    var close = end
    var title: [UInt8]?
    let next = text[end...].skippingSpace
    if next > end, let (found, titleEnd) = self.title(in: text[next...]),
      let lineEnd = text[titleEnd...].lineEndAfterBlanks
    {
      title = found
      close = lineEnd
    } else {
      guard let lineEnd = text[end...].lineEndAfterBlanks else { return nil }
      close = lineEnd
    }
    return (
      label, MarkdownReference(destination: destination, title: title), close - text.startIndex
    )
  }

  /// The place behind the bracket that ends a label.
  static func labelEnd(in text: ArraySlice<UInt8>) -> Int? {
    guard text.first == UInt8(ascii: "[") else { return nil }
    var place = text.startIndex + 1
    let limit = min(text.endIndex, place + longestLabel)
    while place < limit {
      switch text[place] {
      case UInt8(ascii: "\\"): place += 1
      case UInt8(ascii: "["): return nil
      case UInt8(ascii: "]"): return place + 1
      default: break
      }
      place += 1
    }
    return nil
  }

  /// A label as it is compared: blanks run together, letters folded.
  static func normalized(_ label: ArraySlice<UInt8>) -> String {
    let words = label.split { $0.isHTMLBlank }
    return String(decoding: Array(words.joined(separator: [0x20])), as: UTF8.self)
      .lowercased().uppercased()
  }

  /// A destination and the place behind it.
  static func destination(in text: ArraySlice<UInt8>) -> ([UInt8], Int)? {
    var place = text.startIndex
    if text.first == UInt8(ascii: "<") {
      place += 1
      while place < text.endIndex, text[place] != 0x0A, text[place] != UInt8(ascii: "<") {
        if text[place] == UInt8(ascii: ">") {
          return (text[(text.startIndex + 1)..<place].unescaped, place + 1)
        }
        place += text[place] == UInt8(ascii: "\\") ? 2 : 1
      }
      return nil
    }
    var depth = 0
    while place < text.endIndex, !text[place].isHTMLBlank, text[place] > 0x1F {
      if text[place] == UInt8(ascii: "\\"), place + 1 < text.endIndex,
        text[place + 1].isASCIIPunctuation
      {
        place += 2
        continue
      }
      if text[place] == UInt8(ascii: "(") { depth += 1 }
      if depth > 32 { return nil }
      if text[place] == UInt8(ascii: ")") {
        if depth == 0 { break }
        depth -= 1
      }
      place += 1
    }
    return depth == 0 ? (text[text.startIndex..<place].unescaped, place) : nil
  }

  /// A title in quotes or parentheses, and the place behind it.
  static func title(in text: ArraySlice<UInt8>) -> ([UInt8], Int)? {
    guard let open = text.first, "\"'(".utf8.contains(open) else { return nil }
    let close = open == UInt8(ascii: "(") ? UInt8(ascii: ")") : open
    var place = text.startIndex + 1
    let limit = min(text.endIndex, place + longestTitle)
    while place < limit {
      if text[place] == close {
        return (text[(text.startIndex + 1)..<place].unescaped, place + 1)
      }
      if text[place] == UInt8(ascii: "("), close == UInt8(ascii: ")") { return nil }
      place += text[place] == UInt8(ascii: "\\") ? 2 : 1
    }
    return nil
  }
}

extension ArraySlice<UInt8> {
  /// The place behind blanks with at most one newline among them.
  var skippingSpace: Int {
    var place = startIndex
    var newlines = 0
    while place < endIndex, self[place].isHTMLBlank {
      if self[place] == 0x0A {
        newlines += 1
        if newlines > 1 { break }
      }
      place += 1
    }
    return place
  }

  /// The place behind the newline, where nothing but blanks stands before it.
  fileprivate var lineEndAfterBlanks: Int? {
    let end = firstIndex { $0 != 0x20 && $0 != 0x09 } ?? endIndex
    if end == endIndex { return end }
    return self[end] == 0x0A ? end + 1 : nil
  }

  /// The bytes with backslashes and references undone.
  var unescaped: [UInt8] {
    guard contains(where: { $0 == UInt8(ascii: "\\") || $0 == UInt8(ascii: "&") }) else {
      return Array(self)
    }
    var result: [UInt8] = []
    var place = startIndex
    while place < endIndex {
      if self[place] == UInt8(ascii: "\\"), place + 1 < endIndex,
        self[place + 1].isASCIIPunctuation
      {
        result.append(self[place + 1])
        place += 2
      } else if let (text, length) = markdownReference(at: place) {
        result += text.utf8
        place += length
      } else {
        result.append(self[place])
        place += 1
      }
    }
    return result
  }

  /// A character reference; in Markdown it ends in a semicolon and its number is not long.
  func markdownReference(at place: Int) -> (text: String, length: Int)? {
    guard self[place] == UInt8(ascii: "&"),
      let (text, length) = HTMLEntities.standard.reference(in: self[place...], ofAttribute: true),
      self[place + length - 1] == UInt8(ascii: ";")
    else { return nil }
    let isNumber = self[place + 1] == UInt8(ascii: "#")
    return isNumber && length > 10 ? nil : (text, length)
  }
}

extension UInt8 {
  /// Whether the byte is one of ASCII's punctuation marks.
  var isASCIIPunctuation: Bool { self > 0x20 && self < 0x7F && !isASCIIAlphanumeric }
}
