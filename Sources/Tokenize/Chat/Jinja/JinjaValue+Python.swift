/// What Python says of values: whether they are true, equal, less, and how they are written.
extension JinjaValue {
  /// Python's name of the type, for error messages.
  var typeName: String {
    switch self {
    case .undefined: "undefined"
    case .none: "none"
    case .bool: "a boolean"
    case .integer, .large: "a whole number"
    case .float: "a number"
    case .text: "a string"
    case .list: "a list"
    case .tuple: "a tuple"
    case .generator: "a generator"
    case .view(let view): view.range == nil ? "a view of a dictionary" : "a range"
    case .dictionary: "a dictionary"
    case .namespace: "a namespace"
    case .loop: "a loop"
    case .function: "a function"
    }
  }

  /// An error about a value that is not there.
  var missing: ChatTemplateError {
    guard case .undefined(let reason) = self else { return .value("a value is \(typeName)") }
    return .value(reason)
  }

  var isNone: Bool { if case .none = self { true } else { false } }
  var isText: Bool { if case .text = self { true } else { false } }
  var isUndefined: Bool { if case .undefined = self { true } else { false } }

  /// Whether an `if` takes the value for true.
  var isTrue: Bool {
    get throws(ChatTemplateError) {
      switch self {
      case .undefined, .none: false
      case .bool(let value): value
      case .integer(let value): value != 0
      case .float(let value): value != 0
      case .text(let value): !value.isEmpty
      case .list(let values), .tuple(let values): !values.isEmpty
      case .view(let view): !view.values.isEmpty
      case .dictionary(let value): value.count > 0
      case .loop(let loop): try loop.length() > 0
      case .large, .generator, .namespace, .function: true
      }
    }
  }

  /// The number, where Python takes the value for a whole one.
  var integer: Int? {
    switch self {
    case .integer(let value): value
    case .bool(let value): value ? 1 : 0
    default: nil
    }
  }

  /// The number, where Python takes the value for one.
  var number: Double? {
    switch self {
    case .float(let value): value
    case .large(let digits): Double(digits)
    default: integer.map(Double.init)
    }
  }

  /// The elements of a sequence; nil where the value is none.
  var elements: [JinjaValue]? {
    switch self {
    case .list(let values), .tuple(let values): values
    case .view(let view): view.values
    default: nil
    }
  }

  /// The text of a string.
  func text(_ name: String) throws(ChatTemplateError) -> MarkedText {
    switch self {
    case .text(let text): return text
    case .undefined: throw missing
    default: throw .value("\(name) is \(typeName), not a string")
    }
  }

  /// Whether a `for` can go through the value.
  var isIterable: Bool {
    switch self {
    case .undefined, .text, .list, .tuple, .view, .dictionary, .generator, .loop: true
    default: false
    }
  }

  /// What a `for` goes through, one by one: the value itself where that is a generator.
  func generator() throws(ChatTemplateError) -> JinjaGenerator {
    switch self {
    case .generator(let generator): return generator
    case .loop(let loop):
      return JinjaGenerator { () throws(ChatTemplateError) in
        try loop.next().map { .tuple([$0, self]) }
      }
    default: return JinjaGenerator(try iterated())
    }
  }

  /// What a `for` goes through, all at once.
  func iterated() throws(ChatTemplateError) -> [JinjaValue] {
    if let elements { return elements }
    switch self {
    case .undefined: return []
    case .generator, .loop: return try generator().rest()
    case .text(let text): return text.units.map { .text(MarkedText([$0])) }
    case .dictionary(let dictionary): return dictionary.keys
    default: throw .value("\(typeName) cannot be gone through")
    }
  }

  /// The number of elements.
  func length() throws(ChatTemplateError) -> Int {
    switch self {
    case .undefined: return 0
    case .text(let text): return text.count
    case .list(let values), .tuple(let values): return values.count
    case .view(let view): return view.values.count
    case .dictionary(let dictionary): return dictionary.count
    case .loop(let loop): return try loop.length()
    default: throw .value("\(typeName) has no length")
    }
  }

