/// Expressions, from what binds least to what binds most.
extension JinjaParser {
  /// An expression, or several with commas between them.
  mutating func tuple(
    allowsConditional: Bool = true, end: String? = nil, isInParentheses: Bool = false
  ) throws(ChatTemplateError) -> JinjaExpression {
    let line = line
    var elements: [JinjaExpression] = []
    var isTuple = false
    while true {
      if !elements.isEmpty {
        guard skip(",") else { break }
        isTuple = true
      }
      if endsTuple(end) { break }
      elements.append(allowsConditional ? try expression() : try disjunction())
      if !isSymbol(",") { break }
    }
    if isTuple || (elements.isEmpty && isInParentheses) {
      return JinjaExpression(line: line, kind: .tuple(elements))
    }
    guard let only = elements.first else { throw unexpected("an expression") }
    return only
  }

  private func endsTuple(_ end: String?) -> Bool {
    switch current.kind {
    case .variableEnd, .blockEnd, .symbol(")"), .end: true
    case .name(let name): name == end
    default: false
    }
  }

  /// One expression, with `a if b else c`.
  mutating func expression() throws(ChatTemplateError) -> JinjaExpression {
    try nested { parser throws(ChatTemplateError) in try parser.conditional() }
  }

  private mutating func conditional() throws(ChatTemplateError) -> JinjaExpression {
    let line = line
    var value = try disjunction()
    while skip(name: "if") {
      try link()
      let test = try disjunction()
      let otherwise = skip(name: "else") ? try expression() : nil
      value = JinjaExpression(
        line: line, kind: .conditional(test: test, value, otherwise: otherwise))
    }
    return value
  }

  private mutating func disjunction() throws(ChatTemplateError) -> JinjaExpression {
    let line = line
    var left = try conjunction()
    while skip(name: "or") {
      try link()
      left = JinjaExpression(line: line, kind: .or(left, try conjunction()))
    }
    return left
  }

  private mutating func conjunction() throws(ChatTemplateError) -> JinjaExpression {
    let line = line
    var left = try negation()
    while skip(name: "and") {
      try link()
      left = JinjaExpression(line: line, kind: .and(left, try negation()))
    }
    return left
  }

  private mutating func negation() throws(ChatTemplateError) -> JinjaExpression {
    let line = line
    guard skip(name: "not") else { return try comparison() }
    return try nested { parser throws(ChatTemplateError) in
      JinjaExpression(line: line, kind: .not(try parser.negation()))
    }
  }

  private mutating func comparison() throws(ChatTemplateError) -> JinjaExpression {
    let line = line
    let first = try sum()
    var rest: [(symbol: String, value: JinjaExpression)] = []
    while let comparison = comparisonOperator() { rest.append((comparison, try sum())) }
    return rest.isEmpty ? first : JinjaExpression(line: line, kind: .comparison(first, rest))
  }

  private mutating func comparisonOperator() -> String? {
    switch current.kind {
    case .symbol(let symbol) where ["==", "!=", "<", "<=", ">", ">="].contains(symbol):
      advance()
      return symbol
    case .name("in"):
      advance()
      return "in"
    case .name("not") where next.kind == .name("in"):
      advance()
      advance()
      return "not in"
    default: return nil
    }
  }

  private mutating func arithmetic(
    _ operators: [String],
    _ operand: (inout JinjaParser) throws(ChatTemplateError) -> JinjaExpression
  ) throws(ChatTemplateError) -> JinjaExpression {
    let line = line
    var left = try operand(&self)
    while case .symbol(let symbol) = current.kind, operators.contains(symbol) {
      advance()
      try link()
      left = JinjaExpression(line: line, kind: .arithmetic(symbol, left, try operand(&self)))
    }
    return left
  }

  private mutating func sum() throws(ChatTemplateError) -> JinjaExpression {
    try arithmetic(["+", "-"]) { parser throws(ChatTemplateError) in try parser.concatenation() }
  }

