/// Cuts a template into tokens, with `trim_blocks` and `lstrip_blocks` as Transformers sets them.
///
/// A block's end takes the line break behind it, and a block that stands first on its line takes the
/// blanks before it; `-` takes all white space on its side and `+` takes none.
struct JinjaLexer {
  let source: [Unicode.Scalar]
  var place = 0
  var line = 1
  var tokens: [JinjaToken] = []
  /// The closing brackets that are still to come.
  var brackets: [String] = []

  /// The tokens of a template, the last of which is `end`.
  static func tokens(of text: String) throws(ChatTemplateError) -> [JinjaToken] {
    var lexer = JinjaLexer(source: normalized(text))
    try lexer.readTemplate()
    return lexer.tokens
  }

  /// One kind of line break, and none at the end.
  static func normalized(_ text: String) -> [Unicode.Scalar] {
    var scalars: [Unicode.Scalar] = []
    scalars.reserveCapacity(text.utf8.count)
    var afterReturn = false
    for scalar in text.unicodeScalars {
      if scalar == "\n", afterReturn {
        afterReturn = false
        continue
      }
      afterReturn = scalar == "\r"
      scalars.append(afterReturn ? "\n" : scalar)
    }
    if scalars.last == "\n" { scalars.removeLast() }
    return scalars
  }

  func fault(_ reason: String, line: Int? = nil) -> ChatTemplateError {
    ChatTemplateError(.syntax, line: line ?? self.line, reason)
  }

  mutating func add(_ kind: JinjaToken.Kind) { tokens.append(JinjaToken(kind: kind, line: line)) }

  /// Goes on to a place and counts the lines on the way.
  mutating func advance(to end: Int) {
    line += source[place..<end].count { $0 == "\n" }
    place = end
  }

  func scalar(_ offset: Int = 0) -> Unicode.Scalar? {
    place + offset < source.count ? source[place + offset] : nil
  }

  func hasPrefix(_ text: String, at start: Int) -> Bool {
    source[min(start, source.count)...].starts(with: text.unicodeScalars)
  }

  func endOfSpace(from start: Int) -> Int {
    source[start...].firstIndex { !$0.isPythonSpace } ?? source.count
  }
}

// MARK: - Text between tags

extension JinjaLexer {
  private mutating func readTemplate() throws(ChatTemplateError) {
    while place < source.count {
      guard let tag = nextTag() else {
        addData(place..<source.count)
        advance(to: source.count)
        break
      }
      try read(tag)
    }
    add(.end)
  }

  /// The next place where `{{`, `{%` or `{#` stands.
  private func nextTag() -> Int? {
    var index = place
    while index + 1 < source.count {
      if source[index] == "{", ["{", "%", "#"].contains(source[index + 1]) { return index }
      index += 1
    }
    return nil
  }

  private mutating func read(_ tag: Int) throws(ChatTemplateError) {
    let kind = source[tag + 1]
    let sign = tag + 2 < source.count ? source[tag + 2] : " "
    let hasSign = sign == "-" || sign == "+"
    addData(stripped(place..<tag, sign: sign, isVariable: kind == "{"))
    advance(to: tag + (hasSign ? 3 : 2))
    switch kind {
    case "{": try readTag(.variableBegin, closing: "}}", .variableEnd)
    case "#": try skipComment()
    default:
      if let end = endOfRawTag("raw", from: place, trims: false) {
        try readRaw(from: end)
      } else {
        try readTag(.blockBegin, closing: "%}", .blockEnd)
      }
    }
  }

  private mutating func addData(_ range: Range<Int>) {
    guard !range.isEmpty else { return }
    var text = String.UnicodeScalarView()
    text.append(contentsOf: source[range])
    add(.data(String(text)))
  }

  /// The text before a tag without what the tag takes of it.
  private func stripped(
    _ range: Range<Int>, sign: Unicode.Scalar, isVariable: Bool
  ) -> Range<Int> {
    var end = range.upperBound
    while end > range.lowerBound, source[end - 1].isPythonSpace { end -= 1 }
    if sign == "-" { return range.lowerBound..<end }
    guard sign != "+", !isVariable else { return range }
    let lineStart = source[range].lastIndex(of: "\n").map { $0 + 1 }
    guard let start = lineStart ?? (startsLine(range.lowerBound) ? range.lowerBound : nil),
      end <= start
    else { return range }
    return range.lowerBound..<start
  }

  private func startsLine(_ place: Int) -> Bool { place == 0 || source[place - 1] == "\n" }

  private mutating func skipComment() throws(ChatTemplateError) {
    var index = place
    while index < source.count, !hasPrefix("#}", at: index) { index += 1 }
    guard index < source.count else { throw fault("a comment is not closed") }
    let takesSpace = index > place && source[index - 1] == "-"
    let keepsBreak = index > place && source[index - 1] == "+"
    advance(to: end(of: index, takesSpace: takesSpace, trims: !keepsBreak))
  }

  /// Where the text goes on behind a tag whose last two characters begin at a place.
  private func end(of closing: Int, takesSpace: Bool, trims: Bool) -> Int {
    let end = closing + 2
    if takesSpace { return endOfSpace(from: end) }
    return trims && end < source.count && source[end] == "\n" ? end + 1 : end
  }

  /// The end of `raw %}` or `endraw %}`, if that is what stands here.
  private func endOfRawTag(_ word: String, from start: Int, trims: Bool) -> Int? {
    var index = endOfSpace(from: start)
    guard hasPrefix(word, at: index) else { return nil }
    index = endOfSpace(from: index + word.unicodeScalars.count)
    // The beginning of a raw block takes no '+'.
    let hasSign = index < source.count && (source[index] == "-" || (trims && source[index] == "+"))
    let closing = hasSign ? index + 1 : index
    guard hasPrefix("%}", at: closing) else { return nil }
    let sign = hasSign ? source[index] : " "
    return end(of: closing, takesSpace: sign == "-", trims: trims && sign != "+")
  }

  private mutating func readRaw(from start: Int) throws(ChatTemplateError) {
    advance(to: start)
    var index = start
    while index < source.count {
      if hasPrefix("{%", at: index) {
        let sign = index + 2 < source.count ? source[index + 2] : " "
        let inner = index + (sign == "-" || sign == "+" ? 3 : 2)
        if let end = endOfRawTag("endraw", from: min(inner, source.count), trims: true) {
          addData(stripped(start..<index, sign: sign, isVariable: false))
          return advance(to: end)
        }
      }
      index += 1
    }
    throw fault("a raw block is not closed")
  }

  /// Reads the tokens of a tag up to its end.
  private mutating func readTag(
    _ begin: JinjaToken.Kind, closing: String, _ end: JinjaToken.Kind
  ) throws(ChatTemplateError) {
    add(begin)
    let isBlock = closing == "%}"
    while true {
      guard let next = scalar() else { throw fault("a tag is not closed") }
      if brackets.isEmpty {
        let isSigned = next == "-" || (isBlock && next == "+")
        let start = isSigned && hasPrefix(closing, at: place + 1) ? place + 1 : place
        if hasPrefix(closing, at: start) {
          add(end)
          return advance(
            to: self.end(
              of: start, takesSpace: start > place && next == "-", trims: isBlock && start == place)
          )
        }
      }
      try readToken(next)
    }
  }
}
