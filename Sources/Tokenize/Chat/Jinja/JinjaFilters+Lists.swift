/// Filters of lists and dictionaries.
extension JinjaFilters {
  static let lists: [String: Filter] = [
    "length": { _, value, _ throws(ChatTemplateError) in .integer(try value.length()) },
    "count": { _, value, _ throws(ChatTemplateError) in .integer(try value.length()) },
    "list": { _, value, _ throws(ChatTemplateError) in .list(try value.iterated()) },
    "first": { _, value, _ throws(ChatTemplateError) in
      try value.generator().next() ?? .undefined("a list that is empty has no first item")
    },
    "last": { _, value, _ throws(ChatTemplateError) in
      if case .generator = value { throw .value("\(value.typeName) has no last item") }
      return try value.iterated().last ?? .undefined("a list that is empty has no last item")
    },
    "reverse": { _, value, _ throws(ChatTemplateError) in
      switch value {
      case .text(let text): return .text(text.keeping(text.units.reversed()))
      case .generator(let generator): return .list(try generator.rest().reversed())
      default: return .generator(JinjaGenerator(try value.iterated().reversed()))
      }
    },
    "join": join, "map": map, "sum": sum,
    "items": { _, value, _ in
      .generator(
        JinjaGenerator(later: { () throws(ChatTemplateError) in
          if value.isUndefined { return [] }
          guard case .dictionary(let dictionary) = value else {
            throw .value("items takes a dictionary, not \(value.typeName)")
          }
          return dictionary.items
        }))
    },
    "batch": batch, "slice": slices,
    "select": { interpreter, value, arguments in
      select(interpreter, value, arguments, byAttribute: false, keeps: true)
    },
    "reject": { interpreter, value, arguments in
      select(interpreter, value, arguments, byAttribute: false, keeps: false)
    },
    "selectattr": { interpreter, value, arguments in
      select(interpreter, value, arguments, byAttribute: true, keeps: true)
    },
    "rejectattr": { interpreter, value, arguments in
      select(interpreter, value, arguments, byAttribute: true, keeps: false)
    },
  ]

  /// `value.a.b.0` for a path `a.b.0`; the fallback takes the place of each part that is not there.
  static func attribute(
    _ interpreter: JinjaInterpreter, _ path: JinjaValue, of value: JinjaValue,
    default fallback: JinjaValue? = nil
  ) throws(ChatTemplateError) -> JinjaValue {
    if case .none = path { return value }
    var parts = [path]
    if path.integer == nil {
      parts = try path.text("the attribute").string
        .split(separator: ".", omittingEmptySubsequences: false).map { part in
          let isPlace = !part.isEmpty && part.allSatisfy { ("0"..."9").contains($0) }
          return (isPlace ? Int(part) : nil).map { .integer($0) } ?? .text(String(part))
        }
    }
    var value = value
    for part in parts {
      value = try interpreter.item(part, of: value)
      if value.isUndefined, let fallback { value = fallback }
    }
    return value
  }

  private static func join(
    _ interpreter: JinjaInterpreter, _ value: JinjaValue, _ arguments: JinjaArguments
  ) throws(ChatTemplateError) -> JinjaValue {
    let separator = try arguments.value(0, "d")?.written ?? MarkedText()
    let path = arguments.value(1, "attribute") ?? .none
    var result = MarkedText()
    for (place, element) in try value.iterated().enumerated() {
      if place > 0 { result.units += separator.units }
      result.units += try attribute(interpreter, path, of: element).written.units
    }
    return .text(result)
  }

  private static func sum(
    _ interpreter: JinjaInterpreter, _ value: JinjaValue, _ arguments: JinjaArguments
  ) throws(ChatTemplateError) -> JinjaValue {
    var total = arguments.value(1, "start") ?? .integer(0)
    if case .text = total { throw .value("sum adds no strings; use join") }
    let path = arguments.value(0, "attribute") ?? .none
    for element in try value.iterated() {
      total = try JinjaArithmetic.value(
        total, "+", attribute(interpreter, path, of: element))
    }
    return total
  }

  // MARK: Choosing, value by value

  private typealias Change = (JinjaValue) throws(ChatTemplateError) -> JinjaValue

