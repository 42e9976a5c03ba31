/// An expression of a template and the line it stands on.
struct JinjaExpression: Sendable {
  let line: Int
  let kind: Kind

  indirect enum Kind: Sendable {
    case none
    case bool(Bool)
    case integer(Int)
    case float(Double)
    case string(String)
    case name(String)
    case list([JinjaExpression])
    case tuple([JinjaExpression])
    case dictionary([(key: JinjaExpression, value: JinjaExpression)])
    case attribute(JinjaExpression, String)
    case item(JinjaExpression, JinjaExpression)
    case slice(JinjaExpression?, JinjaExpression?, JinjaExpression?)
    case call(JinjaExpression, JinjaCallSyntax)
    /// The value is nil in a filter block, where it is the block's text.
    case filter(JinjaExpression?, String, JinjaCallSyntax)
    case test(JinjaExpression, String, JinjaCallSyntax)
    case not(JinjaExpression)
    case negative(JinjaExpression)
    case positive(JinjaExpression)
    case and(JinjaExpression, JinjaExpression)
    case or(JinjaExpression, JinjaExpression)
    case comparison(JinjaExpression, [(symbol: String, value: JinjaExpression)])
    case arithmetic(String, JinjaExpression, JinjaExpression)
    case concatenation([JinjaExpression])
    case conditional(test: JinjaExpression, JinjaExpression, otherwise: JinjaExpression?)
  }
}

/// The arguments of a call as they are written.
struct JinjaCallSyntax: Sendable {
  var positional: [JinjaExpression] = []
  var keyword: [(name: String, value: JinjaExpression)] = []
  var list: JinjaExpression?
  var map: JinjaExpression?
}

/// What a value is assigned to.
indirect enum JinjaTarget: Sendable {
  case name(String)
  case attribute(of: String, String)
  case tuple([JinjaTarget])
}

/// A name that a macro takes, and its default.
struct JinjaParameter: Sendable {
  let name: String
  let fallback: JinjaExpression?
}

/// A statement of a template and the line it stands on.
struct JinjaStatement: Sendable {
  let line: Int
  let kind: Kind

  indirect enum Kind: Sendable {
    case text([MarkedScalar])
    case output(JinjaExpression)
    case choice([(test: JinjaExpression, body: [JinjaStatement])], otherwise: [JinjaStatement])
    case loop(JinjaLoopSyntax)
    case assign(JinjaTarget, JinjaExpression)
    case assignBlock(JinjaTarget, filter: JinjaExpression?, [JinjaStatement])
    case with([(target: JinjaTarget, value: JinjaExpression)], [JinjaStatement])
    case macro(JinjaMacroSyntax)
    case callBlock(JinjaMacroSyntax, JinjaExpression, JinjaCallSyntax)
    case filterBlock(JinjaExpression, [JinjaStatement])
    /// What the assistant says, for masks of the loss.
    case generation([JinjaStatement])
    /// Names that are nothing up to where the scope assigns them.
    case hide([String])
    case breakLoop
    case continueLoop
  }
}

/// A `for` statement.
struct JinjaLoopSyntax: Sendable {
  let target: JinjaTarget
  let values: JinjaExpression
  let test: JinjaExpression?
  let isRecursive: Bool
  let body: [JinjaStatement]
  let otherwise: [JinjaStatement]
}

/// A macro, or the body of a `call` block.
struct JinjaMacroSyntax: Sendable {
  let name: String
  let parameters: [JinjaParameter]
  let body: [JinjaStatement]
  /// Which of `caller`, `kwargs` and `varargs` the body names, so that the macro takes them.
  let special: Set<String>
}
