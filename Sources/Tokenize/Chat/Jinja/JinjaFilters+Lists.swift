/// Filters of lists and dictionaries.
extension JinjaFilters {
  static let lists: [String: Filter] = [
    "length": { _, value, _ throws(ChatTemplateError) in .integer(try value.length()) },
    "count": { _, value, _ throws(ChatTemplateError) in .integer(try value.length()) },
    "list": { _, value, _ throws(ChatTemplateError) in .list(try value.iterated()) },
    "first": { _, value, _ throws(ChatTemplateError) in
      try value.iterated().first ?? .undefined("a list that is empty has no first item")
    },
    "last": { _, value, _ throws(ChatTemplateError) in
      try value.iterated().last ?? .undefined("a list that is empty has no last item")
    },
    "reverse": { _, value, _ throws(ChatTemplateError) in
      if case .text(let text) = value { return .text(MarkedText(text.units.reversed())) }
      return .generator(try value.iterated().reversed())
    },
    "join": join, "map": map, "sum": sum, "sort": sort, "unique": unique, "groupby": groupBy,
    "min": { interpreter, value, arguments throws(ChatTemplateError) in
      try sorted(interpreter, value, arguments).first ?? .undefined("an empty list has no minimum")
    },
    "max": { interpreter, value, arguments throws(ChatTemplateError) in
      let values = try sorted(interpreter, value, arguments)
      guard let last = values.last else { return .undefined("an empty list has no maximum") }
      // Of equal ones Python takes the first.
      let order = try Order(interpreter, arguments)
      for value in values where try !order.isLess(value, last) { return value }
      return last
    },
    "items": { _, value, _ throws(ChatTemplateError) in
      if value.isUndefined { return .generator([]) }
      guard case .dictionary(let dictionary) = value else {
        throw .value("items takes a dictionary, not \(value.typeName)")
      }
      return .generator(dictionary.items)
    },
    "dictsort": dictionarySort, "batch": batch, "slice": slices,
    "select": { interpreter, value, arguments throws(ChatTemplateError) in
      try select(interpreter, value, arguments, byAttribute: false, keeps: true)
    },
    "reject": { interpreter, value, arguments throws(ChatTemplateError) in
      try select(interpreter, value, arguments, byAttribute: false, keeps: false)
    },
    "selectattr": { interpreter, value, arguments throws(ChatTemplateError) in
      try select(interpreter, value, arguments, byAttribute: true, keeps: true)
    },
    "rejectattr": { interpreter, value, arguments throws(ChatTemplateError) in
      try select(interpreter, value, arguments, byAttribute: true, keeps: false)
    },
  ]

  /// `value.a.b.0` for a path `a.b.0`.
  private static func attribute(
    _ interpreter: JinjaInterpreter, _ path: JinjaValue, of value: JinjaValue
  ) throws(ChatTemplateError) -> JinjaValue {
    if path.integer != nil { return try interpreter.item(path, of: value) }
    var value = value
    for part in path.written.string.split(separator: ".", omittingEmptySubsequences: false) {
      value = try interpreter.item(Int(part).map { .integer($0) } ?? .text(String(part)), of: value)
    }
    return value
  }

  private static func join(
    _ interpreter: JinjaInterpreter, _ value: JinjaValue, _ arguments: JinjaArguments
  ) throws(ChatTemplateError) -> JinjaValue {
    let separator = arguments.value(0, "d")?.written ?? MarkedText()
    var result = MarkedText()
    for (place, element) in try value.iterated().enumerated() {
      if place > 0 { result.units += separator.units }
      let element =
        try arguments.value(1, "attribute").map { (path) throws(ChatTemplateError) in
          try attribute(interpreter, path, of: element)
        } ?? element
      result.units += element.written.units
    }
    return .text(result)
  }

