import TextKit

/// Makes HTML of the text of a paragraph: emphasis, code, links, images, breaks.
///
/// Source: the CommonMark specification 0.31, appendix "A parsing strategy".
struct MarkdownInlines {
  /// A stretch of the paragraph and the tags around what is left of it.
  struct Piece {
    /// Text, for readers; escaped when it is written.
    var text: [UInt8] = []
    /// HTML that is written as it is, before the text.
    var before: [UInt8] = []
    /// HTML behind the text, the last added first.
    var after: [[UInt8]] = []
    /// What stands for the piece in the words of an image.
    var alternative: [UInt8]?
    /// The image that begins here; the pieces up to its end are its words.
    var image: Image?
  }

  /// Where an image is, and the place behind its last piece.
  struct Image {
    let reference: MarkdownReference
    let end: Int
  }

  /// A run of asterisks or underscores that may begin or end emphasis.
  struct Delimiter {
    let piece: Int
    let character: UInt8
    let length: Int
    let opens: Bool
    let closes: Bool
    var isActive = true
    /// The nearest active run before it, among those that are paired together.
    var previous = -1
  }

  /// A bracket that may begin a link or an image.
  struct Bracket {
    let piece: Int
    let isImage: Bool
    /// The place behind it in the text.
    let place: Int
    /// How many delimiters stand before it.
    let delimiters: Int
    /// Whether another bracket follows, so that the text between is no label.
    var hasBracketBehind = false
  }

  let text: [UInt8]
  let references: [String: MarkdownReference]
  var place = 0
  var pieces: [Piece] = []
  var delimiters: [Delimiter] = []
  var brackets: [Bracket] = []
  /// How many of the first brackets stand before a link, so that they begin none.
  var bracketsBeforeLink = 0
  /// Runs of backticks of these lengths have no end from some place on.
  private var openTicks: [Int: Int] = [:]

  /// The HTML of a text.
  static func html(of text: [UInt8], _ references: [String: MarkdownReference]) -> [UInt8] {
    var inlines = MarkdownInlines(text: text, references: references)
    inlines.run()
    inlines.matchEmphasis(from: 0)
    return inlines.html
  }

  private var html: [UInt8] {
    var html: [UInt8] = []
    var next = 0
    while next < pieces.count {
      let piece = pieces[next]
      if let image = piece.image {
        html += element(of: image, words: pieces[(next + 1)..<image.end])
        next = image.end
      } else {
        html += piece.before + piece.text[...].escapedHTML + piece.after.reversed().joined()
        next += 1
      }
    }
    return html
  }

  private init(text: [UInt8], references: [String: MarkdownReference]) {
    self.text = text
    self.references = references
  }

  private static let special = Set("\n\\`*_[]!<&".utf8)

  private mutating func run() {
    while place < text.count {
      switch text[place] {
      case 0x0A: newline()
      case UInt8(ascii: "\\"): backslash()
      case UInt8(ascii: "`"): code()
      case UInt8(ascii: "*"), UInt8(ascii: "_"): delimiterRun()
      case UInt8(ascii: "["): openBracket(isImage: false)
      case UInt8(ascii: "!"):
        if place + 1 < text.count, text[place + 1] == UInt8(ascii: "[") {
          openBracket(isImage: true)
        } else {
          addText(1)
        }
      case UInt8(ascii: "]"): closeBracket()
      case UInt8(ascii: "<"): angle()
      case UInt8(ascii: "&"): reference()
      default: plain()
      }
    }
  }

  mutating func add(_ text: some Sequence<UInt8>) { pieces.append(Piece(text: Array(text))) }

  mutating func addText(_ count: Int) {
    add(text[place..<place + count])
    place += count
  }

  private mutating func addHTML(_ html: some Sequence<UInt8>, alternative: [UInt8] = []) {
    pieces.append(Piece(before: Array(html), alternative: alternative))
  }

  private mutating func plain() {
    let end = text[place...].firstIndex { Self.special.contains($0) } ?? text.count
    addText(end - place)
  }

  private mutating func newline() {
    // Two blanks before it make a break.
    var blanks = 0
    while let last = pieces.indices.last, pieces[last].text.last == 0x20 {
      pieces[last].text.removeLast()
      blanks += 1
    }
    addHTML(blanks >= 2 ? "<br />\n".utf8 : "\n".utf8, alternative: [0x0A])
    place += 1
    skipLineBlanks()
  }

  private mutating func skipLineBlanks() {
    while place < text.count, text[place] == 0x20 || text[place] == 0x09 { place += 1 }
  }

  private mutating func backslash() {
    place += 1
    if place < text.count, text[place] == 0x0A {
      addHTML("<br />\n".utf8, alternative: [0x0A])
      place += 1
      skipLineBlanks()
    } else if place < text.count, text[place].isASCIIPunctuation {
      addText(1)
    } else {
      add("\\".utf8)
    }
  }

