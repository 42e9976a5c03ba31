/// Filters of texts; each takes what it is given as text.
extension JinjaFilters {
  static let texts: [String: Filter] = [
    "trim": { _, value, arguments throws(ChatTemplateError) in
      .text(value.written.stripped(try arguments.text(0, "chars"), left: true, right: true))
    },
    "upper": { _, value, _ in .text(value.written.uppercased) },
    "lower": { _, value, _ in .text(value.written.lowercased) },
    "capitalize": { _, value, _ in .text(value.written.capitalized) },
    "title": { _, value, _ in .text(title(value.written)) },
    "replace": { _, value, arguments throws(ChatTemplateError) in
      let old = try arguments.required(0, "old").written
      let new = try arguments.required(1, "new").written
      let count = arguments.value(2, "count")?.integer ?? -1
      return .text(try value.written.replacing(old, with: new, most: count))
    },
    "indent": { _, value, arguments throws(ChatTemplateError) in
      .text(try indent(value.written, arguments))
    },
    "center": { _, value, arguments throws(ChatTemplateError) in
      .text(value.written.centered(try arguments.integer(0, "width", default: 80), " "))
    },
    "format": { _, value, arguments throws(ChatTemplateError) in
      guard arguments.keyword.isEmpty else {
        var names = JinjaDictionary()
        for (name, value) in arguments.keyword { try names.set(.text(name), value) }
        return .text(try PythonFormat.percent(value.written, .dictionary(names)))
      }
      return .text(try PythonFormat.percent(value.written, .tuple(arguments.positional)))
    },
    "wordcount": { _, value, _ in
      .integer(value.written.units.split { !$0.scalar.isPythonWord }.count)
    },
    "truncate": { _, value, arguments throws(ChatTemplateError) in
      .text(try truncate(value.written, arguments))
    },
    "escape": escape, "e": escape, "forceescape": escape,
    "urlencode": { _, value, _ in .text(urlEncoded(value.written)) },
  ]

  private static func escape(
    _: JinjaInterpreter, _ value: JinjaValue, _: JinjaArguments
  ) throws(ChatTemplateError) -> JinjaValue {
    let names: [Unicode.Scalar: String] = [
      "&": "&amp;", "<": "&lt;", ">": "&gt;", "\"": "&#34;", "'": "&#39;",
    ]
    return .text(value.written.mapped { (names[$0] ?? String($0)).unicodeScalars })
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
    let head = MarkedText(text.units[..<(length - end.count)])
    if killsWords { return head + end }
    let last = head.units.lastIndex { $0.scalar == " " }
    return MarkedText(head.units[..<(last ?? head.count)]) + end
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
