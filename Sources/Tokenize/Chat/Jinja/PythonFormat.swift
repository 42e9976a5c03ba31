/// Python's `%` and `str.format`, as far as templates use them.
enum PythonFormat {
  /// `format % values` with the letters `s r d i u x X o e E f F g G`, flags, width and precision, and `%(name)s`.
  static func percent(_ format: MarkedText, _ values: JinjaValue) throws(ChatTemplateError)
    -> MarkedText
  {
    if format.isMarkup { throw .value("'%' of text that is marked as safe is not known here") }
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
    // Python asks that all are taken only of what has no items of its own.
    switch values {
    case .dictionary, .list, .undefined, .view: return result
    default: break
    }
    guard arguments.isEmpty else { throw .value("a format has too many values") }
    return result
  }

  /// One `%…` of a format.
  private struct Directive {
    var name: String?
    var form = PythonForm()
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
      let flags = take { "-+ 0#".unicodeScalars.contains($0) }
      form.width = min(Int(take { ("0"..."9").contains($0) }) ?? 0, 10_000)
      if scalars.first == "." {
        scalars = scalars.dropFirst()
        form.precision = min(Int(take { ("0"..."9").contains($0) }) ?? 0, 300)
      }
      guard let letter = scalars.first else { throw .value("a format is not complete") }
      self.letter = letter
      end = start + scalars.startIndex + 1
      form.align = flags.contains("-") ? "<" : ">"
      form.sign = flags.contains("+") ? "+" : flags.contains(" ") ? " " : ""
      form.isAlternate = flags.contains("#")
      guard flags.contains("0"), !flags.contains("-"), letter != "s", letter != "r" else { return }
      (form.fill, form.align) = ("0", "=")
    }

    func text(of value: JinjaValue) throws(ChatTemplateError) -> MarkedText {
      var form = form
      switch letter {
      case "s", "r":
        form.sign = ""
        return form.text(letter == "s" ? try value.written : try value.represented)
      case "d", "i", "u": form.letter = "d"
      case "x", "X", "o", "e", "E", "f", "F", "g", "G": form.letter = letter
      default: throw .value("the format '%\(letter)' is not known here")
      }
      return try form.number(value, truncates: true)
    }
  }
}
