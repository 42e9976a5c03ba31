import TextKit

extension MarkdownInlines {
  // MARK: - Links and images

  mutating func openBracket(isImage: Bool) {
    let length = isImage ? 2 : 1
    if let last = brackets.indices.last { brackets[last].hasBracketBehind = true }
    brackets.append(
      Bracket(
        piece: pieces.count, isImage: isImage, place: place + length,
        delimiters: delimiters.count))
    addText(length)
  }

  mutating func closeBracket() {
    guard let opener = brackets.popLast() else { return addText(1) }
    let isActive = opener.isImage || brackets.count >= bracketsBeforeLink
    bracketsBeforeLink = min(bracketsBeforeLink, brackets.count)
    guard isActive else { return addText(1) }
    guard let (reference, end) = target(of: opener) else { return addText(1) }
    matchEmphasis(from: opener.delimiters)
    place = end
    if opener.isImage {
      addImage(opener, reference)
    } else {
      addLink(opener, reference)
      // A link holds no other.
      bracketsBeforeLink = brackets.count
    }
  }

  /// Where a bracket leads and where the link ends.
  private func target(of opener: Bracket) -> (MarkdownReference, Int)? {
    let behind = place + 1
    if let inline = inlineTarget(from: behind) { return inline }
    var end = behind
    var label: ArraySlice<UInt8>?
    if behind < text.count, text[behind] == UInt8(ascii: "["),
      let labelEnd = MarkdownReference.labelEnd(in: text[behind...])
    {
      end = labelEnd
      label = text[(behind + 1)..<(labelEnd - 1)]
    }
    if label?.isEmpty != false {
      guard !opener.hasBracketBehind else { return nil }
      label = text[opener.place..<place]
    }
    guard let label, label.count < 1000 else { return nil }
    return references[MarkdownReference.normalized(label)].map { ($0, end) }
  }

  /// `(destination "title")` behind a bracket.
  private func inlineTarget(from start: Int) -> (MarkdownReference, Int)? {
    guard start < text.count, text[start] == UInt8(ascii: "(") else { return nil }
    var place = text[(start + 1)...].skippingBlanks
    guard let (destination, end) = MarkdownReference.destination(in: text[place...]) else {
      return nil
    }
    place = text[end...].skippingBlanks
    var title: [UInt8]?
    if place > end, let (found, titleEnd) = MarkdownReference.title(in: text[place...]) {
      title = found
      place = text[titleEnd...].skippingBlanks
    }
    guard place < text.count, text[place] == UInt8(ascii: ")") else { return nil }
    return (MarkdownReference(destination: destination, title: title), place + 1)
  }

  private func attributes(_ name: String, _ reference: MarkdownReference) -> [UInt8] {
    let target = reference.destination[...].encodedAddress[...].escapedHTML
    return Array("\(name)=\"".utf8) + target + "\"".utf8
  }

  private func title(_ reference: MarkdownReference) -> [UInt8] {
    reference.title.map { " title=\"".utf8 + $0[...].escapedHTML + "\"".utf8 } ?? []
  }

  private mutating func addLink(_ opener: Bracket, _ reference: MarkdownReference) {
    let start = Array("<a ".utf8) + attributes("href", reference) + title(reference) + ">".utf8
    pieces[opener.piece] = Piece(before: start, alternative: [])
    pieces.append(Piece(before: Array("</a>".utf8), alternative: []))
  }

  /// The words stay pieces until all is written, since images may be words of others.
  private mutating func addImage(_ opener: Bracket, _ reference: MarkdownReference) {
    pieces.append(Piece(alternative: []))
    pieces[opener.piece] = Piece(
      alternative: [], image: Image(reference: reference, end: pieces.count))
  }

  func element(of image: Image, words: ArraySlice<Piece>) -> [UInt8] {
    let words = words.flatMap { $0.alternative ?? $0.text }
    return "<img ".utf8 + attributes("src", image.reference) + " alt=\"".utf8
      + words[...].escapedHTML + "\"".utf8 + title(image.reference) + " />".utf8
  }

  // MARK: - Addresses and tags in angle brackets

  /// Tags are short; comments need not be.
  private static let longestTag = 10_000

  /// The place behind `<scheme:…>` or `<name@host>`.
  static func addressEnd(in text: ArraySlice<UInt8>) -> Int? {
    let body = text.dropFirst().prefix(longestTag)
    guard let end = body.firstIndex(where: { $0 <= 0x20 || $0 == 0x3C || $0 == 0x3E }),
      body[end] == UInt8(ascii: ">")
    else { return nil }
    let address = body[..<end]
    return isURI(address) || isMail(address) ? end + 1 : nil
  }

  private static func isURI(_ address: ArraySlice<UInt8>) -> Bool {
    guard let colon = address.firstIndex(of: UInt8(ascii: ":")) else { return false }
    let scheme = address[..<colon]
    return (2...32).contains(scheme.count) && scheme.first?.isASCIILetter == true
      && scheme.allSatisfy { $0.isASCIIAlphanumeric || "+.-".utf8.contains($0) }
  }

  private static func isMail(_ address: ArraySlice<UInt8>) -> Bool {
    guard let at = address.firstIndex(of: UInt8(ascii: "@")), at > address.startIndex else {
      return false
    }
    let name = address[..<at]
    let labels = address[(at + 1)...].split(
      separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    let isName = name.allSatisfy {
      $0.isASCIIAlphanumeric || ".!#$%&'*+/=?^_`{|}~-".utf8.contains($0)
    }
    return isName
      && labels.allSatisfy { label in
        (1...63).contains(label.count) && label.first != UInt8(ascii: "-")
          && label.last != UInt8(ascii: "-")
          && label.allSatisfy { $0.isASCIIAlphanumeric || $0 == UInt8(ascii: "-") }
      }
  }

  /// The place behind a tag, a comment or a declaration of HTML.
  static func tagEnd(in text: ArraySlice<UInt8>) -> Int? {
    let start = text.startIndex
    let text = text.prefix(longestTag)
    func end(of mark: String, from place: Int) -> Int? {
      guard place <= text.endIndex else { return nil }
      return text[place...].firstRange(of: Array(mark.utf8))?.upperBound
    }
    if text.starts(with: "<!-->".utf8) { return start + 5 }
    if text.starts(with: "<!--->".utf8) { return start + 6 }
    if text.starts(with: "<!--".utf8) { return end(of: "-->", from: start + 4) }
    if text.starts(with: "<?".utf8) { return end(of: "?>", from: start + 2) }
    if text.starts(with: "<![CDATA[".utf8) { return end(of: "]]>", from: start + 9) }
    if text.starts(with: "<!".utf8) {
      guard text.dropFirst(2).first?.isASCIILetter == true else { return nil }
      return end(of: ">", from: start + 2)
    }
    return InlineTag(text).end
  }
}

extension ArraySlice<UInt8> {
  /// The place of the next byte that is no blank.
  fileprivate var skippingBlanks: Int { firstIndex { !$0.isHTMLBlank } ?? endIndex }

  /// An address with what may not stand in one written as `%20`.
  var encodedAddress: [UInt8] {
    var result: [UInt8] = []
    for byte in self {
      let isPlain =
        byte.isASCIIAlphanumeric || ";/?:@&=+$,-_.!~*'()#%".utf8.contains(byte)
      if isPlain {
        result.append(byte)
      } else {
        let digits = String(byte, radix: 16, uppercase: true)
        result += "%\(digits.utf8.count < 2 ? "0" : "")\(digits)".utf8
      }
    }
    return result
  }
}
