/// Filters that compare the values of a list.
extension JinjaFilters {
  static let ordering: [String: Filter] = [
    "sort": sort, "unique": unique, "groupby": groupBy, "dictsort": dictionarySort,
    "min": { interpreter, value, arguments throws(ChatTemplateError) in
      try extreme(interpreter, value, arguments) { (value, best) throws(ChatTemplateError) in
        try value.isLess(than: best)
      }
    },
    "max": { interpreter, value, arguments throws(ChatTemplateError) in
      try extreme(interpreter, value, arguments) { (value, best) throws(ChatTemplateError) in
        try best.isLess(than: value)
      }
    },
  ]

  /// What values are compared by: an attribute, without its case unless told otherwise.
  private struct Order {
    let interpreter: JinjaInterpreter
    let path: JinjaValue
    let isCaseSensitive: Bool
    var fallback: JinjaValue?

    init(_ interpreter: JinjaInterpreter, _ arguments: JinjaArguments, at place: Int = 0)
      throws(ChatTemplateError)
    {
      self.interpreter = interpreter
      isCaseSensitive = try arguments.bool(place, "case_sensitive", default: false)
      path = arguments.value(place + 1, "attribute") ?? .none
    }

    init(_ interpreter: JinjaInterpreter, _ path: JinjaValue, isCaseSensitive: Bool) {
      self.interpreter = interpreter
      self.path = path
      self.isCaseSensitive = isCaseSensitive
    }

    func key(_ value: JinjaValue) throws(ChatTemplateError) -> JinjaValue {
      try folded(attribute(interpreter, path, of: value, default: fallback))
    }

    /// The attributes that a path such as `role,name` names.
    func keys(_ value: JinjaValue) throws(ChatTemplateError) -> JinjaValue {
      guard case .text(let names) = path else { return .list([try key(value)]) }
      var keys: [JinjaValue] = []
      for name in names.string.split(separator: ",", omittingEmptySubsequences: false) {
        keys.append(
          try folded(attribute(interpreter, .text(String(name)), of: value)))
      }
      return .list(keys)
    }

    private func folded(_ value: JinjaValue) -> JinjaValue {
      guard !isCaseSensitive, case .text(let text) = value else { return value }
      return .text(text.lowercased)
    }
  }

  private typealias Keyed = (key: JinjaValue, value: JinjaValue)

  /// Values with what they are compared by.
  private static func keyed(
    _ values: [JinjaValue], _ key: (JinjaValue) throws(ChatTemplateError) -> JinjaValue
  ) throws(ChatTemplateError) -> [Keyed] {
    var keyed: [Keyed] = []
    for value in values { keyed.append((try key(value), value)) }
    return keyed
  }

  /// Sorted, equal ones in their order.
  private static func sorted(_ values: [Keyed]) throws(ChatTemplateError) -> [Keyed] {
    guard values.count > 1 else { return values }
    let middle = values.count / 2
    var left = try sorted(Array(values[..<middle]))[...]
    var right = try sorted(Array(values[middle...]))[...]
    var merged: [Keyed] = []
    while let first = left.first, let second = right.first {
      if try second.key.isLess(than: first.key) {
        merged.append(second)
        right.removeFirst()
      } else {
        merged.append(first)
        left.removeFirst()
      }
    }
    return merged + left + right
  }

  /// Sorted in either direction; equal ones keep their order in both.
  private static func sorted(
    _ values: [Keyed], isReversed: Bool
  ) throws(ChatTemplateError) -> JinjaValue {
    let sorted = try isReversed ? sorted(values.reversed()).reversed() : sorted(values)
    return .list(sorted.map(\.value))
  }

  private static func sort(
    _ interpreter: JinjaInterpreter, _ value: JinjaValue, _ arguments: JinjaArguments
  ) throws(ChatTemplateError) -> JinjaValue {
    let order = try Order(interpreter, arguments, at: 1)
    let isReversed = try arguments.bool(0, "reverse", default: false)
    return try sorted(keyed(value.iterated(), order.keys), isReversed: isReversed)
  }

  private static func extreme(
    _ interpreter: JinjaInterpreter, _ value: JinjaValue, _ arguments: JinjaArguments,
    _ isBetter: (JinjaValue, JinjaValue) throws(ChatTemplateError) -> Bool
  ) throws(ChatTemplateError) -> JinjaValue {
    let values = try keyed(value.iterated(), Order(interpreter, arguments).key)
    guard var best = values.first else {
      return .undefined("a list that is empty has no smallest and no largest item")
    }
    // Of equal ones Python takes the first.
    for value in values.dropFirst() where try isBetter(value.key, best.key) { best = value }
    return best.value
  }

  private static func unique(
    _ interpreter: JinjaInterpreter, _ value: JinjaValue, _ arguments: JinjaArguments
  ) throws(ChatTemplateError) -> JinjaValue {
    let order = try Order(interpreter, arguments)
    var seen: Set<JinjaKey> = []
    let values = JinjaGenerator(through: value)
    return .generator(
      JinjaGenerator { () throws(ChatTemplateError) in
        while let element = try values.next() {
          if seen.insert(try order.key(element).key()).inserted { return element }
        }
        return nil
      })
  }

  private static func groupBy(
    _ interpreter: JinjaInterpreter, _ value: JinjaValue, _ arguments: JinjaArguments
  ) throws(ChatTemplateError) -> JinjaValue {
    let path = try arguments.required(0, "attribute")
    var order = Order(
      interpreter, path, isCaseSensitive: try arguments.bool(2, "case_sensitive", default: false))
    if let fallback = arguments.value(1, "default") {
      if case .none = fallback {} else { order.fallback = fallback }
    }
    var groups: [(key: JinjaValue, members: [JinjaValue])] = []
    for (key, element) in try sorted(keyed(value.iterated(), order.key)) {
      if let last = groups.last, last.key.equals(key) {
        groups[groups.count - 1].members.append(element)
      } else {
        groups.append((key, [element]))
      }
    }
    var pairs: [JinjaValue] = []
    for (_, members) in groups {
      // The name of a group is that of its first member, in the case in which it stands there.
      let name = try attribute(interpreter, path, of: members[0], default: order.fallback)
      pairs.append(.tuple([name, .list(members)]))
    }
    return .list(pairs)
  }

  private static func dictionarySort(
    _ interpreter: JinjaInterpreter, _ value: JinjaValue, _ arguments: JinjaArguments
  ) throws(ChatTemplateError) -> JinjaValue {
    let name = try arguments.value(1, "by")?.written.string ?? "key"
    guard let place = ["key": 0, "value": 1][name] else {
      throw .value("dictsort sorts by 'key' or 'value', not by '\(name)'")
    }
    guard case .dictionary(let dictionary) = value else {
      throw value.isUndefined
        ? value.missing : .value("dictsort takes a dictionary, not \(value.typeName)")
    }
    let order = Order(
      interpreter, .integer(place),
      isCaseSensitive: try arguments.bool(0, "case_sensitive", default: false))
    return try sorted(
      keyed(dictionary.items, order.key),
      isReversed: arguments.bool(2, "reverse", default: false))
  }
}
