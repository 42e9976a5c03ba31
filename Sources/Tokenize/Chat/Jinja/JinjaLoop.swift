/// The state of a loop, which its body sees as `loop`.
///
/// Values are asked for one by one, as Jinja does it: a loop's own `if` sees what the body has set for the values before,
/// and only what asks for the next value or for the number of all goes ahead.
final class JinjaLoop {
  typealias Recurse = (JinjaValue) throws(ChatTemplateError) -> JinjaValue

  private var values: JinjaGenerator
  /// The number of values; nil where it is not yet known.
  private var count: Int?
  let depth0: Int
  private(set) var index0 = -1
  private var previous: JinjaValue?
  private var current: JinjaValue?
  /// The next value where it has been asked for.
  private var following: JinjaValue?
  private var lastChanged: [JinjaValue]?
  /// Writes the body for other values; nil where the loop is not marked as recursive.
  let recurse: Recurse?

  init(_ values: JinjaGenerator, count: Int?, depth0: Int, recurse: Recurse?) {
    self.values = values
    self.count = count
    self.depth0 = depth0
    self.recurse = recurse
  }

  /// Goes on to the next value.
  func next() throws(ChatTemplateError) -> JinjaValue? {
    guard let value = try peek() else { return nil }
    following = nil
    index0 += 1
    (previous, current) = (current, value)
    return value
  }

  private func peek() throws(ChatTemplateError) -> JinjaValue? {
    if following == nil { following = try values.next() }
    return following
  }

  /// The number of all values.
  func length() throws(ChatTemplateError) -> Int {
    if let count { return count }
    let rest = try values.rest()
    values = JinjaGenerator(rest)
    let count = index0 + 1 + (following == nil ? 0 : 1) + rest.count
    self.count = count
    return count
  }

  /// What a template can ask of the loop; nil where there is no such attribute.
  func attribute(_ name: String) throws(ChatTemplateError) -> JinjaValue? {
    switch name {
    case "index": return .integer(index0 + 1)
    case "index0": return .integer(index0)
    case "first": return .bool(index0 == 0)
    case "last": return .bool(try peek() == nil)
    case "length": return .integer(try length())
    case "revindex": return .integer(try length() - index0)
    case "revindex0": return .integer(try length() - index0 - 1)
    case "depth": return .integer(depth0 + 1)
    case "depth0": return .integer(depth0)
    case "previtem": return previous ?? .undefined("there is no previous item")
    case "nextitem": return try peek() ?? .undefined("there is no next item")
    case "cycle": return .function(JinjaFunction("cycle", cycle))
    case "changed": return .function(JinjaFunction("changed", changed))
    default: return nil
    }
  }

  private func cycle(
    _: JinjaInterpreter, _ arguments: JinjaArguments
  ) throws(ChatTemplateError) -> JinjaValue {
    guard !arguments.positional.isEmpty else { throw .value("loop.cycle has nothing to cycle") }
    return arguments.positional[index0 % arguments.positional.count]
  }

  private func changed(
    _: JinjaInterpreter, _ arguments: JinjaArguments
  ) throws(ChatTemplateError) -> JinjaValue {
    let values = arguments.positional
    let isSame =
      lastChanged.map { last in
        last.count == values.count && zip(last, values).allSatisfy { $0.equals($1) }
      } ?? false
    if !isSame { lastChanged = values }
    return .bool(!isSame)
  }
}
