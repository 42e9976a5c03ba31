/// Filters of texts; each takes what it is given as text.
extension JinjaFilters {
  static let texts: [String: Filter] = [
    "trim": { _, value, arguments throws(ChatTemplateError) in
      let text = try value.written
      let stripped = text.stripped(try arguments.text(0, "chars"), left: true, right: true)
      return .text(text.keeping(stripped.units))
    },
    "upper": changed { $0.uppercased }, "lower": changed { $0.lowercased },
    "capitalize": changed { $0.capitalized },
    "title": { _, value, _ throws(ChatTemplateError) in .text(title(try value.written)) },
    "replace": { _, value, arguments throws(ChatTemplateError) in
      let old = try arguments.required(0, "old").written
      let new = try arguments.required(1, "new").written
      let count = arguments.value(2, "count")?.integer ?? -1
      return .text(try value.written.replacing(old, with: new, most: count))
    },
    "indent": { _, value, arguments throws(ChatTemplateError) in
      let text = try value.text("what is indented")
      return .text(text.keeping(try indent(text, arguments).units))
    },
    "center": { _, value, arguments throws(ChatTemplateError) in
      let text = try value.written
      let width = try arguments.integer(0, "width", default: 80)
      return .text(text.keeping(text.centered(width, " ").units))
    },
    "format": { _, value, arguments throws(ChatTemplateError) in
      guard arguments.keyword.isEmpty else {
        guard arguments.positional.isEmpty else {
          throw .value("'format' takes values by name or by place, not both")
        }
        var names = JinjaDictionary()
        for (name, value) in arguments.keyword { try names.set(.text(name), value) }
        return .text(try PythonFormat.percent(value.written, .dictionary(names)))
      }
      return .text(try PythonFormat.percent(value.written, .tuple(arguments.positional)))
    },
    "wordcount": { _, value, _ throws(ChatTemplateError) in
      .integer(try value.written.units.split { !$0.scalar.isPythonWord }.count)
    },
    "truncate": { _, value, arguments throws(ChatTemplateError) in
      if value.isUndefined { return value }
      return .text(try truncate(value.text("what is truncated"), arguments))
    },
    "escape": escape, "e": escape,
    "forceescape": { _, value, _ throws(ChatTemplateError) in
      .text(try value.written.entities.asMarkup)
    },
    "urlencode": { _, value, _ throws(ChatTemplateError) in
      guard !value.isIterable || value.isText || value.isUndefined else {
        throw .value("urlencode takes a string here, not \(value.typeName)")
      }
      return .text(urlEncoded(try value.written))
    },
  ]

  /// A filter that changes a text and leaves safe text safe.
  private static func changed(
    _ change: @escaping @Sendable (MarkedText) -> MarkedText
  ) -> Filter {
    { _, value, _ throws(ChatTemplateError) in
      let text = try value.written
      return .text(text.keeping(change(text).units))
    }
  }

  private static func escape(
    _: JinjaInterpreter, _ value: JinjaValue, _: JinjaArguments
  ) throws(ChatTemplateError) -> JinjaValue {
    .text(try value.written.escaped)
  }

  private static func title(_ text: MarkedText) -> MarkedText {
    var result = MarkedText()
    var word: ArraySlice<MarkedScalar> = []
    func capitalized(_ word: ArraySlice<MarkedScalar>) -> [MarkedScalar] {
      MarkedText(word.prefix(1)).uppercased.units + MarkedText(word.dropFirst()).lowercased.units
    }
    for unit in text.units {
      if unit.scalar.isPythonSpace || "-({[<".unicodeScalars.contains(unit.scalar) {
        result.units += capitalized(word) + [unit]
        word = []
      } else {
        word.append(unit)
      }
    }
    result.units += capitalized(word)
    return result
  }

  private static func indent(
    _ text: MarkedText, _ arguments: JinjaArguments
  ) throws(ChatTemplateError) -> MarkedText {
    var width = MarkedText(String(repeating: " ", count: 4))
    if let value = arguments.value(0, "width") {
      if let count = value.integer {
        width = MarkedText(String(repeating: " ", count: max(0, min(count, 10_000))))
      } else {
        width = try value.text("the width")
      }
    }
    let indentsFirst = try arguments.bool(1, "first", default: false)
    let indentsBlank = try arguments.bool(2, "blank", default: false)
    // A break is added to the text as Jinja does it, so that one at its end is kept.
    let lines = (text + MarkedText("\n")).lines(keepsEnds: false)
    var result = MarkedText()
    for (place, line) in lines.enumerated() {
      if place > 0 { result.units += MarkedText("\n").units }
      let isIndented = place == 0 ? indentsFirst : indentsBlank || !line.isEmpty
      if isIndented { result.units += width.units }
      result.units += line.units
    }
    return result
  }

  private static func truncate(
    _ text: MarkedText, _ arguments: JinjaArguments
  ) throws(ChatTemplateError) -> MarkedText {
    let length = try arguments.integer(0, "length", default: 255)
    let killsWords = try arguments.bool(1, "killwords", default: false)
    let end = try arguments.text(2, "end") ?? MarkedText("...")
    let leeway = try arguments.integer(3, "leeway", default: 5)
    guard length >= end.count, leeway >= 0 else { throw .value("truncate's length is too small") }
    guard text.count > length + leeway else { return text }
    let head = text.units[..<(length - end.count)]
    let last = killsWords ? nil : head.lastIndex { $0.scalar == " " }
    return text.keeping(Array(head[..<(last ?? head.count)])).joined(with: end)
  }

  private static func urlEncoded(_ text: MarkedText) -> MarkedText {
    let plain = Set(
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-~/".unicodeScalars)
    return text.mapped { scalar -> String.UnicodeScalarView in
      guard !plain.contains(scalar) else { return String(scalar).unicodeScalars }
      return String(scalar).utf8.map { byte in
        let digits = String(byte, radix: 16, uppercase: true)
        return byte < 16 ? "%0\(digits)" : "%\(digits)"
      }.joined().unicodeScalars
    }
  }
}

extension Unicode.Scalar {
  /// What `\w` matches.
  var isPythonWord: Bool {
    self == "_" || properties.isAlphabetic || properties.numericType != nil
  }
}