  private static func map(
    _ interpreter: JinjaInterpreter, _ value: JinjaValue, _ arguments: JinjaArguments
  ) throws(ChatTemplateError) -> JinjaValue {
    let path = arguments.keyword.first { $0.name == "attribute" }?.value
    let fallback = arguments.keyword.first { $0.name == "default" }?.value
    var rest = arguments
    if path == nil {
      guard !rest.positional.isEmpty else { throw .value("map takes a filter or an attribute") }
      rest.positional.removeFirst()
    }
    var mapped: [JinjaValue] = []
    for element in try value.iterated() {
      if let path {
        let found = try attribute(interpreter, path, of: element)
        mapped.append(found.isUndefined ? fallback ?? found : found)
      } else {
        mapped.append(
          try interpreter.filter(arguments.positional[0].written.string, element, rest))
      }
    }
    return .generator(mapped)
  }

  private static func select(
    _ interpreter: JinjaInterpreter, _ value: JinjaValue, _ arguments: JinjaArguments,
    byAttribute: Bool, keeps: Bool
  ) throws(ChatTemplateError) -> JinjaValue {
    var rest = arguments.positional[...]
    let path = byAttribute ? rest.popFirst() : nil
    guard !byAttribute || path != nil else { throw .value("an attribute is missing") }
    let test = rest.popFirst()?.written.string
    var kept: [JinjaValue] = []
    for element in try value.iterated() {
      let tested =
        try path.map { (path) throws(ChatTemplateError) in
          try attribute(interpreter, path, of: element)
        } ?? element
      let holds =
        if let test {
          try interpreter.test(
            test, tested, JinjaArguments(positional: Array(rest), keyword: arguments.keyword))
        } else {
          try tested.isTrue
        }
      if holds == keeps { kept.append(element) }
    }
    return .generator(kept)
  }

  private static func sum(
    _ interpreter: JinjaInterpreter, _ value: JinjaValue, _ arguments: JinjaArguments
  ) throws(ChatTemplateError) -> JinjaValue {
    var total = arguments.value(1, "start") ?? .integer(0)
    for element in try value.iterated() {
      let element =
        try arguments.value(0, "attribute").map { (path) throws(ChatTemplateError) in
          try attribute(interpreter, path, of: element)
        } ?? element
      total = try JinjaArithmetic.value(total, "+", element)
    }
    return total
  }

  // MARK: Order

  /// How `sort`, `min`, `max` and `unique` compare, ignoring case unless told otherwise.
  private struct Order {
    let interpreter: JinjaInterpreter
    let path: JinjaValue?
    let isCaseSensitive: Bool

    init(_ interpreter: JinjaInterpreter, _ arguments: JinjaArguments, at place: Int = 0)
      throws(ChatTemplateError)
    {
      self.interpreter = interpreter
      isCaseSensitive = try arguments.bool(place, "case_sensitive", default: false)
      path = arguments.value(place + 1, "attribute")
    }

    func key(_ value: JinjaValue) throws(ChatTemplateError) -> JinjaValue {
      let value =
        try path.map { (path) throws(ChatTemplateError) in
          try attribute(interpreter, path, of: value)
        } ?? value
      guard !isCaseSensitive, case .text(let text) = value else { return value }
      return .text(text.lowercased)
    }

    func isLess(_ left: JinjaValue, _ right: JinjaValue) throws(ChatTemplateError) -> Bool {
      let (left, right) = (try key(left), try key(right))
      return left.equals(right) ? false : try left.isLess(than: right)
    }

    /// Sorted, equal ones in their order.
    func sorted(_ values: [JinjaValue]) throws(ChatTemplateError) -> [JinjaValue] {
      guard values.count > 1 else { return values }
      let middle = values.count / 2
      var left = try sorted(Array(values[..<middle]))[...]
      var right = try sorted(Array(values[middle...]))[...]
      var merged: [JinjaValue] = []
      while let first = left.first, let second = right.first {
        if try isLess(second, first) {
          merged.append(second)
          right.removeFirst()
        } else {
          merged.append(first)
          left.removeFirst()
        }
      }
      return merged + left + right
    }
  }

  private static func sorted(
    _ interpreter: JinjaInterpreter, _ value: JinjaValue, _ arguments: JinjaArguments
  ) throws(ChatTemplateError) -> [JinjaValue] {
    try Order(interpreter, arguments).sorted(value.iterated())
  }

