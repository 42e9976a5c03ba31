/// Carries out the statements of a template for one conversation.
///
/// Steps, depth and output are bounded, so that no template runs on for ever.
final class JinjaInterpreter {
  /// Statements and expressions that a rendering may take.
  private static let mostSteps = 2_000_000
  /// Characters that a rendering may write, those in macros counted each time.
  private static let mostCharacters = 100_000_000
  /// How deep macros and loops may call one another.
  static let deepest = 100

  /// The line that is being carried out.
  private(set) var line = 0
  private var steps = 0
  private var characters = 0
  private var depth = 0
  private(set) var output: [MarkedScalar] = []
  var isGenerating = false
  private(set) var scope: JinjaScope
  /// Scopes that macros see, and which hold them.
  private var homes: [JinjaScope] = []
  let globals: [String: JinjaValue]

  init(variables: [String: JinjaValue], clock: ChatClock) {
    globals = JinjaGlobals.functions(clock)
    scope = JinjaScope(parent: nil)
    scope.variables = variables
  }

  /// What the statements write.
  func render(_ body: [JinjaStatement]) throws(ChatTemplateError) -> [MarkedScalar] {
    // Values hold the scopes and the interpreter that hold them, which would never be given back.
    defer {
      for scope in homes { scope.variables = [:] }
      homes = []
      scope.variables = [:]
    }
    do throws(ChatTemplateError) { _ = try run(body) } catch {
      var error = error
      if error.line == 0 { error.line = line }
      throw error
    }
    return output
  }

  /// The scope that a macro sees, which is emptied at the end.
  func home() -> JinjaScope {
    if homes.last !== scope { homes.append(scope) }
    return scope
  }

  /// Counts work and notes the line.
  func step(_ line: Int) throws(ChatTemplateError) {
    self.line = line
    steps += 1
    if steps > Self.mostSteps {
      throw ChatTemplateError(.limit, "the template does not come to an end")
    }
  }

  /// Counts characters that are written.
  func count(_ written: Int) throws(ChatTemplateError) {
    characters += written
    if characters > Self.mostCharacters {
      throw ChatTemplateError(
        .limit, "the template writes more than \(Self.mostCharacters) characters")
    }
  }

  func write(_ units: [MarkedScalar]) throws(ChatTemplateError) {
    try count(units.count)
    guard isGenerating else { return output += units }
    output += units.lazy.map { unit in
      var unit = unit
      unit.isGenerated = true
      return unit
    }
  }

  /// What a piece of work writes, kept apart.
  func captured(
    _ work: () throws(ChatTemplateError) -> Void
  ) throws(ChatTemplateError) -> MarkedText {
    let outer = output
    output = []
    defer { output = outer }
    try work()
    return MarkedText(output)
  }

  /// Does a piece of work with names of its own.
  func scoped<Value>(
    in parent: JinjaScope? = nil, _ work: () throws(ChatTemplateError) -> Value
  ) throws(ChatTemplateError) -> Value {
    let outer = scope
    depth += 1
    defer {
      scope = outer
      depth -= 1
    }
    guard depth <= Self.deepest else {
      throw ChatTemplateError(.limit, "the template calls itself more than \(Self.deepest) times")
    }
    scope = JinjaScope(parent: parent ?? outer)
    return try work()
  }

  /// The value of a name.
  func value(of name: String) -> JinjaValue {
    scope.value(of: name) ?? globals[name] ?? .undefined("'\(name)' is undefined")
  }
}

/// Names and their values, inside of those of an outer scope.
final class JinjaScope {
  var variables: [String: JinjaValue] = [:]
  let parent: JinjaScope?

  init(parent: JinjaScope?) { self.parent = parent }

  func value(of name: String) -> JinjaValue? {
    var scope: JinjaScope? = self
    while let current = scope {
      if let value = current.variables[name] { return value }
      scope = current.parent
    }
    return nil
  }
}
