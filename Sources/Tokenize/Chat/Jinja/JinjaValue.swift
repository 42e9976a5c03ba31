/// A value that a template computes with, as Python has it.
enum JinjaValue {
  /// Nothing; the text says what is missing.
  case undefined(String)
  case none
  case bool(Bool)
  case integer(Int)
  case float(Double)
  case text(MarkedText)
  case list([JinjaValue])
  case tuple([JinjaValue])
  /// What a lazy filter makes: it can be gone through, and has no length.
  case generator([JinjaValue])
  /// The keys, values or items of a dictionary.
  case view([JinjaValue])
  case dictionary(JinjaDictionary)
  case namespace(JinjaNamespace)
  case loop(JinjaLoop)
  case function(JinjaFunction)

  static func text(_ text: String) -> JinjaValue { .text(MarkedText(text)) }
}

/// Keys and values in the order of insertion.
struct JinjaDictionary {
  private(set) var keys: [JinjaValue] = []
  private(set) var values: [JinjaValue] = []
  private var places: [JinjaKey: Int] = [:]

  init() {}

  var count: Int { keys.count }

  subscript(key: JinjaKey) -> JinjaValue? { places[key].map { values[$0] } }

  /// The value under a name.
  subscript(name: String) -> JinjaValue? { self[JinjaKey.text(Array(name.utf8))] }

  mutating func set(_ key: JinjaValue, _ value: JinjaValue) throws(ChatTemplateError) {
    set(try key.key(), key, value)
  }

  mutating func set(_ hashed: JinjaKey, _ key: JinjaValue, _ value: JinjaValue) {
    if let place = places[hashed] {
      values[place] = value
    } else {
      places[hashed] = keys.count
      keys.append(key)
      values.append(value)
    }
  }

  /// Keys and values as pairs.
  var items: [JinjaValue] { zip(keys, values).map { .tuple([$0, $1]) } }
}

/// What a dictionary finds a value by.
enum JinjaKey: Hashable {
  case none
  case number(Double)
  case text([UInt8])
  case tuple([JinjaKey])
}

/// Attributes that a template may set inside of loops.
final class JinjaNamespace {
  var attributes: [String: JinjaValue] = [:]
}

/// Something that can be called.
final class JinjaFunction {
  typealias Body =
    (JinjaInterpreter, JinjaArguments) throws(ChatTemplateError) -> JinjaValue

  let name: String
  /// What it takes; nil where that is for the body to say.
  let signature: JinjaSignature?
  let body: Body

  init(_ name: String, takes signature: JinjaSignature? = nil, _ body: @escaping Body) {
    self.name = name
    self.signature = signature
    self.body = body
  }
}

/// The state of a loop, which its body sees as `loop`.
final class JinjaLoop {
  let values: [JinjaValue]
  let depth0: Int
  var index0 = 0
  var lastChanged: [JinjaValue]?
  /// Writes the body for other values; nil where the loop is not marked as recursive.
  let recurse: (([JinjaValue]) throws(ChatTemplateError) -> JinjaValue)?

  init(
    _ values: [JinjaValue], depth0: Int,
    recurse: (([JinjaValue]) throws(ChatTemplateError) -> JinjaValue)?
  ) {
    self.values = values
    self.depth0 = depth0
    self.recurse = recurse
  }

  /// What a template can ask of the loop; nil where there is no such attribute.
  func attribute(_ name: String) -> JinjaValue? {
    let count = values.count
    switch name {
    case "index": return .integer(index0 + 1)
    case "index0": return .integer(index0)
    case "first": return .bool(index0 == 0)
    case "last": return .bool(index0 == count - 1)
    case "length": return .integer(count)
    case "revindex": return .integer(count - index0)
    case "revindex0": return .integer(count - index0 - 1)
    case "depth": return .integer(depth0 + 1)
    case "depth0": return .integer(depth0)
    case "previtem":
      return index0 > 0 ? values[index0 - 1] : .undefined("there is no previous item")
    case "nextitem":
      return index0 + 1 < count ? values[index0 + 1] : .undefined("there is no next item")
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
    lastChanged = values
    return .bool(!isSame)
  }
}

/// The values of a call.
struct JinjaArguments {
  var positional: [JinjaValue] = []
  var keyword: [(name: String, value: JinjaValue)] = []

  /// The value at a place or under a name; nil where it is not given.
  func value(_ place: Int, _ name: String) -> JinjaValue? {
    if place < positional.count { return positional[place] }
    return keyword.last { $0.name == name }?.value
  }

  /// A value that must be given.
  func required(_ place: Int, _ name: String) throws(ChatTemplateError) -> JinjaValue {
    guard let value = value(place, name) else { throw .value("the argument '\(name)' is missing") }
    return value
  }

  func text(_ place: Int, _ name: String) throws(ChatTemplateError) -> MarkedText? {
    guard let value = value(place, name) else { return nil }
    if case .none = value { return nil }
    return try value.text("the argument '\(name)'")
  }

  func integer(_ place: Int, _ name: String, default fallback: Int) throws(ChatTemplateError) -> Int
  {
    guard let value = value(place, name) else { return fallback }
    guard let number = value.integer else {
      throw .value("the argument '\(name)' is \(value.typeName), not a whole number")
    }
    return number
  }

  func bool(_ place: Int, _ name: String, default fallback: Bool) throws(ChatTemplateError) -> Bool
  {
    guard let value = value(place, name) else { return fallback }
    return try value.isTrue
  }
}
