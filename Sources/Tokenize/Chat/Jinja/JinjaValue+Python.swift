/// What Python says of values: whether they are true, equal, less, and how they are written.
extension JinjaValue {
  /// Python's name of the type, for error messages.
  var typeName: String {
    switch self {
    case .undefined: "undefined"
    case .none: "none"
    case .bool: "a boolean"
    case .integer: "a whole number"
    case .float: "a number"
    case .text: "a string"
    case .list: "a list"
    case .tuple: "a tuple"
    case .generator: "a generator"
    case .view: "a view of a dictionary"
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
      case .list(let values), .tuple(let values), .view(let values): !values.isEmpty
      case .dictionary(let value): value.count > 0
      case .loop(let loop): !loop.values.isEmpty
      case .generator, .namespace, .function: true
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
    if case .float(let value) = self { return value }
    return integer.map(Double.init)
  }

  /// The elements of a sequence; nil where the value is none.
  var elements: [JinjaValue]? {
    switch self {
    case .list(let values), .tuple(let values), .generator(let values), .view(let values): values
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

  /// What a `for` goes through.
  func iterated() throws(ChatTemplateError) -> [JinjaValue] {
    if let elements { return elements }
    switch self {
    case .undefined: return []
    case .text(let text): return text.units.map { .text(MarkedText([$0])) }
    case .dictionary(let dictionary): return dictionary.keys
    case .loop(let loop): return loop.values
    default: throw .value("\(typeName) cannot be gone through")
    }
  }

  /// The number of elements.
  func length() throws(ChatTemplateError) -> Int {
    switch self {
    case .undefined: return 0
    case .text(let text): return text.count
    case .list(let values), .tuple(let values), .view(let values): return values.count
    case .dictionary(let dictionary): return dictionary.count
    case .loop(let loop): return loop.values.count
    default: throw .value("\(typeName) has no length")
    }
  }

  /// What a dictionary finds the value by.
  func key() throws(ChatTemplateError) -> JinjaKey {
    switch self {
    case .none: return .none
    case .bool, .integer, .float: return .number(number ?? 0)
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
    case (.namespace(let left), .namespace(let right)): return left === right
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
    default: return try iterated().contains { $0.equals(value) }
    }
  }

  // MARK: Writing

  /// What `{{ value }}` writes.
  var written: MarkedText {
    switch self {
    case .undefined: MarkedText()
    case .text(let text): text
    default: represented
    }
  }

  /// Python's `repr`.
  var represented: MarkedText {
    switch self {
    case .undefined: MarkedText("Undefined")
    case .none: MarkedText("None")
    case .bool(let value): MarkedText(value ? "True" : "False")
    case .integer(let value): MarkedText(String(value))
    case .float(let value): MarkedText(PythonNumbers.text(value))
    case .text(let text): text.represented
    case .list(let values): Self.joined(values.map(\.represented), "[", "]")
    case .tuple(let values):
      Self.joined(values.map(\.represented), "(", values.count == 1 ? ",)" : ")")
    case .view(let values): Self.joined(values.map(\.represented), "dict_view([", "])")
    case .generator: MarkedText("<generator object>")
    case .dictionary(let dictionary):
      Self.joined(
        zip(dictionary.keys, dictionary.values).map { key, value in
          key.represented + MarkedText(": ") + value.represented
        }, "{", "}")
    case .namespace: MarkedText("<Namespace>")
    case .loop: MarkedText("<LoopContext>")
    case .function(let function): MarkedText("<function \(function.name)>")
    }
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

extension MarkedText {
  /// Python's `repr` of a string.
  fileprivate var represented: MarkedText {
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