  private static func map(
    _ interpreter: JinjaInterpreter, _ value: JinjaValue, _ arguments: JinjaArguments
  ) throws(ChatTemplateError) -> JinjaValue {
    let values = JinjaGenerator(through: value, unlessFalse: true)
    return .generator(
      JinjaGenerator { () throws(ChatTemplateError) in
        guard let element = try values.next() else { return nil }
        return try change(interpreter, arguments)(element)
      })
  }

  /// What `map` does with each value.
  private static func change(
    _ interpreter: JinjaInterpreter, _ arguments: JinjaArguments
  ) throws(ChatTemplateError) -> Change {
    if arguments.positional.isEmpty,
      let path = arguments.keyword.first(where: { $0.name == "attribute" })?.value
    {
      let fallback = arguments.keyword.first { $0.name == "default" }?.value
      for (name, _) in arguments.keyword where name != "attribute" && name != "default" {
        throw .value("'map' takes no argument '\(name)'")
      }
      return { (element) throws(ChatTemplateError) in
        try attribute(interpreter, path, of: element, default: fallback?.unlessNone)
      }
    }
    var rest = arguments
    guard !rest.positional.isEmpty else { throw .value("map takes a filter or an attribute") }
    let name = try rest.positional.removeFirst().text("the filter").string
    return { [rest] (element) throws(ChatTemplateError) in
      try interpreter.filter(name, element, rest)
    }
  }

  private static func select(
    _ interpreter: JinjaInterpreter, _ value: JinjaValue, _ arguments: JinjaArguments,
    byAttribute: Bool, keeps: Bool
  ) -> JinjaValue {
    let values = JinjaGenerator(through: value, unlessFalse: true)
    return .generator(
      JinjaGenerator { () throws(ChatTemplateError) in
        while let element = try values.next() {
          if try holds(interpreter, element, arguments, byAttribute) == keeps { return element }
        }
        return nil
      })
  }

  /// Whether the test of `select` holds, of a value or of its attribute.
  private static func holds(
    _ interpreter: JinjaInterpreter, _ element: JinjaValue, _ arguments: JinjaArguments,
    _ byAttribute: Bool
  ) throws(ChatTemplateError) -> Bool {
    var rest = arguments.positional[...]
    var tested = element
    if byAttribute {
      guard let path = rest.popFirst() else { throw .value("an attribute is missing") }
      tested = try attribute(interpreter, path, of: element)
    }
    guard let test = rest.popFirst() else { return try tested.isTrue }
    return try interpreter.test(
      test.text("the test").string, tested,
      JinjaArguments(positional: Array(rest), keyword: arguments.keyword))
  }

  // MARK: Parts

  private static func batch(
    _: JinjaInterpreter, _ value: JinjaValue, _ arguments: JinjaArguments
  ) throws(ChatTemplateError) -> JinjaValue {
    let size = try arguments.integer(0, "linecount", default: 0)
    guard (1...1_000_000).contains(size) else { throw .value("batch takes a size from 1 on") }
    return .generator(
      JinjaGenerator(later: { () throws(ChatTemplateError) in
        let values = try value.iterated()
        var batches = stride(from: 0, to: values.count, by: size).map {
          Array(values[$0..<min($0 + size, values.count)])
        }
        if let fill = arguments.value(1, "fill_with")?.unlessNone, let last = batches.popLast() {
          batches.append(last + Array(repeating: fill, count: size - last.count))
        }
        return batches.map { .list($0) }
      }))
  }

  private static func slices(
    _: JinjaInterpreter, _ value: JinjaValue, _ arguments: JinjaArguments
  ) throws(ChatTemplateError) -> JinjaValue {
    let count = try arguments.integer(0, "slices", default: 0)
    guard (1...100_000).contains(count) else { throw .value("slice takes a number from 1 on") }
    let fill = arguments.value(1, "fill_with")?.unlessNone
    return .generator(
      JinjaGenerator(later: { () throws(ChatTemplateError) in
        let values = try value.iterated()
        let (size, longer) = values.count.quotientAndRemainder(dividingBy: count)
        var start = 0
        return (0..<count).map { place in
          let end = start + size + (place < longer ? 1 : 0)
          defer { start = end }
          let slice = Array(values[start..<end])
          // As Jinja has it, also where all parts are of one length.
          return .list(place >= longer ? slice + (fill.map { [$0] } ?? []) : slice)
        }
      }))
  }
}

extension JinjaValue {
  /// The value, or nil where it is `none`.
  fileprivate var unlessNone: JinjaValue? { if case .none = self { nil } else { self } }
}
