extension JinjaInterpreter {
  func evaluate(_ expression: JinjaExpression) throws(ChatTemplateError) -> JinjaValue {
    try step(expression.line)
    switch expression.kind {
    case .none: return .none
    case .bool(let value): return .bool(value)
    case .integer(let value): return .integer(value)
    case .float(let value): return .float(value)
    case .string(let text): return .text(text)
    case .name(let name): return value(of: name)
    case .list(let elements): return .list(try evaluate(elements))
    case .tuple(let elements): return .tuple(try evaluate(elements))
    case .dictionary(let entries): return try dictionary(entries)
    case .attribute(let value, let name): return try attribute(name, of: evaluate(value))
    case .item(let value, let item): return try self.item(item, of: evaluate(value))
    case .slice: throw .value("a slice stands alone")
    case .call(let callee, let arguments):
      return try call(evaluate(callee), evaluate(arguments), at: expression.line)
    case .filter(let value, let name, let arguments):
      guard let value else { throw .value("the filter '\(name)' has nothing to work on") }
      return try filter(name, evaluate(value), evaluate(arguments))
    case .test(let value, let name, let arguments):
      return .bool(try test(name, evaluate(value), evaluate(arguments)))
    case .not(let value): return .bool(!(try evaluate(value).isTrue))
    case .negative(let value): return try JinjaArithmetic.signed(evaluate(value), isNegative: true)
    case .positive(let value): return try JinjaArithmetic.signed(evaluate(value), isNegative: false)
    case .and(let left, let right):
      let value = try evaluate(left)
      return try value.isTrue ? evaluate(right) : value
    case .or(let left, let right):
      let value = try evaluate(left)
      return try value.isTrue ? value : evaluate(right)
    case .comparison(let first, let rest): return try compare(first, rest)
    case .arithmetic(let symbol, let left, let right):
      return try JinjaArithmetic.value(evaluate(left), symbol, evaluate(right))
    case .concatenation(let parts):
      var units: [MarkedScalar] = []
      for part in parts { units += try evaluate(part).written.units }
      try count(units.count)
      return .text(MarkedText(units))
    case .conditional(let test, let value, let otherwise):
      if try evaluate(test).isTrue { return try evaluate(value) }
      guard let otherwise else {
        return .undefined("an inline 'if' has no 'else' and its test is false")
      }
      return try evaluate(otherwise)
    }
  }

  private func evaluate(
    _ expressions: [JinjaExpression]
  ) throws(ChatTemplateError) -> [JinjaValue] {
    var values: [JinjaValue] = []
    for expression in expressions { values.append(try evaluate(expression)) }
    return values
  }

  private func dictionary(
    _ entries: [(key: JinjaExpression, value: JinjaExpression)]
  ) throws(ChatTemplateError) -> JinjaValue {
    var dictionary = JinjaDictionary()
    for (key, value) in entries { try dictionary.set(evaluate(key), evaluate(value)) }
    return .dictionary(dictionary)
  }

  private func compare(
    _ first: JinjaExpression, _ rest: [(symbol: String, value: JinjaExpression)]
  ) throws(ChatTemplateError) -> JinjaValue {
    var left = try evaluate(first)
    for (symbol, expression) in rest {
      let right = try evaluate(expression)
      guard try JinjaArithmetic.holds(left, symbol, right) else { return .bool(false) }
      left = right
    }
    return .bool(true)
  }

  // MARK: Attributes and items

  /// `value.name`: what the value itself has, then the member of a dictionary.
  func attribute(_ name: String, of value: JinjaValue) throws(ChatTemplateError) -> JinjaValue {
    if let own = try ownAttribute(name, of: value) { return own }
    if case .dictionary(let dictionary) = value, let member = dictionary[name] { return member }
    return .undefined("\(value.typeName) has no attribute '\(name)'")
  }

