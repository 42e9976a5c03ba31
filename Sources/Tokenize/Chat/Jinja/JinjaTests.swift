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
    "integer": { value, _ in
      switch value {
      case .integer, .large: true
      default: false
      }
    },
    "float": { value, _ in if case .float = value { true } else { false } },
    "number": { value, _ in value.number != nil },
    "string": { value, _ in if case .text = value { true } else { false } },
    "mapping": { value, _ in if case .dictionary = value { true } else { false } },
    "callable": { value, _ in
      switch value {
      // Python's Undefined has a method of that name, which fails.
      case .function, .loop, .undefined: true
      default: false
      }
    },
    "iterable": { value, _ in value.isIterable },
    "sequence": { value, _ in
      switch value {
      case .undefined, .text, .list, .tuple, .dictionary: true
      case .view(let view): view.range != nil
      default: false
      }
    },
    "odd": { value, _ throws(ChatTemplateError) in try rest(value, .integer(2), is: 1) },
    "even": { value, _ throws(ChatTemplateError) in try rest(value, .integer(2), is: 0) },
    "divisibleby": { value, arguments throws(ChatTemplateError) in
      try rest(value, arguments.required(0, "num"), is: 0)
    },
    "sameas": { value, arguments throws(ChatTemplateError) in
      let other = try arguments.required(0, "other")
      return value.typeName == other.typeName && value.equals(other)
    },
    "lower": { value, _ throws(ChatTemplateError) in try isCased(value) { $0.isLowercase } },
    "upper": { value, _ throws(ChatTemplateError) in try isCased(value) { $0.isUppercase } },
    "escaped": { value, _ in if case .text(let text) = value { text.isMarkup } else { false } },
    "filter": { value, _ throws(ChatTemplateError) in
      JinjaFilters.all[try value.written.string] != nil
    },
    "test": { value, _ throws(ChatTemplateError) in isTest(try value.written.string) },
  ]

  private static func rest(
    _ value: JinjaValue, _ divisor: JinjaValue, is rest: Int
  ) throws(ChatTemplateError) -> Bool {
    try JinjaArithmetic.value(value, "%", divisor).equals(.integer(rest))
  }

  /// Whether a text has letters with case, all of one kind, as Python's `islower` asks.
  private static func isCased(
    _ value: JinjaValue, _ isRight: (Unicode.Scalar.Properties) -> Bool
  ) throws(ChatTemplateError) -> Bool {
    try value.written.isCased(isRight)
  }

  private static func isTest(_ name: String) -> Bool { all[name] != nil }
}
