/// Python's `%` and `str.format`, as far as templates use them.
enum PythonFormat {
  /// `format % values`: `%s`, `%r`, `%d`, `%i`, `%f`, `%x` with width and precision, and `%(name)s`.
  static func percent(_ format: MarkedText, _ values: JinjaValue) throws(ChatTemplateError)
    -> MarkedText
  {
    var arguments: [JinjaValue]
    if case .tuple(let values) = values { arguments = values } else { arguments = [values] }
    arguments.reverse()
    var result = MarkedText()
    var place = 0
    while place < format.count {
      guard format.units[place].scalar == "%" else {
        result.units.append(format.units[place])
        place += 1
        continue
      }
      let directive = try Directive(format, from: place + 1)
      place = directive.end
      if directive.letter == "%" {
        result.units += MarkedText("%").units
        continue
      }
      if let name = directive.name {
        guard case .dictionary(let dictionary) = values, let value = dictionary[name] else {
          throw .value("the format names '\(name)', which is not given")
        }
        result.units += try directive.text(of: value).units
      } else {
        guard let value = arguments.popLast() else { throw .value("a format has too few values") }
        result.units += try directive.text(of: value).units
      }
    }
    if case .dictionary = values { return result }
    guard arguments.isEmpty else { throw .value("a format has too many values") }
    return result
  }

  /// One `%…` of a format.
  private struct Directive {
    var name: String?
    var flags = ""
    var width = 0
    var precision: Int?
    let letter: Unicode.Scalar
    let end: Int

    init(_ format: MarkedText, from start: Int) throws(ChatTemplateError) {
      var scalars = format.units[min(start, format.count)...].map(\.scalar)[...]
      if scalars.first == "(", let close = scalars.firstIndex(of: ")") {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars[(scalars.startIndex + 1)..<close])
        name = String(view)
        scalars = scalars[(close + 1)...]
      }
      func take(_ isTaken: (Unicode.Scalar) -> Bool) -> String {
        let taken = scalars.prefix(while: isTaken)
        scalars = scalars[taken.endIndex...]
        var view = String.UnicodeScalarView()
        view.append(contentsOf: taken)
        return String(view)
      }
      flags = take { "-+ 0#".unicodeScalars.contains($0) }
      width = min(Int(take { ("0"..."9").contains($0) }) ?? 0, 10_000)
      if scalars.first == "." {
        scalars = scalars.dropFirst()
        precision = min(Int(take { ("0"..."9").contains($0) }) ?? 0, 300)
      }
      guard let letter = scalars.first else { throw .value("a format is not complete") }
      self.letter = letter
      end = start + scalars.startIndex + 1
    }

    func text(of value: JinjaValue) throws(ChatTemplateError) -> MarkedText {
      let text = try plain(value)
      let space = width - text.count
      guard space > 0 else { return text }
      if flags.contains("-") { return text + MarkedText.filling(" ", space) }
      guard flags.contains("0"), value.number != nil else {
        return MarkedText.filling(" ", space) + text
      }
      let sign = text.units.prefix { $0.scalar == "-" || $0.scalar == "+" }
      return MarkedText(sign) + MarkedText.filling("0", space)
        + MarkedText(text.units[sign.endIndex...])
    }

    private func plain(_ value: JinjaValue) throws(ChatTemplateError) -> MarkedText {
      if letter == "s" || letter == "r" {
        let text = letter == "s" ? value.written : value.represented
        return MarkedText(text.units.prefix(precision ?? .max))
      }
      guard let number = value.number else {
        throw .value("'%\(letter)' takes a number, not \(value.typeName)")
      }
      let sign = number >= 0 && flags.contains("+") ? "+" : ""
      switch letter {
      case "d", "i", "u", "x", "X":
        guard let whole = value.integer ?? Int(exactly: number.rounded(.towardZero)) else {
          throw .value("a number is out of range")
        }
        let digits = String(
          whole, radix: letter == "x" || letter == "X" ? 16 : 10, uppercase: letter == "X")
        return MarkedText(sign + digits)
      case "f", "F": return MarkedText(sign + JinjaMathematics.fixed(number, precision ?? 6))
      default: throw .value("the format '%\(letter)' is not known here")
      }
    }
  }

  /// `format.format(…)` with `{}`, `{0}` and `{name}`.
  static func braces(
    _ format: MarkedText, _ arguments: JinjaArguments
  ) throws(ChatTemplateError) -> MarkedText {
    var result = MarkedText()
    var next = 0
    var place = 0
    while place < format.count {
      let scalar = format.units[place].scalar
      let isDouble = place + 1 < format.count && format.units[place + 1].scalar == scalar
      if (scalar == "{" || scalar == "}") && isDouble {
        result.units.append(format.units[place])
        place += 2
      } else if scalar == "{" {
        guard let close = format.units[place...].firstIndex(where: { $0.scalar == "}" }) else {
          throw .value("'{' is not closed in a format")
        }
        let field = MarkedText.string(format.units[(place + 1)..<close])
        result.units += try value(field, arguments, &next).written.units
        place = close + 1
      } else {
        result.units.append(format.units[place])
        place += 1
      }
    }
    return result
  }

  private static func value(
    _ field: String, _ arguments: JinjaArguments, _ next: inout Int
  ) throws(ChatTemplateError) -> JinjaValue {
    var place: Int?
    if field.isEmpty {
      place = next
      next += 1
    } else {
      place = Int(field)
    }
    if let place {
      guard arguments.positional.indices.contains(place) else {
        throw .value("a format has too few values")
      }
      return arguments.positional[place]
    }
    guard let value = arguments.keyword.last(where: { $0.name == field })?.value else {
      throw .value("the format names '\(field)', which is not given or not known here")
    }
    return value
  }
}