  private mutating func code() {
    let length = text[place...].prefix { $0 == UInt8(ascii: "`") }.count
    let start = place + length
    guard let end = codeEnd(length, from: start) else { return addText(length) }
    var code = text[start..<end].map { $0 == 0x0A ? 0x20 : $0 }[...]
    if code.first == 0x20, code.last == 0x20, code.contains(where: { $0 != 0x20 }) {
      code = code.dropFirst().dropLast()
    }
    addHTML("<code>".utf8 + Array(code.escapedHTML) + "</code>".utf8, alternative: Array(code))
    place = end + length
  }

  private mutating func codeEnd(_ length: Int, from start: Int) -> Int? {
    if let from = openTicks[length], start >= from { return nil }
    var next = start
    while let tick = text[next...].firstIndex(of: UInt8(ascii: "`")) {
      let run = text[tick...].prefix { $0 == UInt8(ascii: "`") }.count
      if run == length { return tick }
      next = tick + run
    }
    openTicks[length] = start
    return nil
  }

  private mutating func reference() {
    guard let (decoded, length) = text[...].markdownReference(at: place) else { return addText(1) }
    add(decoded.utf8)
    place += length
  }

  private mutating func angle() {
    if let end = Self.addressEnd(in: text[place...]) {
      let address = Array(text[(place + 1)..<(end - 1)])
      let isMail = !address.contains(UInt8(ascii: ":"))
      let target = ((isMail ? Array("mailto:".utf8) : []) + address)[...].encodedAddress
      addHTML(
        "<a href=\"".utf8 + target[...].escapedHTML + "\">".utf8 + address[...].escapedHTML
          + "</a>".utf8, alternative: address)
      place = end
    } else if let end = Self.tagEnd(in: text[place...]) {
      addHTML(text[place..<end])
      place = end
    } else {
      addText(1)
    }
  }

  // MARK: - Emphasis

  private mutating func delimiterRun() {
    let character = text[place]
    let length = text[place...].prefix { $0 == character }.count
    let before = CharacterKind(before: place, in: text)
    let after = CharacterKind(after: place + length, in: text)
    let left = after != .blank && (after != .punctuation || before != .other)
    let right = before != .blank && (before != .punctuation || after != .other)
    let isUnderscore = character == UInt8(ascii: "_")
    delimiters.append(
      Delimiter(
        piece: pieces.count, character: character, length: length,
        opens: left && (!isUnderscore || !right || before == .punctuation),
        closes: right && (!isUnderscore || !left || after == .punctuation)))
    addText(length)
  }

  /// Pairs runs of delimiters from one on, the inner ones first.
  mutating func matchEmphasis(from bottom: Int) {
    var bottoms: [[Int]: Int] = [:]
    var last = -1
    for closer in delimiters.indices.dropFirst(bottom) {
      delimiters[closer].previous = last
      if delimiters[closer].closes { match(closer, above: bottom, &bottoms) }
      last = delimiters[closer].isActive ? closer : delimiters[closer].previous
    }
    delimiters.removeSubrange(min(bottom, delimiters.count)...)
  }

  /// Pairs a run with those before it until one of them is used up or none fits.
  private mutating func match(_ closer: Int, above bottom: Int, _ bottoms: inout [[Int]: Int]) {
    while delimiters[closer].isActive {
      let run = delimiters[closer]
      let key = [Int(run.character), run.opens ? 1 : 0, run.length % 3]
      guard let opener = opener(of: run, above: max(bottom - 1, bottoms[key] ?? -1)) else {
        bottoms[key] = run.previous
        delimiters[closer].isActive = run.opens
        return
      }
      pair(opener, closer)
      // What lies between the two opens and closes nothing any more.
      let isUsed = pieces[delimiters[opener].piece].text.isEmpty
      delimiters[closer].previous = isUsed ? delimiters[opener].previous : opener
      if pieces[run.piece].text.isEmpty { delimiters[closer].isActive = false }
    }
  }

  private func opener(of closer: Delimiter, above bottom: Int) -> Int? {
    var place = closer.previous
    while place > bottom {
      let run = delimiters[place]
      // Runs that open and close must not add up to a multiple of three, unless both are.
      let fits =
        !(run.closes || closer.opens) || closer.length % 3 == 0
        || (run.length + closer.length) % 3 != 0
      if run.opens, run.character == closer.character, fits { return place }
      place = run.previous
    }
    return nil
  }

  private mutating func pair(_ opener: Int, _ closer: Int) {
    let (start, end) = (delimiters[opener].piece, delimiters[closer].piece)
    let isStrong = pieces[start].text.count >= 2 && pieces[end].text.count >= 2
    let name = isStrong ? "strong" : "em"
    pieces[start].text.removeLast(isStrong ? 2 : 1)
    pieces[end].text.removeLast(isStrong ? 2 : 1)
    pieces[start].after.append(Array("<\(name)>".utf8))
    pieces[end].before += "</\(name)>".utf8
  }
}
