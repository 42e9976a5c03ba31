/// Reads the tokens of a template into statements.
struct JinjaParser {
  private let tokens: [JinjaToken]
  private var place = 0
  /// How deep expressions and statements are nested.
  private var depth = 0
  /// How deep the template may be nested.
  private static let deepest = 128
  /// Operators, attributes and filters that one tag chains.
  private var links = 0
  /// Which of `caller`, `kwargs` and `varargs` the macro being read has named so far.
  private var special: Set<String> = []
  /// How many a tag may chain, so that walking an expression never exhausts the stack.
  private static let mostLinks = 500

  /// The statements of a template.
  static func parse(_ text: String) throws(ChatTemplateError) -> [JinjaStatement] {
    var parser = JinjaParser(tokens: try JinjaLexer.tokens(of: text))
    return JinjaScopes.resolved(try parser.body(until: []))
  }

  private init(tokens: [JinjaToken]) { self.tokens = tokens }

  // MARK: Tokens

  var current: JinjaToken { tokens[place] }
  var next: JinjaToken { tokens[min(place + 1, tokens.count - 1)] }
  var line: Int { current.line }

  mutating func advance() { place = min(place + 1, tokens.count - 1) }

  func fault(_ reason: String) -> ChatTemplateError {
    ChatTemplateError(.syntax, line: line, reason)
  }

  func unexpected(_ expected: String) -> ChatTemplateError {
    fault("\(current.description) stands where \(expected) must")
  }

  func isSymbol(_ symbol: String) -> Bool { current.kind == .symbol(symbol) }
  func isName(_ name: String) -> Bool { current.kind == .name(name) }

  /// Goes on behind a symbol if it stands here.
  mutating func skip(_ symbol: String) -> Bool {
    guard isSymbol(symbol) else { return false }
    advance()
    return true
  }

  mutating func skip(name: String) -> Bool {
    guard isName(name) else { return false }
    advance()
    return true
  }

  mutating func expect(_ symbol: String) throws(ChatTemplateError) {
    guard skip(symbol) else { throw unexpected("'\(symbol)'") }
  }

  mutating func expect(_ kind: JinjaToken.Kind) throws(ChatTemplateError) {
    guard current.kind == kind else {
      throw unexpected(JinjaToken(kind: kind, line: 0).description)
    }
    advance()
  }

  mutating func name() throws(ChatTemplateError) -> String {
    guard case .name(let name) = current.kind else { throw unexpected("a name") }
    advance()
    return name
  }

  /// Reads something nested, within the limit.
  mutating func nested<Value>(
    _ read: (inout JinjaParser) throws(ChatTemplateError) -> Value
  ) throws(ChatTemplateError) -> Value {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.deepest else {
      throw ChatTemplateError(
        .limit, line: line, "the template is nested deeper than \(Self.deepest) levels")
    }
    return try read(&self)
  }

  /// Counts an operator, attribute or filter that makes an expression deeper.
  mutating func link() throws(ChatTemplateError) {
    links += 1
    guard links <= Self.mostLinks else {
      throw ChatTemplateError(
        .limit, line: line, "a tag chains more than \(Self.mostLinks) operators")
    }
  }

  // MARK: Statements

  /// The statements up to a block of one of the names, whose `{% name` is read.
  mutating func body(until ends: [String]) throws(ChatTemplateError) -> [JinjaStatement] {
    var body: [JinjaStatement] = []
    while true {
      let line = line
      links = 0
      switch current.kind {
      case .data(let text):
        advance()
        body.append(JinjaStatement(line: line, kind: .text(MarkedText(text).units)))
      case .variableBegin:
        advance()
        let value = try tuple()
        try expect(.variableEnd)
        body.append(JinjaStatement(line: line, kind: .output(value)))
      case .blockBegin:
        advance()
        guard case .name(let name) = current.kind else { throw unexpected("a statement") }
        if ends.contains(name) { return body }
        body += try nested { parser throws(ChatTemplateError) in
          try parser.statement(name, line: line)
        }
      case .end:
        guard let end = ends.last else { return body }
        throw fault("'{% \(end) %}' is missing")
      default: throw unexpected("text or a tag")
      }
    }
  }

  /// A body, the block that ends it, and the end of that.
  private mutating func wholeBody(
    until end: String
  ) throws(ChatTemplateError) -> [JinjaStatement] {
    try expect(.blockEnd)
    let body = try body(until: [end])
    advance()
    try expect(.blockEnd)
    return body
  }

  private mutating func statement(
    _ name: String, line: Int
  ) throws(ChatTemplateError) -> [JinjaStatement] {
    advance()
    let kind: JinjaStatement.Kind
    switch name {
    case "if": kind = try choice()
    case "for": kind = try loop()
    case "set": kind = try assignment()
    case "with": kind = try with()
    case "macro": kind = .macro(try macro())
    case "call": kind = try callBlock()
    case "filter":
      let filter = try filters(of: nil, startsInline: true)
      kind = .filterBlock(filter, try wholeBody(until: "endfilter"))
    case "generation": kind = .generation(try wholeBody(until: "endgeneration"))
    case "break", "continue":
      try expect(.blockEnd)
      kind = name == "break" ? .breakLoop : .continueLoop
    case "print": return try printed(line: line)
    case "endfor", "endif", "endmacro", "endset", "endwith", "endcall", "endfilter",
      "endgeneration", "else", "elif":
      throw ChatTemplateError(.syntax, line: line, "'{% \(name) %}' ends nothing")
    default:
      throw ChatTemplateError(.syntax, line: line, "'{% \(name) %}' is no statement known here")
    }
    return [JinjaStatement(line: line, kind: kind)]
  }