  private func ownAttribute(
    _ name: String, of value: JinjaValue
  ) throws(ChatTemplateError) -> JinjaValue? {
    switch value {
    case .undefined: throw value.missing
    case .namespace(let namespace): return namespace[name]
    case .loop(let loop): return try loop.attribute(name)
    case .tuple(let pair) where pair.count == 2 && (name == "grouper" || name == "list"):
      // What `groupby` makes are pairs whose parts have names.
      return pair[name == "grouper" ? 0 : 1]
    case .function(let function) where function.isMacro && name == "name":
      return .text(function.name)
    default: return JinjaMethods.method(name, of: value).map { .function($0) }
    }
  }

  private func item(
    _ item: JinjaExpression, of value: JinjaValue
  ) throws(ChatTemplateError) -> JinjaValue {
    if case .undefined = value { throw value.missing }
    if case .slice(let start, let stop, let step) = item.kind {
      return try slice(value, start, stop, step)
    }
    return try self.item(evaluate(item), of: value)
  }

  /// `value[key]`: the item, then what the value itself has under that name.
  func item(_ key: JinjaValue, of value: JinjaValue) throws(ChatTemplateError) -> JinjaValue {
    let name = (try? key.represented.string) ?? key.typeName
    let absent = JinjaValue.undefined("\(value.typeName) has no item \(name)")
    switch value {
    case .undefined: throw value.missing
    case .dictionary(let dictionary):
      // What cannot be a key is in no dictionary.
      if let found = (try? key.key()).flatMap({ dictionary[$0] }) { return found }
    case .view(let view) where view.range != nil:
      if let place = key.integer {
        return Self.place(place, view.values.count).map { view.values[$0] } ?? absent
      }
    case .list(let values), .tuple(let values):
      if let place = key.integer {
        return Self.place(place, values.count).map { values[$0] } ?? absent
      }
    case .text(let text):
      if let place = key.integer {
        return Self.place(place, text.count).map { .text(text.keeping([text.units[$0]])) } ?? absent
      }
    default: break
    }
    guard case .text(let name) = key else { return absent }
    return try ownAttribute(name.string, of: value) ?? absent
  }

  private static func place(_ index: Int, _ count: Int) -> Int? {
    let place = index < 0 ? index + count : index
    return (0..<count).contains(place) ? place : nil
  }

  private func slice(
    _ value: JinjaValue, _ start: JinjaExpression?, _ stop: JinjaExpression?,
    _ step: JinjaExpression?
  ) throws(ChatTemplateError) -> JinjaValue {
    let bounds = (try bound(start), try bound(stop), try bound(step) ?? 1)
    guard bounds.2 != 0 else { throw .value("the step of a slice is 0") }
    func places(_ count: Int) -> [Int] { Self.places(bounds, count) }
    switch value {
    case .text(let text): return .text(text.keeping(places(text.count).map { text.units[$0] }))
    case .list(let values): return .list(places(values.count).map { values[$0] })
    case .tuple(let values): return .tuple(places(values.count).map { values[$0] })
    case .view(let view):
      guard let range = view.range else { throw .value("\(value.typeName) cannot be sliced") }
      return .view(Self.slice(view, range, Self.span(bounds, view.values.count)))
    default: throw .value("\(value.typeName) cannot be sliced")
    }
  }

  private func bound(_ expression: JinjaExpression?) throws(ChatTemplateError) -> Int? {
    guard let expression else { return nil }
    let value = try evaluate(expression)
    if case .none = value { return nil }
    guard let bound = value.integer else { throw .value("a bound of a slice is \(value.typeName)") }
    return bound
  }

  /// The places of a slice.
  private static func places(_ bounds: (Int?, Int?, Int), _ count: Int) -> [Int] {
    let (first, last, step) = span(bounds, count)
    return Array(stride(from: first, to: last, by: step))
  }

  /// A slice of a range, which is a range.
  private static func slice(
    _ view: JinjaView, _ range: (start: Int, stop: Int, step: Int),
    _ span: (first: Int, last: Int, step: Int)
  ) -> JinjaView {
    let places = stride(from: span.first, to: span.last, by: span.step)
    return JinjaView(
      kind: .range(
        start: range.start &+ span.first &* range.step,
        stop: range.start &+ span.last &* range.step,
        step: range.step &* span.step),
      values: places.map { view.values[$0] })
  }

