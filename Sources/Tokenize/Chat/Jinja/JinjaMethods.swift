/// The methods of strings, lists and dictionaries that change nothing.
enum JinjaMethods {
  private typealias TextMethod =
    @Sendable (MarkedText, JinjaArguments) throws(ChatTemplateError) -> JinjaValue

  /// A method bound to its value; nil where there is none of that name.
  static func method(_ name: String, of value: JinjaValue) -> JinjaFunction? {
    switch value {
    case .text(let text):
      guard let method = texts[name] else { return nil }
      let signature: JinjaSignature? = name == "format" ? nil : textSignatures[name] ?? ""
      return JinjaFunction(name, takes: signature) { _, arguments throws(ChatTemplateError) in
        guard text.isMarkup else { return try method(text, arguments) }
        return try method(text, safe(arguments, of: name)).asMarkup
      }
    case .dictionary(let dictionary): return self.dictionary(name, dictionary)
    case .list(let values), .tuple(let values): return list(name, values, value)
    default: return nil
    }
  }

  /// What a method of text that is marked as safe is given: other text is escaped before it is put in.
  private static func safe(
    _ arguments: JinjaArguments, of name: String
  ) throws(ChatTemplateError) -> JinjaArguments {
    var arguments = arguments
    switch name {
    case "format": throw .value("'format' of text that is marked as safe is not known here")
    case "replace":
      if arguments.positional.count > 1, case .text(let new) = arguments.positional[1] {
        arguments.positional[1] = .text(new.escaped)
      }
    case "join":
      guard let first = arguments.positional.first else { break }
      var parts: [JinjaValue] = []
      for part in try first.iterated() { parts.append(.text(try part.written.escaped)) }
      arguments.positional[0] = .list(parts)
    default: break
    }
    return arguments
  }

  /// A method of a dictionary or a list.
  private static func function(
    _ name: String, _ body: @escaping (JinjaArguments) throws(ChatTemplateError) -> JinjaValue
  ) -> JinjaFunction {
    JinjaFunction(name, takes: collectionSignatures[name] ?? "") {
      _, arguments throws(ChatTemplateError) in try body(arguments)
    }
  }

  private static func dictionary(_ name: String, _ dictionary: JinjaDictionary) -> JinjaFunction? {
    switch name {
    case "items": return view(name, .items, dictionary.items)
    case "keys": return view(name, .keys, dictionary.keys)
    case "values": return view(name, .values, dictionary.values)
    case "copy": return function(name) { _ in .dictionary(dictionary) }
    case "get":
      return function(name) { arguments throws(ChatTemplateError) in
        try dictionary[arguments.required(0, "key").key()] ?? arguments.value(1, "default") ?? .none
      }
    case "update", "pop", "popitem", "setdefault", "clear": return refused(name, "a dictionary")
    default: return nil
    }
  }

  private static func view(
    _ name: String, _ kind: JinjaView.Kind, _ values: [JinjaValue]
  ) -> JinjaFunction {
    function(name) { _ in .view(JinjaView(kind: kind, values: values)) }
  }

  private static func list(
    _ name: String, _ values: [JinjaValue], _ value: JinjaValue
  ) -> JinjaFunction? {
    switch name {
    case "copy":
      if case .tuple = value { return nil }
      return function(name) { _ in value }
    case "count":
      return function(name) { arguments throws(ChatTemplateError) in
        let wanted = try arguments.required(0, "value")
        return .integer(values.count { $0.equals(wanted) })
      }
    case "index":
      return function(name) { arguments throws(ChatTemplateError) in
        let wanted = try arguments.required(0, "value")
        let part = try values.indices(from: arguments)
        guard let place = values[part].firstIndex(where: { $0.equals(wanted) }) else {
          throw .value("the list does not hold \(try wanted.represented.string)")
        }
        return .integer(place)
      }
    case "append", "extend", "insert", "remove", "pop", "clear", "sort", "reverse":
      return refused(name, "a list")
    default: return nil
    }
  }

  /// What would change a value, which the sandbox does not allow.
  private static func refused(_ name: String, _ kind: String) -> JinjaFunction {
    JinjaFunction(name) { _, _ throws(ChatTemplateError) in
      throw .value("a template may not change \(kind) with '\(name)'")
    }
  }

  // MARK: Strings

  private static let texts: [String: TextMethod] = changing.merging(asking) { $1 }

