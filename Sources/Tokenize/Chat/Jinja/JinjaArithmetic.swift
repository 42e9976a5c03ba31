/// Operators between two values.
enum JinjaArithmetic {
  /// The longest text or list that an operator makes.
  private static let longest = 10_000_000

  static func value(
    _ left: JinjaValue, _ symbol: String, _ right: JinjaValue
  ) throws(ChatTemplateError) -> JinjaValue {
    if case .undefined = left { throw left.missing }
    if symbol == "%", case .text(let format) = left {
      return .text(try PythonFormat.percent(format, right))
    }
    if case .undefined = right { throw right.missing }
    for case .large in [left, right] { throw .value("a number is out of range") }
    if let left = left.integer, let right = right.integer {
      return try integer(left, symbol, right)
    }
    if let left = left.number, let right = right.number { return try float(left, symbol, right) }
    switch (symbol, left, right) {
    case ("+", .text(let left), .text(let right)): return .text(left.joined(with: right))
    case ("+", .list(let left), .list(let right)): return .list(left + right)
    case ("+", .tuple(let left), .tuple(let right)): return .tuple(left + right)
    case ("*", _, _):
      if let count = right.integer { return try repeated(left, count) }
      if let count = left.integer { return try repeated(right, count) }
    default: break
    }
    throw .value("'\(symbol)' cannot join \(left.typeName) and \(right.typeName)")
  }

  private static func repeated(
    _ value: JinjaValue, _ count: Int
  ) throws(ChatTemplateError) -> JinjaValue {
    let count = max(0, count)
    func checked<Element>(_ elements: [Element]) throws(ChatTemplateError) -> [Element] {
      let (length, overflow) = elements.count.multipliedReportingOverflow(by: count)
      guard !overflow, length <= longest else {
        throw ChatTemplateError(.limit, "'*' makes something too long")
      }
      return Array(repeatElement(elements, count: count).joined())
    }
    switch value {
    case .text(let text):
      var result = MarkedText(try checked(text.units))
      result.isMarkup = text.isMarkup
      return .text(result)
    case .list(let values): return .list(try checked(values))
    case .tuple(let values): return .tuple(try checked(values))
    default: throw .value("'*' cannot repeat \(value.typeName)")
    }
  }

  private static func integer(
    _ left: Int, _ symbol: String, _ right: Int
  ) throws(ChatTemplateError) -> JinjaValue {
    if ["/", "//", "%"].contains(symbol), right == 0 { throw .value("a number is divided by 0") }
    let result: (partialValue: Int, overflow: Bool)
    switch symbol {
    case "+": result = left.addingReportingOverflow(right)
    case "-": result = left.subtractingReportingOverflow(right)
    case "*": result = left.multipliedReportingOverflow(by: right)
    case "/": return .float(Double(left) / Double(right))
    case "//" where right == -1: result = (0).subtractingReportingOverflow(left)
    case "//": result = (PythonNumbers.floorDivide(left, right), false)
    case "%" where right == -1: result = (0, false)
    case "%": result = (PythonNumbers.remainder(left, right), false)
    default: return try power(left, right)
    }
    guard !result.overflow else { throw .value("a number is out of range") }
    return .integer(result.partialValue)
  }

  private static func power(_ base: Int, _ exponent: Int) throws(ChatTemplateError) -> JinjaValue {
    guard exponent >= 0 else { return try power(Double(base), Double(exponent)) }
    var result = 1
    for _ in 0..<min(exponent, 128) {
      let (value, overflow) = result.multipliedReportingOverflow(by: base)
      guard !overflow else { throw .value("a number is out of range") }
      result = value
    }
    // Beyond 128 factors only 0, 1 and -1 are still in range.
    return .integer(base == -1 && exponent > 128 && exponent % 2 == 1 ? -1 : result)
  }

  private static func float(
    _ left: Double, _ symbol: String, _ right: Double
  ) throws(ChatTemplateError) -> JinjaValue {
    if ["/", "//", "%"].contains(symbol), right == 0 { throw .value("a number is divided by 0") }
    switch symbol {
    case "+": return .float(left + right)
    case "-": return .float(left - right)
    case "*": return .float(left * right)
    case "/": return .float(left / right)
    case "//": return .float(PythonNumbers.divided(left, right).floor)
    case "%": return .float(PythonNumbers.divided(left, right).rest)
    default: return try power(left, right)
    }
  }

  private static func power(
    _ base: Double, _ exponent: Double
  ) throws(ChatTemplateError) -> JinjaValue {
    if base == 0, exponent < 0 { throw .value("0 is raised to a negative power") }
    let result = JinjaMathematics.power(base, exponent)
    guard result.isFinite || !base.isFinite || !exponent.isFinite else {
      throw .value(
        result.isNaN ? "a power is a complex number" : "a number is out of range")
    }
    return .float(result)
  }

  /// `-value`, or `+value`.
  static func signed(
    _ value: JinjaValue, isNegative: Bool
  ) throws(ChatTemplateError) -> JinjaValue {
    if let integer = value.integer {
      guard isNegative else { return .integer(integer) }
      guard integer != .min else { throw .value("a number is out of range") }
      return .integer(-integer)
    }
    guard case .float(let number) = value else {
      throw value.isUndefined
        ? value.missing : .value("\(value.typeName) takes no \(isNegative ? "minus" : "plus")")
    }
    return .float(isNegative ? -number : number)
  }

  /// Whether a comparison holds.
  static func holds(
    _ left: JinjaValue, _ symbol: String, _ right: JinjaValue
  ) throws(ChatTemplateError) -> Bool {
    switch symbol {
    case "==": return left.equals(right)
    case "!=": return !left.equals(right)
    case "<": return try left.isLess(than: right)
    case ">": return try right.isLess(than: left)
    case "<=":
      let isLess = try left.isLess(than: right)
      return isLess || left.equals(right)
    case ">=":
      let isLess = try right.isLess(than: left)
      return isLess || left.equals(right)
    case "in": return try right.contains(left)
    default: return !(try right.contains(left))
    }
  }
}