  private mutating func printed(line: Int) throws(ChatTemplateError) -> [JinjaStatement] {
    var outputs: [JinjaStatement] = []
    while current.kind != .blockEnd {
      if !outputs.isEmpty { try expect(",") }
      outputs.append(JinjaStatement(line: line, kind: .output(try expression())))
    }
    advance()
    return outputs
  }

  private mutating func choice() throws(ChatTemplateError) -> JinjaStatement.Kind {
    var branches: [(test: JinjaExpression, body: [JinjaStatement])] = []
    while true {
      let test = try tuple(allowsConditional: false)
      try expect(.blockEnd)
      branches.append((test, try body(until: ["elif", "else", "endif"])))
      if skip(name: "elif") { continue }
      if skip(name: "else") {
        return .choice(branches, otherwise: try wholeBody(until: "endif"))
      }
      advance()
      try expect(.blockEnd)
      return .choice(branches, otherwise: [])
    }
  }

  private mutating func loop() throws(ChatTemplateError) -> JinjaStatement.Kind {
    let target = try self.target()
    guard skip(name: "in") else { throw unexpected("'in'") }
    let values = try tuple(allowsConditional: false, end: "recursive")
    let test = skip(name: "if") ? try expression() : nil
    let isRecursive = skip(name: "recursive")
    try expect(.blockEnd)
    let inner = try body(until: ["else", "endfor"])
    var otherwise: [JinjaStatement] = []
    if skip(name: "else") {
      otherwise = try wholeBody(until: "endfor")
    } else {
      advance()
      try expect(.blockEnd)
    }
    return .loop(
      JinjaLoopSyntax(
        target: target, values: values, test: test, isRecursive: isRecursive, body: inner,
        otherwise: otherwise))
  }

  private mutating func assignment() throws(ChatTemplateError) -> JinjaStatement.Kind {
    let target = try self.target(allowsAttribute: true)
    if skip("=") {
      let value = try tuple()
      try expect(.blockEnd)
      return .assign(target, value)
    }
    let filter = isSymbol("|") ? try filters(of: nil, startsInline: false) : nil
    return .assignBlock(target, filter: filter, try wholeBody(until: "endset"))
  }

  private mutating func with() throws(ChatTemplateError) -> JinjaStatement.Kind {
    var values: [(target: JinjaTarget, value: JinjaExpression)] = []
    while current.kind != .blockEnd {
      if !values.isEmpty { try expect(",") }
      let target = try self.target(isSingle: true)
      try expect("=")
      values.append((target, try expression()))
    }
    return .with(values, try wholeBody(until: "endwith"))
  }

  // MARK: Macros

  private mutating func macro() throws(ChatTemplateError) -> JinjaMacroSyntax {
    let name = try name()
    return try macro(name, parameters(), until: "endmacro")
  }

  private mutating func macro(
    _ name: String, _ parameters: [JinjaParameter], until end: String
  ) throws(ChatTemplateError) -> JinjaMacroSyntax {
    let outer = special
    special = []
    let body = try wholeBody(until: end)
    defer { special.formUnion(outer) }
    return JinjaMacroSyntax(name: name, parameters: parameters, body: body, special: special)
  }

  /// Notes that an expression reads a name.
  mutating func note(_ name: String) {
    if ["caller", "kwargs", "varargs"].contains(name) { special.insert(name) }
  }

  private mutating func parameters() throws(ChatTemplateError) -> [JinjaParameter] {
    try expect("(")
    var parameters: [JinjaParameter] = []
    while !isSymbol(")") {
      if !parameters.isEmpty { try expect(",") }
      if isSymbol(")") { break }
      let name = try name()
      parameters.append(
        JinjaParameter(name: name, fallback: skip("=") ? try expression() : nil))
    }
    advance()
    return parameters
  }

  private mutating func callBlock() throws(ChatTemplateError) -> JinjaStatement.Kind {
    let parameters = isSymbol("(") ? try parameters() : []
    let call = try expression()
    guard case .call(let callee, let arguments) = call.kind else {
      throw fault("'{% call %}' takes the call of a macro")
    }
    return .callBlock(try macro("caller", parameters, until: "endcall"), callee, arguments)
  }

  // MARK: Targets

  /// One or more names to assign to.
  private mutating func target(
    allowsAttribute: Bool = false, isSingle: Bool = false
  ) throws(ChatTemplateError) -> JinjaTarget {
    var targets = [try singleTarget(allowsAttribute)]
    var isTuple = false
    while !isSingle, skip(",") {
      isTuple = true
      if isName("in") || isSymbol("=") || current.kind == .blockEnd { break }
      targets.append(try singleTarget(allowsAttribute))
    }
    return isTuple ? .tuple(targets) : targets[0]
  }

  private mutating func singleTarget(
    _ allowsAttribute: Bool
  ) throws(ChatTemplateError) -> JinjaTarget {
    if skip("(") {
      let inner = try nested { parser throws(ChatTemplateError) in try parser.target() }
      try expect(")")
      return inner
    }
    let name = try name()
    guard !["true", "false", "none", "True", "False", "None"].contains(name) else {
      throw fault("nothing can be assigned to '\(name)'")
    }
    guard allowsAttribute, skip(".") else { return .name(name) }
    return .attribute(of: name, try self.name())
  }
}