  private static let changing: [String: TextMethod] = [
    "upper": { text, _ in .text(text.uppercased) },
    "lower": { text, _ in .text(text.lowercased) },
    "casefold": { text, _ in .text(text.caseFolded) },
    "capitalize": { text, _ in .text(text.capitalized) },
    "title": { text, _ in .text(text.titlecased) },
    "swapcase": { text, _ in .text(text.swapcased) },
    "strip": { text, arguments throws(ChatTemplateError) in
      .text(text.stripped(try arguments.text(0, "chars"), left: true, right: true))
    },
    "lstrip": { text, arguments throws(ChatTemplateError) in
      .text(text.stripped(try arguments.text(0, "chars"), left: true, right: false))
    },
    "rstrip": { text, arguments throws(ChatTemplateError) in
      .text(text.stripped(try arguments.text(0, "chars"), left: false, right: true))
    },
    "removeprefix": { text, arguments throws(ChatTemplateError) in
      let prefix = try arguments.required(0, "prefix").text("the prefix")
      return .text(text.matches(prefix, at: 0) ? MarkedText(text.units[prefix.count...]) : text)
    },
    "removesuffix": { text, arguments throws(ChatTemplateError) in
      let suffix = try arguments.required(0, "suffix").text("the suffix")
      let place = text.count - suffix.count
      return .text(text.matches(suffix, at: place) ? MarkedText(text.units[..<place]) : text)
    },
    "replace": { text, arguments throws(ChatTemplateError) in
      .text(
        try text.replacing(
          arguments.required(0, "old").text("the old text"),
          with: arguments.required(1, "new").text("the new text"),
          most: arguments.integer(2, "count", default: -1)))
    },
    "split": { text, arguments throws(ChatTemplateError) in
      .list(
        try text.split(
          arguments.text(0, "sep"), most: arguments.integer(1, "maxsplit", default: -1)
        ).map { .text($0) })
    },
    "rsplit": { text, arguments throws(ChatTemplateError) in
      .list(
        try text.splitFromEnd(
          arguments.text(0, "sep"), most: arguments.integer(1, "maxsplit", default: -1)
        ).map { .text($0) })
    },
    "splitlines": { text, arguments throws(ChatTemplateError) in
      .list(
        text.lines(keepsEnds: try arguments.bool(0, "keepends", default: false)).map { .text($0) })
    },
    "partition": { text, arguments throws(ChatTemplateError) in
      let separator = try arguments.required(0, "sep").text("the separator")
      guard let place = text.range(of: separator) else {
        return .tuple([.text(text), .text(""), .text("")])
      }
      return parts(text, place, separator)
    },
    "rpartition": { text, arguments throws(ChatTemplateError) in
      let separator = try arguments.required(0, "sep").text("the separator")
      guard let place = text.lastRange(of: separator) else {
        return .tuple([.text(""), .text(""), .text(text)])
      }
      return parts(text, place, separator)
    },
    "join": { text, arguments throws(ChatTemplateError) in
      var result = MarkedText()
      for (place, part) in try arguments.required(0, "iterable").iterated().enumerated() {
        if place > 0 { result.units += text.units }
        result.units += try part.text("a part to join").units
      }
      return .text(result)
    },
    "center": { text, arguments throws(ChatTemplateError) in
      .text(text.centered(try arguments.integer(0, "width", default: 0), try fill(arguments)))
    },
    "ljust": { text, arguments throws(ChatTemplateError) in
      let width = try arguments.integer(0, "width", default: 0)
      return .text(text + MarkedText.filling(try fill(arguments), width - text.count))
    },
    "rjust": { text, arguments throws(ChatTemplateError) in
      let width = try arguments.integer(0, "width", default: 0)
      return .text(MarkedText.filling(try fill(arguments), width - text.count) + text)
    },
    "expandtabs": { text, arguments throws(ChatTemplateError) in
      .text(try text.expandingTabs(to: try arguments.integer(0, "tabsize", default: 8)))
    },
    "zfill": { text, arguments throws(ChatTemplateError) in
      let width = try arguments.integer(0, "width", default: 0)
      let sign = text.units.prefix(1).prefix { $0.scalar == "-" || $0.scalar == "+" }
      return .text(
        MarkedText(sign) + MarkedText.filling("0", width - text.count)
          + MarkedText(text.units[sign.endIndex...]))
    },
    "format": { text, arguments throws(ChatTemplateError) in
      .text(try PythonFormat.braces(text, arguments))
    },
  ]

  private static func parts(
    _ text: MarkedText, _ place: Int, _ separator: MarkedText
  ) -> JinjaValue {
    let end = place + separator.count
    return .tuple([
      .text(MarkedText(text.units[..<place])), .text(MarkedText(text.units[place..<end])),
      .text(MarkedText(text.units[end...])),
    ])
  }

  private static func fill(_ arguments: JinjaArguments) throws(ChatTemplateError) -> Unicode.Scalar
  {
    try arguments.text(1, "fillchar")?.units.first?.scalar ?? " "
  }

