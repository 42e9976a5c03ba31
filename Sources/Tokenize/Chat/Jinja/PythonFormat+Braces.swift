extension PythonFormat {
  /// `format.format(…)` with `{}`, `{0}` and `{name}`, `!s` and `!r`, and forms such as `:>8` or `:.2f`.
  static func braces(
    _ format: MarkedText, _ arguments: JinjaArguments
  ) throws(ChatTemplateError) -> MarkedText {
    var result = MarkedText()
    var values = BraceValues(arguments)
    var place = 0
    while place < format.count {
      let scalar = format.units[place].scalar
      let isDouble = place + 1 < format.count && format.units[place + 1].scalar == scalar
      if scalar != "{" && scalar != "}" || isDouble {
        result.units.append(format.units[place])
        place += scalar == "{" || scalar == "}" ? 2 : 1
        continue
      }
      guard scalar == "{",
        let close = format.units[place...].firstIndex(where: { $0.scalar == "}" })
      else { throw .value("a single '\(scalar)' stands in a format") }
      let field = MarkedText.string(format.units[(place + 1)..<close])
      result.units += try text(of: field, &values).units
      place = close + 1
    }
    return result
  }

  /// The values of a call of `format`, by place or by name.
  private struct BraceValues {
    private let arguments: JinjaArguments
    /// The next place; nil once places are given by number.
    private var next: Int? = 0

    init(_ arguments: JinjaArguments) { self.arguments = arguments }

    mutating func value(_ name: Substring) throws(ChatTemplateError) -> JinjaValue {
      guard let place = try place(name) else {
        guard let value = arguments.keyword.last(where: { $0.name == name })?.value else {
          throw .value("the format names '\(name)', which is not given or not known here")
        }
        return value
      }
      guard arguments.positional.indices.contains(place) else {
        throw .value("a format has too few values")
      }
      return arguments.positional[place]
    }

    private mutating func place(_ name: Substring) throws(ChatTemplateError) -> Int? {
      if name.isEmpty {
        guard let place = next else { throw .value("a format mixes '{}' and numbers") }
        next = place + 1
        return place
      }
      guard name.allSatisfy({ ("0"..."9").contains($0) }) else { return nil }
      guard next == nil || next == 0 else { throw .value("a format mixes '{}' and numbers") }
      next = nil
      return Int(name) ?? .max
    }
  }

  private static func text(
    of field: String, _ values: inout BraceValues
  ) throws(ChatTemplateError) -> MarkedText {
    guard !field.contains("{") else { throw .value("a format in a format is not known here") }
    let parts = field.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let names = parts[0].split(separator: "!", maxSplits: 1, omittingEmptySubsequences: false)
    var value = try values.value(names[0])
    if names.count > 1 {
      switch names[1] {
      case "s": value = .text(try value.written)
      case "r": value = .text(MarkedText(try value.represented.units))
      default: throw .value("the conversion '!\(names[1])' is not known here")
      }
    }
    guard parts.count > 1, !parts[1].isEmpty else { return try value.written }
    return try PythonForm(parts[1]).text(of: value)
  }
}

extension PythonForm {
  /// Reads `[[fill]align][sign][#][0][width][,][.precision][letter]`.
  fileprivate init(_ text: Substring) throws(ChatTemplateError) {
    var rest = Array(text.unicodeScalars)[...]
    func isAlign(_ scalar: Unicode.Scalar?) -> Bool {
      scalar.map { "<>^=".unicodeScalars.contains($0) } ?? false
    }
    func number() -> Int? {
      let digits = rest.prefix { ("0"..."9").contains($0) }
      rest = rest.dropFirst(digits.count)
      return Int(String(String.UnicodeScalarView(digits))).map { min($0, 10_000) }
    }
    if isAlign(rest.dropFirst().first) {
      (fill, align) = (rest[rest.startIndex], rest[rest.startIndex + 1])
      rest = rest.dropFirst(2)
    } else if isAlign(rest.first) {
      align = rest.popFirst()
    }
    if let first = rest.first, "+- ".unicodeScalars.contains(first) {
      sign = first == "-" ? "" : String(first)
      rest = rest.dropFirst()
    }
    if rest.first == "#" {
      isAlternate = true
      rest = rest.dropFirst()
    }
    if rest.first == "0", align == nil { (fill, align) = ("0", "=") }
    width = number() ?? 0
    if rest.first == "," {
      hasCommas = true
      rest = rest.dropFirst()
    }
    if rest.first == "." {
      rest = rest.dropFirst()
      precision = number().map { min($0, 300) }
      guard precision != nil else { throw .value("the format ':\(text)' has no precision") }
    }
    letter = rest.popFirst()
    guard rest.isEmpty else { throw .value("the format ':\(text)' is not known here") }
    if hasCommas, fill == "0", align == "=" {
      throw .value("the format ':\(text)' is not known here")
    }
  }

  /// A value as `str.format` writes it.
  fileprivate func text(of value: JinjaValue) throws(ChatTemplateError) -> MarkedText {
    if case .text(let text) = value {
      guard letter == nil || letter == "s", align != "=", sign.isEmpty, !hasCommas, !isAlternate
      else { throw .value("the format of a number is given a string") }
      return self.text(text)
    }
    guard value.number != nil else {
      throw .value("\(value.typeName) takes no format behind ':'")
    }
    if letter == nil, value.integer == nil {
      guard precision == nil, !hasCommas, case .float(let number) = value else {
        throw .value("a number is formatted by a precision without 'f', 'e' or 'g' behind it")
      }
      var form = self
      form.align = align ?? ">"
      let text = MarkedText(PythonNumbers.text(number))
      guard form.align != "=", sign.isEmpty else { throw .value("such a format is not known here") }
      return form.text(text)
    }
    guard letter != "s" else { throw .value("the format of a string is given a number") }
    if precision != nil, letter == nil || "dxXob".unicodeScalars.contains(letter ?? "d") {
      throw .value("a whole number takes no precision in a format")
    }
    return try number(value)
  }
}
