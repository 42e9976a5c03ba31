extension JinjaInterpreter {
  /// How a body came to its end.
  enum Flow {
    case next
    case breakLoop
    case continueLoop
  }

  func run(_ body: [JinjaStatement]) throws(ChatTemplateError) -> Flow {
    for statement in body {
      let flow = try run(statement)
      if flow != .next { return flow }
    }
    return .next
  }

  private func run(_ statement: JinjaStatement) throws(ChatTemplateError) -> Flow {
    try step(statement.line)
    switch statement.kind {
    case .text(let units): try write(units)
    case .output(let expression): try write(evaluate(expression).written.units)
    case .choice(let branches, let otherwise): return try choose(branches, otherwise)
    case .loop(let loop): try run(loop, depth0: 0)
    case .assign(let target, let value): try assign(evaluate(value), to: target)
    case .assignBlock(let target, let filter, let body): try assign(target, filter, body)
    case .with(let values, let body): return try with(values, body)
    case .macro(let syntax): scope.variables[syntax.name] = .function(macro(syntax))
    case .callBlock(let caller, let callee, let arguments): try call(caller, callee, arguments)
    case .filterBlock(let filter, let body):
      let text = try captured { () throws(ChatTemplateError) in
        _ = try scoped { () throws(ChatTemplateError) in try run(body) }
      }
      try write(apply(filter, to: .text(text)).written.units)
    case .generation(let body): try generate(body)
    case .hide(let names):
      for name in names { scope.variables[name] = .undefined("'\(name)' is undefined") }
    case .breakLoop: return .breakLoop
    case .continueLoop: return .continueLoop
    }
    return .next
  }

  private func choose(
    _ branches: [(test: JinjaExpression, body: [JinjaStatement])], _ otherwise: [JinjaStatement]
  ) throws(ChatTemplateError) -> Flow {
    for (test, body) in branches where try evaluate(test).isTrue { return try run(body) }
    return try run(otherwise)
  }

  private func generate(_ body: [JinjaStatement]) throws(ChatTemplateError) {
    let outer = isGenerating
    isGenerating = true
    defer { isGenerating = outer }
    _ = try scoped { () throws(ChatTemplateError) in try run(body) }
  }

  private func with(
    _ values: [(target: JinjaTarget, value: JinjaExpression)], _ body: [JinjaStatement]
  ) throws(ChatTemplateError) -> Flow {
    var evaluated: [JinjaValue] = []
    for (_, value) in values { evaluated.append(try evaluate(value)) }
    return try scoped { () throws(ChatTemplateError) in
      for (place, value) in evaluated.enumerated() { try assign(value, to: values[place].target) }
      return try run(body)
    }
  }

  // MARK: Loops

  private func run(_ loop: JinjaLoopSyntax, depth0: Int) throws(ChatTemplateError) {
    try run(loop, over: evaluate(loop.values), depth0: depth0)
  }

  private func run(
    _ syntax: JinjaLoopSyntax, over values: JinjaValue, depth0: Int
  ) throws(ChatTemplateError) {
    var recurse: JinjaLoop.Recurse?
    if syntax.isRecursive {
      let home = scope
      recurse = { [unowned self] (inner) throws(ChatTemplateError) in
        .text(
          try captured { () throws(ChatTemplateError) in
            try scoped(in: home) { () throws(ChatTemplateError) in
              try run(syntax, over: inner, depth0: depth0 + 1)
            }
          })
      }
    }
    let all = try values.generator()
    let isCounted = if case .generator = values { false } else { syntax.test == nil }
    let loop = JinjaLoop(
      chosen(all, syntax), count: isCounted ? try values.length() : nil, depth0: depth0,
      recurse: recurse)
    // As Jinja has it, `else` is for a loop of which no round came to its end.
    var isDone = false
    while let value = try loop.next() {
      let flow = try scoped { () throws(ChatTemplateError) in
        scope.variables["loop"] = .loop(loop)
        try assign(value, to: syntax.target)
        return try run(syntax.body)
      }
      if flow == .next { isDone = true }
      if flow == .breakLoop { break }
    }
    if isDone { return }
    _ = try scoped { () throws(ChatTemplateError) in try run(syntax.otherwise) }
  }

  /// The values that the loop's own `if` lets through, which is asked for each when its turn comes.
  private func chosen(
    _ values: JinjaGenerator, _ syntax: JinjaLoopSyntax
  ) -> JinjaGenerator {
    guard let test = syntax.test else { return values }
    let home = scope
    return JinjaGenerator { [unowned self] () throws(ChatTemplateError) in
      while let value = try values.next() {
        let isIn = try scoped(in: home) { () throws(ChatTemplateError) in
          try assign(value, to: syntax.target)
          return try evaluate(test).isTrue
        }
        if isIn { return value }
      }
      return nil
    }
  }

  // MARK: Assignments

  private func assign(
    _ target: JinjaTarget, _ filter: JinjaExpression?, _ body: [JinjaStatement]
  ) throws(ChatTemplateError) {
    let text = try captured { () throws(ChatTemplateError) in
      _ = try scoped { () throws(ChatTemplateError) in try run(body) }
    }
    let value = JinjaValue.text(text)
    try assign(
      filter.map { (filter) throws(ChatTemplateError) in
        try apply(filter, to: value)
      } ?? value, to: target)
  }

  func assign(_ value: JinjaValue, to target: JinjaTarget) throws(ChatTemplateError) {
    switch target {
    case .name(let name): scope.variables[name] = value
    case .attribute(let name, let attribute):
      guard case .namespace(let namespace) = self.value(of: name) else {
        throw .value("'\(name)' is no namespace, so that its attributes cannot be set")
      }
      try namespace.set(attribute, value)
    case .tuple(let targets):
      let values = try value.iterated()
      guard values.count == targets.count else {
        throw .value("\(values.count) values are assigned to \(targets.count) names")
      }
      for (target, value) in zip(targets, values) { try assign(value, to: target) }
    }
  }

  // MARK: Macros

  /// A macro as a function; it sees the names of where it is defined.
  private func macro(_ syntax: JinjaMacroSyntax) -> JinjaFunction {
    let home = home()
    let function = JinjaFunction(syntax.name) {
      (interpreter, arguments) throws(ChatTemplateError) in
      .text(
        try interpreter.captured { () throws(ChatTemplateError) in
          _ = try interpreter.scoped(in: home) { () throws(ChatTemplateError) in
            try interpreter.bind(arguments, to: syntax)
            return try interpreter.run(syntax.body)
          }
        })
    }
    function.isMacro = true
    return function
  }

  private func bind(
    _ arguments: JinjaArguments, to syntax: JinjaMacroSyntax
  ) throws(ChatTemplateError) {
    let count = syntax.parameters.count
    var keyword = arguments.keyword
    for (place, parameter) in syntax.parameters.enumerated() {
      if place < arguments.positional.count {
        scope.variables[parameter.name] = arguments.positional[place]
      } else if let named = keyword.lastIndex(where: { $0.name == parameter.name }) {
        scope.variables[parameter.name] = keyword.remove(at: named).value
      } else {
        scope.variables[parameter.name] =
          try parameter.fallback.map { (fallback) throws(ChatTemplateError) in
            try evaluate(fallback)
          } ?? .undefined("parameter '\(parameter.name)' was not provided")
      }
    }
    try bindRest(keyword, Array(arguments.positional.dropFirst(count)), of: syntax)
  }

  /// Binds what no parameter takes to `caller`, `kwargs` and `varargs` where the macro names them,
  /// and refuses it where it does not.
  private func bindRest(
    _ named: [(name: String, value: JinjaValue)], _ unnamed: [JinjaValue],
    of syntax: JinjaMacroSyntax
  ) throws(ChatTemplateError) {
    var named = named
    let hasOwnCaller = syntax.parameters.contains { $0.name == "caller" }
    if syntax.special.contains("caller"), !hasOwnCaller {
      let place = named.firstIndex { $0.name == "caller" }
      scope.variables["caller"] =
        place.map { named.remove(at: $0).value } ?? .undefined("nothing calls the macro")
    }
    if syntax.special.contains("kwargs") {
      var rest = JinjaDictionary()
      for (name, value) in named { try rest.set(.text(name), value) }
      scope.variables["kwargs"] = .dictionary(rest)
    } else if let first = named.first {
      throw .value("the macro '\(syntax.name)' takes no argument '\(first.name)'")
    }
    if syntax.special.contains("varargs") {
      scope.variables["varargs"] = .tuple(unnamed)
    } else if !unnamed.isEmpty {
      throw .value(
        "the macro '\(syntax.name)' takes at most \(syntax.parameters.count) arguments")
    }
  }

  private func call(
    _ caller: JinjaMacroSyntax, _ callee: JinjaExpression, _ syntax: JinjaCallSyntax
  ) throws(ChatTemplateError) {
    let function = try evaluate(callee)
    var arguments = try evaluate(syntax)
    arguments.keyword.append(("caller", .function(macro(caller))))
    try write(call(function, arguments).written.units)
  }
}