  private static let asking: [String: TextMethod] = [
    "startswith": { text, arguments throws(ChatTemplateError) in
      let (part, _) = try bounded(text, arguments)
      return .bool(try any(arguments) { part.matches($0, at: 0) })
    },
    "endswith": { text, arguments throws(ChatTemplateError) in
      let (part, _) = try bounded(text, arguments)
      return .bool(try any(arguments) { part.matches($0, at: part.count - $0.count) })
    },
    "find": { text, arguments throws(ChatTemplateError) in
      .integer(try place(text, arguments) { $0.range(of: $1) } ?? -1)
    },
    "rfind": { text, arguments throws(ChatTemplateError) in
      .integer(try place(text, arguments) { $0.lastRange(of: $1) } ?? -1)
    },
    "index": { text, arguments throws(ChatTemplateError) in
      .integer(try found(place(text, arguments) { $0.range(of: $1) }))
    },
    "rindex": { text, arguments throws(ChatTemplateError) in
      .integer(try found(place(text, arguments) { $0.lastRange(of: $1) }))
    },
    "count": { text, arguments throws(ChatTemplateError) in
      let (part, _) = try bounded(text, arguments)
      let wanted = try arguments.required(0, "sub").text("the text")
      guard !wanted.isEmpty else { return .integer(part.count + 1) }
      return .integer(try part.split(wanted, most: -1).count - 1)
    },
    "isspace": { text, _ in all(text) { $0.isPythonSpace } },
    "isdigit": { text, _ in
      all(text) { $0.properties.numericType == .decimal || $0.properties.numericType == .digit }
    },
    "isdecimal": { text, _ in all(text) { $0.properties.numericType == .decimal } },
    "isnumeric": { text, _ in all(text) { $0.properties.numericType != nil } },
    "isalpha": { text, _ in all(text) { isLetter($0) } },
    "isalnum": { text, _ in all(text) { isLetter($0) || $0.properties.numericType != nil } },
    "isascii": { text, _ in .bool(text.units.allSatisfy { $0.value < 128 }) },
    "isprintable": { text, _ in .bool(text.units.allSatisfy { $0.scalar.isPythonPrintable }) },
    "istitle": { text, _ in .bool(text.isTitle) },
    "isidentifier": { text, _ in .bool(text.isIdentifier) },
    "islower": { text, _ in .bool(text.isCased { $0.isLowercase }) },
    "isupper": { text, _ in .bool(text.isCased { $0.isUppercase }) },
  ]

  private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: true
    default: false
    }
  }

  private static func all(
    _ text: MarkedText, _ holds: (Unicode.Scalar) -> Bool
  ) -> JinjaValue {
    .bool(!text.isEmpty && text.units.allSatisfy { holds($0.scalar) })
  }

  /// Whether one of the texts that a call asks for is there.
  private static func any(
    _ arguments: JinjaArguments, _ holds: (MarkedText) -> Bool
  ) throws(ChatTemplateError) -> Bool {
    let asked = try arguments.required(0, "prefix")
    guard case .tuple(let values) = asked else { return holds(try asked.text("the text")) }
    for value in values where holds(try value.text("the text")) { return true }
    return false
  }

  /// The part of a text between the second and third argument, and where it begins.
  private static func bounded(
    _ text: MarkedText, _ arguments: JinjaArguments
  ) throws(ChatTemplateError) -> (MarkedText, start: Int) {
    let part = try text.units.indices(from: arguments)
    return (MarkedText(text.units[part]), part.lowerBound)
  }

  private static func place(
    _ text: MarkedText, _ arguments: JinjaArguments,
    _ find: (MarkedText, MarkedText) -> Int?
  ) throws(ChatTemplateError) -> Int? {
    let (part, start) = try bounded(text, arguments)
    return find(part, try arguments.required(0, "sub").text("the text")).map { $0 + start }
  }

  private static func found(_ place: Int?) throws(ChatTemplateError) -> Int {
    guard let place else { throw .value("the text is not found") }
    return place
  }
}

extension Array {
  /// The places between the second and third argument of a call, as Python counts them.
  fileprivate func indices(from arguments: JinjaArguments) throws(ChatTemplateError) -> Range<Int> {
    func clamped(_ place: Int, _ name: String, _ fallback: Int) throws(ChatTemplateError) -> Int {
      if case JinjaValue.none? = arguments.value(place, name) { return fallback }
      let bound = try arguments.integer(place, name, default: fallback)
      return Swift.min(Swift.max(bound < 0 ? bound + count : bound, 0), count)
    }
    let start = try clamped(1, "start", 0)
    return start..<Swift.max(start, try clamped(2, "end", count))
  }
}
