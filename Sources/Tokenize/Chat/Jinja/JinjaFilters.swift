/// What a template does to a value with `|`.
enum JinjaFilters {
  typealias Filter =
    @Sendable (JinjaInterpreter, JinjaValue, JinjaArguments) throws(ChatTemplateError) -> JinjaValue

  static let all: [String: Filter] = texts.merging(lists) { $1 }.merging(ordering) { $1 }
    .merging(values) { $1 }

  /// A filter that looks at a value alone.
  private static let values: [String: Filter] = [
    "default": orDefault, "d": orDefault,
    "tojson": { _, value, arguments throws(ChatTemplateError) in
      .text(try JinjaJSON(arguments).text(of: value))
    },
    "string": { _, value, _ throws(ChatTemplateError) in .text(try value.written) },
    "safe": { _, value, _ throws(ChatTemplateError) in .text(try value.written.asMarkup) },
    "int": { _, value, arguments throws(ChatTemplateError) in try integer(value, arguments) },
    "float": { _, value, arguments throws(ChatTemplateError) in
      let fallback = arguments.value(0, "default") ?? .float(0)
      if let number = value.number { return .float(number) }
      if value.isUndefined { throw value.missing }
      guard case .text(let text) = value else { return fallback }
      let literal = text.stripped(nil, left: true, right: true).string
      return PythonNumbers.float(literal).map { .float($0) } ?? fallback
    },
    "abs": { _, value, _ throws(ChatTemplateError) in
      if let integer = value.integer {
        return integer < 0 ? try JinjaArithmetic.signed(value, isNegative: true) : .integer(integer)
      }
      guard case .float(let number) = value else {
        throw value.isUndefined ? value.missing : .value("\(value.typeName) has no absolute value")
      }
      return .float(number.magnitude)
    },
    "round": { _, value, arguments throws(ChatTemplateError) in try round(value, arguments) },
    "attr": { interpreter, value, arguments throws(ChatTemplateError) in
      let name = try arguments.required(0, "name").written.string
      if case .dictionary = value {
        return JinjaMethods.method(name, of: value).map { .function($0) }
          ?? .undefined("\(value.typeName) has no attribute '\(name)'")
      }
      return try interpreter.attribute(name, of: value)
    },
  ]

  private static func orDefault(
    _: JinjaInterpreter, _ value: JinjaValue, _ arguments: JinjaArguments
  ) throws(ChatTemplateError) -> JinjaValue {
    let fallback = arguments.value(0, "default_value") ?? .text("")
    if value.isUndefined { return fallback }
    guard try arguments.bool(1, "boolean", default: false) else { return value }
    return try value.isTrue ? value : fallback
  }

  private static func integer(
    _ value: JinjaValue, _ arguments: JinjaArguments
  ) throws(ChatTemplateError) -> JinjaValue {
    let fallback = arguments.value(0, "default") ?? .integer(0)
    if let integer = value.integer { return .integer(integer) }
    switch value {
    case .undefined: throw value.missing
    case .large: return value
    case .float(let number): return try whole(number)
    case .text(let text):
      let literal = text.stripped(nil, left: true, right: true).string
      let base = try arguments.integer(1, "base", default: 10)
      if base == 0 || (2...36).contains(base),
        let number = try PythonNumbers.integer(literal, base: base)
      {
        return .integer(number)
      }
      guard let number = PythonNumbers.float(literal), number.isFinite else { return fallback }
      return try whole(number)
    default: return fallback
    }
  }

  private static func whole(_ number: Double) throws(ChatTemplateError) -> JinjaValue {
    guard number.isFinite else { throw .value("\(number) is no whole number") }
    let whole = number.rounded(.towardZero)
    return Int(exactly: whole).map { .integer($0) } ?? .large(JinjaMathematics.fixed(whole, 0))
  }

  private static func round(
    _ value: JinjaValue, _ arguments: JinjaArguments
  ) throws(ChatTemplateError) -> JinjaValue {
    guard let number = value.number else {
      throw value.isUndefined ? value.missing : .value("\(value.typeName) cannot be rounded")
    }
    let digits = try arguments.integer(0, "precision", default: 0)
    let method = try arguments.text(1, "method")?.string ?? "common"
    guard abs(digits) < 300 else { throw .value("the precision \(digits) is out of range") }
    if method == "common", let integer = value.integer {
      return .integer(try PythonNumbers.rounded(integer, digits: digits))
    }
    if method == "common" { return .float(PythonNumbers.rounded(number, digits: digits)) }
    let scale = JinjaMathematics.power(10, Double(digits))
    // What is added makes -0 of the whole number the 0 that it is in Python.
    switch method {
    case "ceil": return .float(((number * scale).rounded(.up) + 0) / scale)
    case "floor": return .float(((number * scale).rounded(.down) + 0) / scale)
    default: throw .value("rounding knows 'common', 'ceil' and 'floor', not '\(method)'")
    }
  }
}