  /// Where a slice begins and ends, as Python counts it.
  private static func span(
    _ bounds: (Int?, Int?, Int), _ count: Int
  ) -> (first: Int, last: Int, step: Int) {
    let (start, stop, step) = bounds
    func clamped(_ bound: Int, _ low: Int, _ high: Int) -> Int {
      min(max(bound < 0 ? bound + count : bound, low), high)
    }
    if step > 0 {
      let first = clamped(start ?? 0, 0, count)
      return (first, clamped(stop ?? count, 0, count), step)
    }
    let first = start.map { clamped($0, -1, count - 1) } ?? count - 1
    let last = stop.map { clamped($0, -1, count - 1) } ?? -1
    return (first, last, step)
  }

  // MARK: Calls

  func evaluate(_ syntax: JinjaCallSyntax) throws(ChatTemplateError) -> JinjaArguments {
    var arguments = JinjaArguments(positional: try evaluate(syntax.positional))
    for (name, value) in syntax.keyword { arguments.keyword.append((name, try evaluate(value))) }
    if let list = syntax.list { arguments.positional += try evaluate(list).iterated() }
    if let map = syntax.map {
      guard case .dictionary(let dictionary) = try evaluate(map) else {
        throw .value("'**' takes a dictionary")
      }
      for (key, value) in zip(dictionary.keys, dictionary.values) {
        arguments.keyword.append((try key.written.string, value))
      }
    }
    return arguments
  }

  /// Calls a function; a fault in a macro keeps the macro's line.
  func call(
    _ function: JinjaValue, _ arguments: JinjaArguments, at line: Int? = nil
  ) throws(ChatTemplateError) -> JinjaValue {
    switch function {
    case .function(let function):
      try function.signature?.check(arguments, of: function.name)
      let value = try function.body(self, arguments)
      if let line { try step(line) }
      return value
    case .loop(let loop):
      guard let recurse = loop.recurse else {
        throw .value("a loop that calls itself must be marked as 'recursive'")
      }
      return try recurse(arguments.required(0, "iterable"))
    case .undefined: throw function.missing
    default: throw .value("\(function.typeName) cannot be called")
    }
  }

  func filter(
    _ name: String, _ value: JinjaValue, _ arguments: JinjaArguments
  ) throws(ChatTemplateError) -> JinjaValue {
    guard let filter = JinjaFilters.all[name] else {
      throw ChatTemplateError(.syntax, line: line, "there is no filter '\(name)'")
    }
    try JinjaFilters.signatures[name]?.check(arguments, of: name)
    let result = try filter(self, value, arguments)
    if case .generator(let generator) = result, case .generator(let source) = value {
      generator.depth = source.depth + 1
      guard generator.depth <= Self.deepest else {
        throw ChatTemplateError(
          .limit, line: line, "more than \(Self.deepest) filters wait for one another")
      }
    }
    return result
  }

  func test(
    _ name: String, _ value: JinjaValue, _ arguments: JinjaArguments
  ) throws(ChatTemplateError) -> Bool {
    guard let test = JinjaTests.all[name] else {
      throw ChatTemplateError(.syntax, line: line, "there is no test '\(name)'")
    }
    try (JinjaTests.signatures[name] ?? "").check(arguments, of: name)
    return try test(value, arguments)
  }

  /// Applies the filters of a block to its text.
  func apply(_ filters: JinjaExpression, to text: JinjaValue) throws(ChatTemplateError)
    -> JinjaValue
  {
    guard case .filter(let inner, let name, let arguments) = filters.kind else {
      return try evaluate(filters)
    }
    let value =
      try inner.map { (inner) throws(ChatTemplateError) in
        try apply(inner, to: text)
      } ?? text
    return try filter(name, value, evaluate(arguments))
  }
}
