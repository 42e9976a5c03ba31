/// A value that a template computes with, as Python has it.
enum JinjaValue {
  /// Nothing; the text says what is missing.
  case undefined(String)
  case none
  case bool(Bool)
  case integer(Int)
  /// A whole number beyond 64 bits, which can be written and not computed with; its digits.
  case large(String)
  case float(Double)
  case text(MarkedText)
  case list([JinjaValue])
  case tuple([JinjaValue])
  /// What a lazy filter makes: it can be gone through once, and has no length.
  case generator(JinjaGenerator)
  /// A range, or the keys, values or items of a dictionary.
  case view(JinjaView)
  case dictionary(JinjaDictionary)
  case namespace(JinjaNamespace)
  case loop(JinjaLoop)
  case function(JinjaFunction)

  static func text(_ text: String) -> JinjaValue { .text(MarkedText(text)) }

  /// The value with its text, or that of its parts, marked as safe.
  var asMarkup: JinjaValue {
    switch self {
    case .text(let text): .text(text.asMarkup)
    case .list(let values): .list(values.map(\.asMarkup))
    case .tuple(let values): .tuple(values.map(\.asMarkup))
    default: self
    }
  }
}

/// Values that are computed one by one where they are asked for, and handed out once.
final class JinjaGenerator {
  typealias Pull = () throws(ChatTemplateError) -> JinjaValue?

  private var pull: Pull?
  /// Through how many others it goes for its values.
  var depth = 0

  init(_ pull: @escaping Pull) { self.pull = pull }

  convenience init(_ values: [JinjaValue]) {
    var place = 0
    self.init { () throws(ChatTemplateError) in
      guard place < values.count else { return nil }
      defer { place += 1 }
      return values[place]
    }
  }

  /// Values that are known as a whole once the first is asked for.
  convenience init(later make: @escaping () throws(ChatTemplateError) -> [JinjaValue]) {
    var made: JinjaGenerator?
    self.init { () throws(ChatTemplateError) in
      if let made { return try made.next() }
      let values = JinjaGenerator(try make())
      made = values
      return try values.next()
    }
  }

  /// What a `for` over a value goes through, which is asked for with the first; `select` and `map` go through nothing
  /// where the value is false.
  convenience init(through value: JinjaValue, unlessFalse: Bool = false) {
    var source: JinjaGenerator?
    self.init { () throws(ChatTemplateError) in
      if let source { return try source.next() }
      let isTrue = try value.isTrue
      let values = unlessFalse && !isTrue ? JinjaGenerator([]) : try value.generator()
      source = values
      return try values.next()
    }
  }

  /// The next value; nil at the end, and ever after.
  func next() throws(ChatTemplateError) -> JinjaValue? {
    if let value = try pull?() { return value }
    pull = nil
    return nil
  }

  /// What is left.
  func rest() throws(ChatTemplateError) -> [JinjaValue] {
    var values: [JinjaValue] = []
    while let value = try next() { values.append(value) }
    return values
  }
}

/// A range, or what a dictionary shows of itself.
struct JinjaView {
  enum Kind {
    case keys
    case values
    case items
    case range(start: Int, stop: Int, step: Int)
  }

  let kind: Kind
  let values: [JinjaValue]

  /// The bounds of a range; nil where the view is none.
  var range: (start: Int, stop: Int, step: Int)? {
    guard case .range(let start, let stop, let step) = kind else { return nil }
    return (start, stop, step)
  }
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
  case undefined
  case none
  case large(String)
  case number(Double)
  case text([UInt8])
  case tuple([JinjaKey])
}

/// Attributes that a template may set inside of loops.
final class JinjaNamespace {
  /// The attributes in the order in which they were first set.
  private(set) var members = JinjaDictionary()
  /// Whether it is being written out, which it must not be within itself.
  var isBeingWritten = false

  subscript(name: String) -> JinjaValue? {
    get { members[name] }
    set { if let newValue { members.set(name: name, newValue) } }
  }

  /// Sets an attribute, unless Transformers forbids its name.
  func set(_ name: String, _ value: JinjaValue) throws(ChatTemplateError) {
    guard !name.hasPrefix("_") else {
      throw .value("a namespace takes no attribute that begins with '_', as '\(name)' does")
    }
    members.set(name: name, value)
  }
}

/// Something that can be called.
final class JinjaFunction {
  typealias Body =
    (JinjaInterpreter, JinjaArguments) throws(ChatTemplateError) -> JinjaValue

  let name: String
  /// Whether it is a macro, which alone of all functions can be written out.
  var isMacro = false
  /// What it takes; nil where that is for the body to say.
  let signature: JinjaSignature?
  let body: Body

  init(_ name: String, takes signature: JinjaSignature? = nil, _ body: @escaping Body) {
    self.name = name
    self.signature = signature
    self.body = body
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
