public import Records

/// One typed parameter: its name is written once, and reading it gives its type.
///
/// ```swift
/// static let minimumWords = Parameter("min-words", default: 0, "Drop texts with fewer words.")
/// …
/// LengthStage(minimum: values[minimumWords])
/// ```
public struct Parameter<Value: ParameterValue>: AnyParameter {
  /// The canonical name.
  public let name: String
  /// Other accepted names.
  public let aliases: [String]
  /// What it does, one sentence.
  public let summary: String
  /// What a person calls the type.
  public let typeName: String
  /// The value where none is written; nil for a parameter that must be written.
  public let fallback: Value?
  private let check: @Sendable (Value) -> String?
  private let read: @Sendable (ConfigurationNode) throws(Diagnostic) -> Value

  /// A parameter with a default.
  ///
  /// `check` returns what is wrong with a value, as "must be positive".
  public init(
    _ name: String, default fallback: Value, aliases: [String] = [], _ summary: String,
    check: @escaping @Sendable (Value) -> String? = { _ in nil }
  ) {
    self.init(
      name: name, fallback: fallback, aliases: aliases, summary: summary,
      typeName: Value.typeName, check: check,
      read: { node throws(Diagnostic) in try Value.decode(node) })
  }

  /// A parameter that must be written.
  public init(
    required name: String, aliases: [String] = [], _ summary: String,
    check: @escaping @Sendable (Value) -> String? = { _ in nil }
  ) {
    self.init(
      name: name, fallback: nil, aliases: aliases, summary: summary, typeName: Value.typeName,
      check: check, read: { node throws(Diagnostic) in try Value.decode(node) })
  }

  init(
    name: String, fallback: Value?, aliases: [String], summary: String, typeName: String,
    check: @escaping @Sendable (Value) -> String?,
    read: @escaping @Sendable (ConfigurationNode) throws(Diagnostic) -> Value
  ) {
    self.name = name
    self.fallback = fallback
    self.aliases = aliases
    self.summary = summary
    self.typeName = typeName
    self.check = check
    self.read = read
  }

  /// Whether it must be written.
  public var isRequired: Bool { fallback == nil }
  /// The default as it would be written.
  public var defaultValue: JSONValue? { fallback?.encoded }

  /// Reads a value.
  public func decode(_ node: ConfigurationNode) throws(Diagnostic) -> any ParameterValue {
    let value = try read(node)
    if let fault = check(value) {
      throw Diagnostic("\(node.kindName) \(fault)", place: node.place)
    }
    return value
  }

  /// The default.
  public var fallbackValue: (any ParameterValue)? { fallback }
}

/// A parameter whose type is known only to its owner.
public protocol AnyParameter: Sendable {
  /// The canonical name, in kebab case.
  var name: String { get }
  /// Names that users know from other tools; accepted, and the canonical name is printed.
  var aliases: [String] { get }
  /// What it does, one sentence.
  var summary: String { get }
  /// What a person calls its type.
  var typeName: String { get }
  /// Whether it must be written.
  var isRequired: Bool { get }
  /// The default as it would be written.
  var defaultValue: JSONValue? { get }
  /// The default.
  var fallbackValue: (any ParameterValue)? { get }
  /// Reads and checks a value.
  func decode(_ node: ConfigurationNode) throws(Diagnostic) -> any ParameterValue
}

/// Common checks of values.
public enum Check {
  /// The value must be at least a bound.
  public static func atLeast<Value: Comparable & Sendable>(
    _ bound: Value
  ) -> @Sendable (Value) -> String? {
    { $0 < bound ? "must be at least \(bound)" : nil }
  }

  /// The value must lie in a closed range.
  public static func within<Value: Comparable & Sendable>(
    _ range: ClosedRange<Value>
  ) -> @Sendable (Value) -> String? {
    { range.contains($0) ? nil : "must be from \(range.lowerBound) to \(range.upperBound)" }
  }

  /// An optional value, where written, must be at least a bound.
  public static func optionalAtLeast<Value: Comparable & Sendable>(
    _ bound: Value
  ) -> @Sendable (Value?) -> String? {
    { $0.map { $0 < bound } == true ? "must be at least \(bound)" : nil }
  }
}