  private static func sort(
    _ interpreter: JinjaInterpreter, _ value: JinjaValue, _ arguments: JinjaArguments
  ) throws(ChatTemplateError) -> JinjaValue {
    let order = try Order(interpreter, arguments, at: 1)
    let isReversed = try arguments.bool(0, "reverse", default: false)
    let values = try value.iterated()
    // Equal ones keep their order in both directions.
    guard isReversed else { return .list(try order.sorted(values)) }
    return .list(try order.sorted(values.reversed()).reversed())
  }

  private static func unique(
    _ interpreter: JinjaInterpreter, _ value: JinjaValue, _ arguments: JinjaArguments
  ) throws(ChatTemplateError) -> JinjaValue {
    let order = try Order(interpreter, arguments)
    var seen: Set<JinjaKey> = []
    var kept: [JinjaValue] = []
    for element in try value.iterated() where seen.insert(try order.key(element).key()).inserted {
      kept.append(element)
    }
    return .generator(kept)
  }

  private static func groupBy(
    _ interpreter: JinjaInterpreter, _ value: JinjaValue, _ arguments: JinjaArguments
  ) throws(ChatTemplateError) -> JinjaValue {
    let path = try arguments.required(0, "attribute")
    var order = JinjaArguments()
    order.keyword = [("attribute", path)]
    var groups: [(key: JinjaValue, members: [JinjaValue])] = []
    for element in try Order(interpreter, order).sorted(value.iterated()) {
      let key = try attribute(interpreter, path, of: element)
      if let last = groups.last, last.key.equals(key) {
        groups[groups.count - 1].members.append(element)
      } else {
        groups.append((key, [element]))
      }
    }
    return .list(groups.map { .tuple([$0.key, .list($0.members)]) })
  }

  private static func dictionarySort(
    _ interpreter: JinjaInterpreter, _ value: JinjaValue, _ arguments: JinjaArguments
  ) throws(ChatTemplateError) -> JinjaValue {
    guard case .dictionary(let dictionary) = value else {
      throw .value("dictsort takes a dictionary, not \(value.typeName)")
    }
    let byValue = try arguments.text(1, "by")?.string == "value"
    var order = JinjaArguments()
    order.keyword = [
      ("case_sensitive", arguments.value(0, "case_sensitive") ?? .bool(false)),
      ("attribute", .integer(byValue ? 1 : 0)),
      ("reverse", arguments.value(2, "reverse") ?? .bool(false)),
    ]
    return try sort(interpreter, .list(dictionary.items), order)
  }

  // MARK: Parts

  private static func batch(
    _: JinjaInterpreter, _ value: JinjaValue, _ arguments: JinjaArguments
  ) throws(ChatTemplateError) -> JinjaValue {
    let size = try arguments.integer(0, "linecount", default: 0)
    guard size > 0 else { throw .value("batch takes a size of 1 or more") }
    let values = try value.iterated()
    var batches = stride(from: 0, to: values.count, by: size).map {
      Array(values[$0..<min($0 + size, values.count)])
    }
    if let fill = arguments.value(1, "fill_with"), let last = batches.last, last.count < size {
      batches[batches.count - 1] += Array(repeating: fill, count: min(size, 100_000) - last.count)
    }
    return .generator(batches.map { .list($0) })
  }

  private static func slices(
    _: JinjaInterpreter, _ value: JinjaValue, _ arguments: JinjaArguments
  ) throws(ChatTemplateError) -> JinjaValue {
    let count = try arguments.integer(0, "slices", default: 0)
    guard (1...100_000).contains(count) else { throw .value("slice takes a number from 1 on") }
    let values = try value.iterated()
    let (size, longer) = values.count.quotientAndRemainder(dividingBy: count)
    var start = 0
    return .generator(
      (0..<count).map { place in
        let end = start + size + (place < longer ? 1 : 0)
        var slice = Array(values[start..<end])
        start = end
        if let fill = arguments.value(1, "fill_with"), place >= longer, longer > 0 {
          slice.append(fill)
        }
        return .list(slice)
      })
  }
}