  private mutating func concatenation() throws(ChatTemplateError) -> JinjaExpression {
    let line = line
    var parts = [try product()]
    while skip("~") { parts.append(try product()) }
    return parts.count == 1 ? parts[0] : JinjaExpression(line: line, kind: .concatenation(parts))
  }

  private mutating func product() throws(ChatTemplateError) -> JinjaExpression {
    try arithmetic(["*", "/", "//", "%"]) { parser throws(ChatTemplateError) in
      try parser.arithmetic(["**"]) { parser throws(ChatTemplateError) in try parser.unary() }
    }
  }

  /// A sign, a value, and what follows it: attributes, items, calls, filters and tests.
  private mutating func unary(takesFilters: Bool = true) throws(ChatTemplateError)
    -> JinjaExpression
  {
    let line = line
    var value: JinjaExpression
    if isSymbol("-") || isSymbol("+") {
      let isNegative = skip("-") || !skip("+")
      let inner = try nested { parser throws(ChatTemplateError) in
        try parser.unary(takesFilters: false)
      }
      value = JinjaExpression(line: line, kind: isNegative ? .negative(inner) : .positive(inner))
    } else {
      value = try primary()
    }
    value = try postfixes(of: value)
    return takesFilters ? try filtersAndTests(of: value) : value
  }

  private mutating func filtersAndTests(
    of value: JinjaExpression
  ) throws(ChatTemplateError) -> JinjaExpression {
    var value = value
    while true {
      if isSymbol("|") {
        value = try filters(of: value, startsInline: false)
      } else if isName("is") {
        value = try test(of: value)
      } else if isSymbol("(") {
        value = JinjaExpression(line: line, kind: .call(value, try arguments()))
      } else {
        return value
      }
      try link()
    }
  }
}

// MARK: - Values

extension JinjaParser {
  private mutating func primary() throws(ChatTemplateError) -> JinjaExpression {
    let line = line
    func made(_ kind: JinjaExpression.Kind) -> JinjaExpression {
      JinjaExpression(line: line, kind: kind)
    }
    switch current.kind {
    case .name(let name):
      advance()
      note(name)
      return made(Self.constants[name] ?? .name(name))
    case .string(let first):
      advance()
      var text = first
      while case .string(let more) = current.kind {
        text += more
        advance()
      }
      return made(.string(text))
    case .integer(let value):
      advance()
      return made(.integer(value))
    case .float(let value):
      advance()
      return made(.float(value))
    case .symbol("("):
      advance()
      let inner = try nested { parser throws(ChatTemplateError) in
        try parser.tuple(isInParentheses: true)
      }
      try expect(")")
      return inner
    case .symbol("["): return made(.list(try list()))
    case .symbol("{"): return made(.dictionary(try dictionary()))
    default: throw unexpected("an expression")
    }
  }

  private static let constants: [String: JinjaExpression.Kind] = [
    "true": .bool(true), "True": .bool(true), "false": .bool(false), "False": .bool(false),
    "none": .none, "None": .none,
  ]

  private mutating func list() throws(ChatTemplateError) -> [JinjaExpression] {
    advance()
    var elements: [JinjaExpression] = []
    while !isSymbol("]") {
      if !elements.isEmpty { try expect(",") }
      if isSymbol("]") { break }
      elements.append(try expression())
    }
    advance()
    return elements
  }

  private mutating func dictionary() throws(ChatTemplateError)
    -> [(key: JinjaExpression, value: JinjaExpression)]
  {
    advance()
    var entries: [(key: JinjaExpression, value: JinjaExpression)] = []
    while !isSymbol("}") {
      if !entries.isEmpty { try expect(",") }
      if isSymbol("}") { break }
      let key = try expression()
      try expect(":")
      entries.append((key, try expression()))
    }
    advance()
    return entries
  }