  /// What a dictionary finds the value by.
  func key() throws(ChatTemplateError) -> JinjaKey {
    switch self {
    case .undefined: return .undefined
    case .none: return .none
    case .bool, .integer, .float: return .number(number ?? 0)
    case .large(let digits): return .large(digits)
    case .text(let text): return .text(Array(text.string.utf8))
    case .tuple(let values):
      var keys: [JinjaKey] = []
      for value in values { keys.append(try value.key()) }
      return .tuple(keys)
    default: throw .value("\(typeName) cannot be a key of a dictionary")
    }
  }

  // MARK: Comparing

  func equals(_ other: JinjaValue) -> Bool {
    if let left = integer, let right = other.integer { return left == right }
    if case .large(let left) = self, case .large(let right) = other { return left == right }
    if integer != nil, case .large = other { return false }
    if other.integer != nil, case .large = self { return false }
    if let left = number, let right = other.number { return left == right }
    switch (self, other) {
    case (.undefined, .undefined), (.none, .none): return true
    case (.text(let left), .text(let right)): return left == right
    case (.list(let left), .list(let right)), (.tuple(let left), .tuple(let right)):
      return left.count == right.count && zip(left, right).allSatisfy { $0.equals($1) }
    case (.dictionary(let left), .dictionary(let right)):
      return left.count == right.count
        && zip(left.keys, left.values).allSatisfy { key, value in
          (try? key.key()).flatMap { right[$0] }?.equals(value) ?? false
        }
    case (.view(let left), .view(let right)): return left.equals(right)
    case (.namespace(let left), .namespace(let right)): return left === right
    case (.generator(let left), .generator(let right)): return left === right
    case (.function(let left), .function(let right)): return left === right
    default: return false
    }
  }

  func isLess(than other: JinjaValue) throws(ChatTemplateError) -> Bool {
    if let left = number, let right = other.number { return left < right }
    switch (self, other) {
    case (.text(let left), .text(let right)): return left < right
    case (.list(let left), .list(let right)), (.tuple(let left), .tuple(let right)):
      for (left, right) in zip(left, right) where !left.equals(right) {
        return try left.isLess(than: right)
      }
      return left.count < right.count
    case (.undefined, _): throw missing
    case (_, .undefined): throw other.missing
    default: throw .value("\(typeName) and \(other.typeName) have no order")
    }
  }

  /// Whether `value in self`.
  func contains(_ value: JinjaValue) throws(ChatTemplateError) -> Bool {
    switch self {
    case .text(let text):
      if case .undefined = value { throw value.missing }
      guard case .text(let part) = value else {
        throw .value("'in' looks for a string in a string, not for \(value.typeName)")
      }
      return text.range(of: part) != nil
    case .dictionary(let dictionary): return dictionary[try value.key()] != nil
    case .generator(let generator):
      while let next = try generator.next() { if next.equals(value) { return true } }
      return false
    default: return try iterated().contains { $0.equals(value) }
    }
  }

  // MARK: Writing

  /// What `{{ value }}` writes.
  var written: MarkedText {
    get throws(ChatTemplateError) {
      switch self {
      case .undefined: MarkedText()
      case .text(let text): text
      default: try represented
      }
    }
  }

  /// Python's `repr`; what Python writes with an address in memory is refused.
  var represented: MarkedText {
    get throws(ChatTemplateError) {
      switch self {
      case .undefined: return MarkedText("Undefined")
      case .none: return MarkedText("None")
      case .bool(let value): return MarkedText(value ? "True" : "False")
      case .integer(let value): return MarkedText(String(value))
      case .large(let digits): return MarkedText(digits)
      case .float(let value): return MarkedText(PythonNumbers.text(value))
      case .text(let text): return text.represented
      case .list(let values): return try Self.joined(values, "[", "]")
      case .tuple(let values): return try Self.joined(values, "(", values.count == 1 ? ",)" : ")")
      case .view(let view): return try view.represented
      case .dictionary(let dictionary): return try Self.represented(dictionary)
      case .namespace(let namespace):
        guard !namespace.isBeingWritten else {
          throw .value("a namespace that holds itself cannot be written")
        }
        namespace.isBeingWritten = true
        defer { namespace.isBeingWritten = false }
        return try MarkedText("<Namespace ") + Self.represented(namespace.members)
          + MarkedText(">")
      case .loop(let loop):
        return MarkedText("<LoopContext \(loop.index0 + 1)/\(try loop.length())>")
      case .function(let function) where function.isMacro:
        return MarkedText("<Macro ") + MarkedText(function.name).represented + MarkedText(">")
      case .generator, .function:
        throw .value("\(typeName) cannot be written; make it a list, or call it, first")
      }
    }
  }

