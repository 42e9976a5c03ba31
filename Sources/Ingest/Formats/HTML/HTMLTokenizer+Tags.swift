import TextKit

extension HTMLTokenizer {
  // MARK: - Declarations and comments

  mutating func declaration() {
    let rest = bytes[(place + 2)...]
    if rest.starts(with: "--".utf8) { return comment() }
    let isType = rest.prefix(7).map { $0 | 0x20 }.elementsEqual("doctype".utf8)
    guard isType else { return bogusComment(from: place + 2) }
    place = (rest.firstIndex(of: Self.close) ?? bytes.count - 1) + 1
    sink.documentType()
  }

  private mutating func comment() {
    let start = place + 4
    for short in [">", "->"] where bytes[start...].starts(with: short.utf8) {
      sink.comment([])
      place = start + short.utf8.count
      return
    }
    guard let end = commentEnd(from: start) else {
      sink.comment(withoutOpenEnd(bytes[start...]))
      place = bytes.count
      return
    }
    sink.comment(bytes[start..<end.start])
    place = end.end
  }

  private func commentEnd(from start: Int) -> (start: Int, end: Int)? {
    var dash = start
    while let next = bytes[dash...].firstIndex(of: UInt8(ascii: "-")) {
      for end in ["-->", "--!>"] where bytes[next...].starts(with: end.utf8) {
        return (next, next + end.utf8.count)
      }
      dash = next + 1
    }
    return nil
  }

  /// A comment that the page ends in, without what may have been the beginning of its end.
  private func withoutOpenEnd(_ comment: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    for end in ["--!", "--", "-"] where comment.suffix(end.utf8.count).elementsEqual(end.utf8) {
      return comment.dropLast(end.utf8.count)
    }
    return comment
  }

  mutating func bogusComment(from start: Int) {
    let end = bytes[start...].firstIndex(of: Self.close) ?? bytes.count
    sink.comment(bytes[start..<end])
    place = min(end + 1, bytes.count)
  }

  // MARK: - Tags

  /// Reads a tag and moves behind it; nil where the page ends within it.
  mutating func readTag(from start: Int) -> HTMLTag? {
    var tag = HTMLTag()
    place = start
    tag.name = name { $0.isHTMLBlank || $0 == UInt8(ascii: "/") || $0 == Self.close }
    while place < bytes.count {
      switch bytes[place] {
      case Self.close:
        place += 1
        return tag
      case UInt8(ascii: "/"):
        place += 1
        if place < bytes.count, bytes[place] == Self.close { tag.closesItself = true }
      case let byte where byte.isHTMLBlank: place += 1
      default: attribute(of: &tag)
      }
    }
    return nil
  }

  /// Reads up to a byte, in small letters.
  private mutating func name(upTo ends: (UInt8) -> Bool) -> [UInt8] {
    let end = bytes[place...].firstIndex(where: ends) ?? bytes.count
    let name = bytes[place..<end].map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
    place = end
    return name.contains(0) ? Self.replacingNul(name[...]) : name
  }

  private mutating func attribute(of tag: inout HTMLTag) {
    let equals = UInt8(ascii: "=")
    // An equals sign that comes first is part of the name.
    let isOdd = bytes[place] == equals
    if isOdd { place += 1 }
    let rest = name {
      $0.isHTMLBlank || $0 == UInt8(ascii: "/") || $0 == Self.close || $0 == equals
    }
    let name = (isOdd ? [equals] : []) + rest
    skipBlanks()
    guard place < bytes.count, bytes[place] == equals else { return tag.add(name, []) }
    place += 1
    skipBlanks()
    tag.add(name, value())
  }

  private mutating func skipBlanks() {
    place = bytes[place...].firstIndex { !$0.isHTMLBlank } ?? bytes.count
  }

  private mutating func value() -> [UInt8] {
    guard place < bytes.count else { return [] }
    let quote = bytes[place]
    guard quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else {
      let end = bytes[place...].firstIndex { $0.isHTMLBlank || $0 == Self.close } ?? bytes.count
      defer { place = end }
      return decoded(bytes[place..<end])
    }
    let end = bytes[(place + 1)...].firstIndex(of: quote) ?? bytes.count
    defer { place = min(end + 1, bytes.count) }
    return decoded(bytes[(place + 1)..<end])
  }

  /// A value with its references decoded.
  private func decoded(_ value: ArraySlice<UInt8>) -> [UInt8] {
    guard value.contains(where: { $0 == Self.ampersand || $0 == 0 }) else { return Array(value) }
    var result: [UInt8] = []
    var place = value.startIndex
    while place < value.endIndex {
      if value[place] == Self.ampersand,
        let (text, length) = HTMLEntities.standard.reference(in: value[place...], ofAttribute: true)
      {
        result += text.utf8
        place += length
      } else {
        result.append(value[place])
        place += 1
      }
    }
    return result.contains(0) ? Self.replacingNul(result[...]) : result
  }
}