  private mutating func postfixes(
    of value: JinjaExpression
  ) throws(ChatTemplateError) -> JinjaExpression {
    var value = value
    while true {
      let line = line
      if skip(".") {
        value = JinjaExpression(line: line, kind: try attribute(of: value, line))
      } else if isSymbol("[") {
        advance()
        let item = try subscripted()
        try expect("]")
        value = JinjaExpression(line: line, kind: .item(value, item))
      } else if isSymbol("(") {
        value = JinjaExpression(line: line, kind: .call(value, try arguments()))
      } else {
        return value
      }
      try link()
    }
  }

  private mutating func attribute(
    of value: JinjaExpression, _ line: Int
  ) throws(ChatTemplateError) -> JinjaExpression.Kind {
    if case .integer(let index) = current.kind {
      advance()
      return .item(value, JinjaExpression(line: line, kind: .integer(index)))
    }
    return .attribute(value, try name())
  }

  /// What stands in `[…]`: an expression or a slice.
  private mutating func subscripted() throws(ChatTemplateError) -> JinjaExpression {
    let line = line
    var bounds: [JinjaExpression?] = []
    if isSymbol(":") {
      bounds.append(nil)
    } else {
      let first = try expression()
      guard isSymbol(":") else { return first }
      bounds.append(first)
    }
    while skip(":") {
      guard bounds.count < 3 else { throw fault("a slice has three parts at most") }
      bounds.append(isSymbol(":") || isSymbol("]") ? nil : try expression())
    }
    bounds += [nil, nil]
    return JinjaExpression(line: line, kind: .slice(bounds[0], bounds[1], bounds[2]))
  }
}

// MARK: - Calls, filters, tests

extension JinjaParser {
  private mutating func arguments() throws(ChatTemplateError) -> JinjaCallSyntax {
    try expect("(")
    var call = JinjaCallSyntax()
    var isFirst = true
    while !isSymbol(")") {
      if !isFirst { try expect(",") }
      if isSymbol(")") { break }
      isFirst = false
      try argument(into: &call)
    }
    advance()
    return call
  }

  private mutating func argument(into call: inout JinjaCallSyntax) throws(ChatTemplateError) {
    if skip("*") {
      call.list = try expression()
    } else if skip("**") {
      call.map = try expression()
    } else if case .name(let name) = current.kind, next.kind == .symbol("=") {
      advance()
      advance()
      call.keyword.append((name, try expression()))
    } else {
      guard call.keyword.isEmpty else {
        throw fault("an argument without a name follows a named one")
      }
      call.positional.append(try expression())
    }
  }

  /// Filters behind a value; `startsInline` where the first has no `|`.
  mutating func filters(
    of value: JinjaExpression?, startsInline: Bool
  ) throws(ChatTemplateError) -> JinjaExpression {
    var value = value
    var startsInline = startsInline
    while startsInline || isSymbol("|") {
      if !startsInline { advance() }
      try link()
      startsInline = false
      let line = line
      let name = try dottedName()
      let call = isSymbol("(") ? try arguments() : JinjaCallSyntax()
      value = JinjaExpression(line: line, kind: .filter(value, name, call))
    }
    guard let value else { throw unexpected("a filter") }
    return value
  }

  private mutating func dottedName() throws(ChatTemplateError) -> String {
    var name = try name()
    while skip(".") { name += ".\(try self.name())" }
    return name
  }

  private mutating func test(
    of value: JinjaExpression
  ) throws(ChatTemplateError) -> JinjaExpression {
    let line = line
    advance()
    let isNegated = skip(name: "not")
    let name = try dottedName()
    var call = JinjaCallSyntax()
    if isSymbol("(") {
      call = try arguments()
    } else if beginsTestArgument {
      guard !isName("is") else { throw fault("tests cannot be chained with 'is'") }
      let argument = try primary()
      call.positional = [try postfixes(of: argument)]
    }
    let test = JinjaExpression(line: line, kind: .test(value, name, call))
    return isNegated ? JinjaExpression(line: line, kind: .not(test)) : test
  }

  private var beginsTestArgument: Bool {
    switch current.kind {
    case .name(let name): !["else", "or", "and"].contains(name)
    case .string, .integer, .float, .symbol("["), .symbol("{"): true
    default: false
    }
  }
}
