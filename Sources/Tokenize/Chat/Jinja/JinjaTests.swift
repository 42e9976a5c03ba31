/// What a template asks with `is`.
enum JinjaTests {
  typealias Test =
    @Sendable (JinjaValue, JinjaArguments) throws(ChatTemplateError) -> Bool

  static let all: [String: Test] = kinds.merging(comparisons) { $1 }

  private static let comparisons: [String: Test] = [
    "eq": comparison("=="), "equalto": comparison("=="), "==": comparison("=="),
    "ne": comparison("!="), "!=": comparison("!="), "lt": comparison("<"),
    "lessthan": comparison("<"), "<": comparison("<"), "le": comparison("<="),
    "<=": comparison("<="), "gt": comparison(">"), "greaterthan": comparison(">"),
    ">": comparison(">"), "ge": comparison(">="), ">=": comparison(">="), "in": comparison("in"),
  ]

  private static func comparison(_ symbol: String) -> Test {
    { value, arguments throws(ChatTemplateError) in
      try JinjaArithmetic.holds(value, symbol, arguments.required(0, "other"))
    }
  }

  private static let kinds: [String: Test] = [
    "defined": { value, _ in !value.isUndefined },
    "undefined": { value, _ in value.isUndefined },
    "none": { value, _ in if case .none = value { true } else { false } },
    "boolean": { value, _ in if case .bool = value { true } else { false } },
    "true": { value, _ in if case .bool(true) = value { true } else { false } },
    "false": { value, _ in if case .bool(false) = value { true } else { false } },
    "integer": { value, _ in if case .integer = value { true } else { false } },
    "float": { value, _ in if case .float = value { true } else { false } },
    "number": { value, _ in value.number != nil },
    "string": { value, _ in if case .text = value { true } else { false } },
    "mapping": { value, _ in if case .dictionary = value { true } else { false } },
    "callable": { value, _ in
      switch value {
      case .function, .loop: true
      default: false
      }
    },
    "iterable": { value, _ in (try? value.iterated()) != nil },
    "sequence": { value, _ in
      switch value {
      case .undefined, .text, .list, .tuple, .dictionary: true
      default: false
      }
    },
    "odd": { value, _ throws(ChatTemplateError) in try remainder(value, 2) == 1 },
    "even": { value, _ throws(ChatTemplateError) in try remainder(value, 2) == 0 },
    "divisibleby": { value, arguments throws(ChatTemplateError) in
      try remainder(value, arguments.integer(0, "num", default: 0)) == 0
    },
    "sameas": { value, arguments throws(ChatTemplateError) in
      let other = try arguments.required(0, "other")
      return value.typeName == other.typeName && value.equals(other)
    },
    "lower": { value, _ in isCased(value) { $0.isLowercase } },
    "upper": { value, _ in isCased(value) { $0.isUppercase } },
    "escaped": { _, _ in false },
    "filter": { value, _ in JinjaFilters.all[value.written.string] != nil },
    "test": { value, _ in isTest(value.written.string) },
  ]

  private static func remainder(
    _ value: JinjaValue, _ divisor: Int
  ) throws(ChatTemplateError) -> Int {
    if case .undefined = value { throw value.missing }
    guard let number = value.integer, divisor != 0 else {
      throw .value("\(value.typeName) cannot be divided by \(divisor)")
    }
    return divisor == -1 ? 0 : PythonNumbers.remainder(number, divisor)
  }

  /// Whether a text has letters with case, all of one kind, as Python's `islower` asks.
  private static func isCased(
    _ value: JinjaValue, _ isRight: (Unicode.Scalar.Properties) -> Bool
  ) -> Bool {
    value.written.isCased(isRight)
  }

  private static func isTest(_ name: String) -> Bool { all[name] != nil }
}
