/// Finds names that stand for nothing because their scope assigns them later.
///
/// Jinja makes a variable of each name, scope by scope. A name that a scope assigns before it reads it, that no scope
/// around it names and that is not assigned in a branch alone is nothing up to the assignment, also for the loops and
/// macros inside the scope, whatever the conversation gives under that name. (jinja2's `idtracking.py`.)
struct JinjaScopes {
  /// Names that the scopes around this one read or assign.
  private let outer: Set<String>
  private var names: Set<String>
  private var assigned: Set<String>
  private var hidden: Set<String> = []

  private init(outer: Set<String>, parameters: Set<String> = []) {
    self.outer = outer
    names = parameters
    assigned = parameters
  }

  /// A template in which every scope begins by hiding such names.
  static func resolved(_ template: [JinjaStatement]) -> [JinjaStatement] {
    scope(template, outer: [])
  }

  // MARK: Names

  private mutating func read(_ name: String) {
    if !outer.contains(name) { names.insert(name) }
  }

  private mutating func assign(_ name: String) {
    assigned.insert(name)
    guard names.insert(name).inserted, !outer.contains(name) else { return }
    hidden.insert(name)
  }

  private mutating func assign(_ target: JinjaTarget) {
    switch target {
    case .name(let name): assign(name)
    case .attribute(let name, _): read(name)
    case .tuple(let targets): for target in targets { assign(target) }
    }
  }

  private mutating func read(_ expression: JinjaExpression?) {
    guard let expression else { return }
    if case .name(let name) = expression.kind { read(name) }
    for part in expression.parts { read(part) }
  }

  private mutating func read(_ call: JinjaCallSyntax) {
    for part in call.parts { read(part) }
  }

  // MARK: Statements

  /// Notes what statements read and assign in this scope itself.
  private mutating func visit(_ body: [JinjaStatement]) {
    for statement in body {
      switch statement.kind {
      case .output(let expression): read(expression)
      case .assign(let target, let value):
        read(value)
        assign(target)
      case .assignBlock(let target, _, _): assign(target)
      case .choice(let branches, let otherwise): visit(branches[...], otherwise)
      case .loop(let loop): read(loop.values)
      case .with(let values, _): for (_, value) in values { read(value) }
      case .macro(let macro): assign(macro.name)
      case .callBlock(_, let callee, let call):
        read(callee)
        read(call)
      case .filterBlock(let filter, _): read(filter)
      case .text, .generation, .breakLoop, .continueLoop, .hide: break
      }
    }
  }

  private mutating func visit(
    _ branches: ArraySlice<(test: JinjaExpression, body: [JinjaStatement])>,
    _ otherwise: [JinjaStatement]
  ) {
    guard let first = branches.first else { return visit(otherwise) }
    read(first.test)
    var (whenTrue, whenElif, whenFalse) = (self, self, self)
    whenTrue.visit(first.body)
    for branch in branches.dropFirst() {
      whenElif.visit([branch][...], [])
    }
    whenFalse.visit(otherwise)
    join([whenTrue, whenElif, whenFalse])
  }

  /// Goes on behind branches: what one of them assigns is what it was before.
  private mutating func join(_ branches: [JinjaScopes]) {
    let new = branches.reduce(into: Set<String>()) { $0.formUnion($1.assigned) }
      .subtracting(assigned)
    for branch in branches {
      names.formUnion(branch.names)
      assigned.formUnion(branch.assigned)
      hidden.formUnion(branch.hidden)
    }
    hidden.subtract(new)
  }

  // MARK: Scopes

  /// The statements of a scope, those of the scopes inside it resolved.
  private static func scope(
    _ body: [JinjaStatement], outer: Set<String>, parameters: Set<String> = []
  ) -> [JinjaStatement] {
    var scopes = JinjaScopes(outer: outer, parameters: parameters)
    scopes.visit(body)
    let inner = inside(body, outer.union(scopes.names))
    guard let first = body.first, !scopes.hidden.isEmpty else { return inner }
    return [JinjaStatement(line: first.line, kind: .hide(scopes.hidden.sorted()))] + inner
  }

  private static func inside(_ body: [JinjaStatement], _ names: Set<String>) -> [JinjaStatement] {
    body.map { statement in
      JinjaStatement(line: statement.line, kind: inside(statement.kind, names))
    }
  }

  private static func inside(
    _ kind: JinjaStatement.Kind, _ names: Set<String>
  ) -> JinjaStatement.Kind {
    switch kind {
    case .choice(let branches, let otherwise):
      return .choice(
        branches.map { ($0.test, inside($0.body, names)) }, otherwise: inside(otherwise, names))
    case .loop(let loop):
      return .loop(
        JinjaLoopSyntax(
          target: loop.target, values: loop.values, test: loop.test, isRecursive: loop.isRecursive,
          body: scope(loop.body, outer: names, parameters: loop.target.names.union(["loop"])),
          otherwise: scope(loop.otherwise, outer: names)))
    case .assignBlock(let target, let filter, let body):
      return .assignBlock(target, filter: filter, scope(body, outer: names))
    case .with(let values, let body):
      let own = values.reduce(into: Set<String>()) { $0.formUnion($1.target.names) }
      return .with(values, scope(body, outer: names, parameters: own))
    case .macro(let macro): return .macro(inside(macro, names))
    case .callBlock(let caller, let callee, let arguments):
      return .callBlock(inside(caller, names), callee, arguments)
    case .filterBlock(let filter, let body): return .filterBlock(filter, scope(body, outer: names))
    case .generation(let body): return .generation(scope(body, outer: names))
    case .text, .output, .assign, .breakLoop, .continueLoop, .hide: return kind
    }
  }

  private static func inside(_ macro: JinjaMacroSyntax, _ names: Set<String>) -> JinjaMacroSyntax {
    let own = Set(macro.parameters.map(\.name)).union(macro.special)
    return JinjaMacroSyntax(
      name: macro.name, parameters: macro.parameters,
      body: scope(macro.body, outer: names, parameters: own), special: macro.special)
  }
}

extension JinjaTarget {
  /// The names that are assigned.
  fileprivate var names: Set<String> {
    switch self {
    case .name(let name): [name]
    case .attribute: []
    case .tuple(let targets): targets.reduce(into: Set()) { $0.formUnion($1.names) }
    }
  }
}

extension JinjaCallSyntax {
  fileprivate var parts: [JinjaExpression] {
    positional + keyword.map(\.value) + [list, map].compactMap { $0 }
  }
}

extension JinjaExpression {
  /// The expressions that this one is made of.
  fileprivate var parts: [JinjaExpression] {
    switch kind {
    case .none, .bool, .integer, .float, .string, .name: []
    case .list(let parts), .tuple(let parts), .concatenation(let parts): parts
    case .dictionary(let entries): entries.flatMap { [$0.key, $0.value] }
    case .attribute(let value, _), .not(let value), .negative(let value), .positive(let value):
      [value]
    case .item(let value, let item): [value, item]
    case .slice(let start, let stop, let step): [start, stop, step].compactMap { $0 }
    case .call(let callee, let call): [callee] + call.parts
    case .filter(let value, _, let call): [value].compactMap { $0 } + call.parts
    case .test(let value, _, let call): [value] + call.parts
    case .and(let left, let right), .or(let left, let right), .arithmetic(_, let left, let right):
      [left, right]
    case .comparison(let first, let rest): [first] + rest.map(\.value)
    case .conditional(let test, let value, let otherwise):
      [test, value] + [otherwise].compactMap { $0 }
    }
  }
}