  private static func represented(
    _ dictionary: JinjaDictionary
  ) throws(ChatTemplateError) -> MarkedText {
    var parts: [MarkedText] = []
    for (key, value) in zip(dictionary.keys, dictionary.values) {
      parts.append(try key.represented + MarkedText(": ") + value.represented)
    }
    return joined(parts, "{", "}")
  }

  fileprivate static func joined(
    _ values: [JinjaValue], _ open: String, _ close: String
  ) throws(ChatTemplateError) -> MarkedText {
    var parts: [MarkedText] = []
    for value in values { parts.append(try value.represented) }
    return joined(parts, open, close)
  }

  private static func joined(
    _ parts: [MarkedText], _ open: String, _ close: String
  ) -> MarkedText {
    var units = MarkedText(open).units
    for (place, part) in parts.enumerated() {
      if place > 0 { units += MarkedText(", ").units }
      units += part.units
    }
    return MarkedText(units + MarkedText(close).units)
  }
}

extension JinjaView {
  /// Whether both show the same; the values of dictionaries are never equal.
  func equals(_ other: JinjaView) -> Bool {
    guard values.count == other.values.count else { return false }
    switch (kind, other.kind) {
    case (.range, .range): return zip(values, other.values).allSatisfy { $0.equals($1) }
    case (.keys, .keys), (.items, .items):
      return values.allSatisfy { value in other.values.contains { $0.equals(value) } }
    default: return false
    }
  }

  fileprivate var represented: MarkedText {
    get throws(ChatTemplateError) {
      switch kind {
      case .keys: return try JinjaValue.joined(values, "dict_keys([", "])")
      case .values: return try JinjaValue.joined(values, "dict_values([", "])")
      case .items: return try JinjaValue.joined(values, "dict_items([", "])")
      case .range(let start, let stop, let step):
        return MarkedText("range(\(start), \(stop)\(step == 1 ? "" : ", \(step)"))")
      }
    }
  }
}

extension MarkedText {
  /// Python's `repr` of a string.
  fileprivate var represented: MarkedText {
    isMarkup ? MarkedText("Markup(") + quoted + MarkedText(")") : quoted
  }

  private var quoted: MarkedText {
    let hasSingle = units.contains { $0.scalar == "'" }
    let hasDouble = units.contains { $0.scalar == "\"" }
    let quote: Unicode.Scalar = hasSingle && !hasDouble ? "\"" : "'"
    let inner = mapped { scalar in Self.escape(scalar, quote: quote) }
    let mark = MarkedText(String(quote))
    return mark + inner + mark
  }

  private static func escape(
    _ scalar: Unicode.Scalar, quote: Unicode.Scalar
  ) -> String.UnicodeScalarView {
    switch scalar {
    case quote, "\\": return "\\\(scalar)".unicodeScalars
    case "\n": return "\\n".unicodeScalars
    case "\r": return "\\r".unicodeScalars
    case "\t": return "\\t".unicodeScalars
    default: break
    }
    guard !scalar.isPythonPrintable else { return String(scalar).unicodeScalars }
    let digits = String(scalar.value, radix: 16)
    let (letter, width) =
      scalar.value < 0x100 ? ("x", 2) : scalar.value < 0x10000 ? ("u", 4) : ("U", 8)
    let zeros = String(repeating: "0", count: width - digits.count)
    return "\\\(letter)\(zeros)\(digits)".unicodeScalars
  }
}

extension Unicode.Scalar {
  /// What Python's `str.isprintable` says.
  var isPythonPrintable: Bool {
    switch properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
      .paragraphSeparator:
      false
    case .spaceSeparator: self == " "
    default: true
    }
  }
}
