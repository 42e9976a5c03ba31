/// The functions that every template may call.
enum JinjaGlobals {
  /// The longest range, as in Jinja's sandbox.
  private static let longestRange = 100_000

  static func functions(_ clock: ChatClock) -> [String: JinjaValue] {
    [
      "range": .function(JinjaFunction("range", range)),
      "dict": .function(JinjaFunction("dict", dictionary)),
      "namespace": .function(JinjaFunction("namespace", namespace)),
      "joiner": .function(JinjaFunction("joiner", takes: "sep?", joiner)),
      "cycler": .function(JinjaFunction("cycler", cycler)),
      "raise_exception": .function(JinjaFunction("raise_exception", takes: "message", refuse)),
      "strftime_now": .function(
        JinjaFunction("strftime_now", takes: "format") { _, arguments throws(ChatTemplateError) in
          let format = try arguments.required(0, "format").text("the format")
          return .text(clock.format(format.string))
        }),
    ]
  }

  private static func refuse(
    _: JinjaInterpreter, _ arguments: JinjaArguments
  ) throws(ChatTemplateError) -> JinjaValue {
    throw ChatTemplateError(.refused, try arguments.required(0, "message").written.string)
  }

  private static func range(
    _: JinjaInterpreter, _ arguments: JinjaArguments
  ) throws(ChatTemplateError) -> JinjaValue {
    var bounds: [Int] = []
    for value in arguments.positional {
      guard let bound = value.integer else { throw .value("range takes whole numbers") }
      bounds.append(bound)
    }
    guard (1...3).contains(bounds.count) else { throw .value("range takes one to three numbers") }
    let (start, stop) = bounds.count == 1 ? (0, bounds[0]) : (bounds[0], bounds[1])
    let step = bounds.count == 3 ? bounds[2] : 1
    guard step != 0, step != .min else {
      throw .value("the step of a range is 0, or out of range")
    }
    let span =
      step > 0 ? stop.subtractingReportingOverflow(start) : start.subtractingReportingOverflow(stop)
    guard !span.overflow, span.partialValue / Int(step.magnitude) < longestRange else {
      throw ChatTemplateError(.limit, "a range is longer than \(longestRange)")
    }
    return .view(
      JinjaView(
        kind: .range(start: start, stop: stop, step: step),
        values: stride(from: start, to: stop, by: step).map { .integer($0) }))
  }

  private static func dictionary(
    _: JinjaInterpreter, _ arguments: JinjaArguments
  ) throws(ChatTemplateError) -> JinjaValue {
    var result = JinjaDictionary()
    for value in arguments.positional { try merge(value, into: &result) }
    for (name, value) in arguments.keyword { try result.set(.text(name), value) }
    return .dictionary(result)
  }

  private static func merge(
    _ value: JinjaValue, into result: inout JinjaDictionary
  ) throws(ChatTemplateError) {
    if case .dictionary(let other) = value {
      for (key, value) in zip(other.keys, other.values) { try result.set(key, value) }
      return
    }
    if case .undefined = value { throw value.missing }
    for pair in try value.iterated() {
      let pair = try pair.iterated()
      guard pair.count == 2 else { throw .value("dict takes pairs of key and value") }
      try result.set(pair[0], pair[1])
    }
  }

  private static func namespace(
    _ interpreter: JinjaInterpreter, _ arguments: JinjaArguments
  ) throws(ChatTemplateError) -> JinjaValue {
    let namespace = JinjaNamespace()
    guard case .dictionary(let values) = try dictionary(interpreter, arguments) else {
      return .namespace(namespace)
    }
    for (key, value) in zip(values.keys, values.values) {
      try namespace.set(key.written.string, value)
    }
    return .namespace(namespace)
  }

  private static func joiner(
    _: JinjaInterpreter, _ arguments: JinjaArguments
  ) throws(ChatTemplateError) -> JinjaValue {
    let separator = arguments.value(0, "sep") ?? .text(", ")
    var isUsed = false
    return .function(
      JinjaFunction("joiner", takes: "") { _, _ in
        defer { isUsed = true }
        return isUsed ? separator : .text("")
      })
  }

  private static func cycler(
    _: JinjaInterpreter, _ arguments: JinjaArguments
  ) throws(ChatTemplateError) -> JinjaValue {
    let values = arguments.positional
    guard !values.isEmpty else { throw .value("cycler has nothing to cycle") }
    var place = 0
    let cycle = JinjaNamespace()
    // Weak, for the functions belong to what they change.
    weak let shown = cycle
    func go(to next: Int) {
      place = next
      shown?["current"] = values[next]
    }
    cycle["next"] = .function(
      JinjaFunction("next", takes: "") { _, _ in
        defer { go(to: (place + 1) % values.count) }
        return values[place]
      })
    cycle["reset"] = .function(
      JinjaFunction("reset", takes: "") { _, _ in
        go(to: 0)
        return .none
      })
    go(to: 0)
    return .namespace(cycle)
  }
}
