/// Names, numbers, strings and operators inside of tags.
extension JinjaLexer {
  private static let symbols: [String] = [
    "//", "**", "==", "!=", ">=", "<=", "+", "-", "/", "*", "%", "~", "[", "]", "(", ")", "{", "}",
    ">", "<", "=", ".", ":", "|", ",", ";",
  ]
  private static let closings = ["(": ")", "[": "]", "{": "}"]

  mutating func readToken(_ next: Unicode.Scalar) throws(ChatTemplateError) {
    switch next {
    case _ where next.isPythonSpace: advance(to: endOfSpace(from: place))
    case "'", "\"": try readString(next)
    case "0"..."9": try readNumber()
    case _ where next == "_" || next.properties.isIDStart || next.properties.isXIDStart: readName()
    default: try readSymbol()
    }
  }

  private mutating func readName() {
    let start = place
    var end = place
    while end < source.count, source[end] == "_" || source[end].properties.isXIDContinue {
      end += 1
    }
    add(.name(text(start..<end)))
    place = end
  }

  private func text(_ range: Range<Int>) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: source[range])
    return String(view)
  }

  private mutating func readSymbol() throws(ChatTemplateError) {
    guard let symbol = Self.symbols.first(where: { hasPrefix($0, at: place) }) else {
      throw fault("the character '\(source[place])' means nothing here")
    }
    if let closing = Self.closings[symbol] {
      brackets.append(closing)
    } else if ["}", ")", "]"].contains(symbol) {
      guard let expected = brackets.popLast() else { throw fault("'\(symbol)' closes nothing") }
      guard expected == symbol else { throw fault("'\(symbol)' stands where '\(expected)' must") }
    }
    add(.symbol(symbol))
    place += symbol.unicodeScalars.count
  }

  // MARK: Numbers

  private func endOfDigits(from start: Int) -> Int {
    var end = start
    while end < source.count, ("0"..."9").contains(source[end]) || source[end] == "_" { end += 1 }
    return end
  }

  private mutating func readNumber() throws(ChatTemplateError) {
    let start = place
    if source[start] == "0", let base = scalar(1).flatMap(Self.base) {
      return try readInteger(base)
    }
    var end = endOfDigits(from: start)
    var isFloat = false
    if hasPrefix(".", at: end), end + 1 < source.count, ("0"..."9").contains(source[end + 1]) {
      isFloat = true
      end = endOfDigits(from: end + 1)
    }
    if end < source.count, source[end] == "e" || source[end] == "E" {
      let sign = end + 1 < source.count && ["+", "-"].contains(source[end + 1]) ? 2 : 1
      let digits = endOfDigits(from: end + sign)
      if digits > end + sign {
        isFloat = true
        end = digits
      }
    }
    let literal = text(start..<end).filter { $0 != "_" }
    if isFloat {
      add(.float(Double(literal) ?? .infinity))
    } else if let value = Int(literal) {
      add(.integer(value))
    } else {
      throw fault("the number \(literal) is out of range")
    }
    place = end
  }

  private static func base(_ letter: Unicode.Scalar) -> Int? {
    switch letter {
    case "x", "X": 16
    case "o", "O": 8
    case "b", "B": 2
    default: nil
    }
  }

  private mutating func readInteger(_ base: Int) throws(ChatTemplateError) {
    let start = place + 2
    var end = start
    while end < source.count, source[end] == "_" || source[end].properties.isASCIIHexDigit {
      end += 1
    }
    guard let value = Int(text(start..<end).filter { $0 != "_" }, radix: base) else {
      throw fault("'\(text(place..<end))' is no number")
    }
    add(.integer(value))
    place = end
  }

  // MARK: Strings

  private mutating func readString(_ quote: Unicode.Scalar) throws(ChatTemplateError) {
    var index = place + 1
    var value = String.UnicodeScalarView()
    while true {
      guard index < source.count else { throw fault("a string is not closed") }
      if source[index] == quote { break }
      if source[index] == "\\" {
        let (scalar, end) = try escape(at: index)
        value.append(contentsOf: scalar)
        index = end
      } else {
        value.append(source[index])
        index += 1
      }
    }
    add(.string(String(value)))
    advance(to: index + 1)
  }

  /// What an escape stands for, as Python reads it; an unknown one stays as it is written.
  private func escape(at start: Int) throws(ChatTemplateError) -> ([Unicode.Scalar], Int) {
    guard start + 1 < source.count else { throw fault("a string is not closed") }
    let letter = source[start + 1]
    switch letter {
    case "\n": return ([], start + 2)
    case "x": return try hexadecimal(start, digits: 2)
    case "u": return try hexadecimal(start, digits: 4)
    case "U": return try hexadecimal(start, digits: 8)
    case "0"..."7":
      var end = start + 1
      while end < source.count, end < start + 4, ("0"..."7").contains(source[end]) { end += 1 }
      let value = UInt32(text(start + 1..<end), radix: 8) ?? 0
      return ([Unicode.Scalar(value) ?? "\u{FFFD}"], end)
    default:
      if let simple = Self.simpleEscapes[letter] { return ([simple], start + 2) }
      guard letter != "N" else { throw fault("an escape by a character's name is not known here") }
      // As Jinja reads it, which writes what is not ASCII as an escape before.
      guard !letter.isASCII else { return (["\\", letter], start + 2) }
      let digits = String(letter.value, radix: 16)
      let (sign, width) =
        letter.value < 0x100 ? ("x", 2) : letter.value < 0x10000 ? ("u", 4) : ("U", 8)
      let zeros = String(repeating: "0", count: width - digits.count)
      return (Array("\\\(sign)\(zeros)\(digits)".unicodeScalars), start + 2)
    }
  }

  private static let simpleEscapes: [Unicode.Scalar: Unicode.Scalar] = [
    "\\": "\\", "'": "'", "\"": "\"", "n": "\n", "t": "\t", "r": "\r", "a": "\u{07}",
    "b": "\u{08}", "f": "\u{0C}", "v": "\u{0B}",
  ]

  private func hexadecimal(
    _ start: Int, digits: Int
  ) throws(ChatTemplateError) -> ([Unicode.Scalar], Int) {
    let end = start + 2 + digits
    guard end <= source.count, let value = UInt32(text(start + 2..<end), radix: 16),
      let scalar = Unicode.Scalar(value)
    else { throw fault("an escape in a string names no character") }
    return ([scalar], end)
  }
}
