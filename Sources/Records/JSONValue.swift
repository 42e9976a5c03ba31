/// A JSON value that keeps what it read: key order, and every number as it was spelled.
public enum JSONValue: Sendable {
  case null
  case bool(Bool)
  case number(JSONNumber)
  case string(String)
  case array([JSONValue])
  case object(JSONObject)

  /// An integer.
  public static func integer(_ value: some BinaryInteger) -> JSONValue {
    .number(JSONNumber(literal: String(value)))
  }

  /// A finite number in its shortest exact spelling; `null` for NaN and infinities, which JSON lacks.
  public static func real(_ value: Double) -> JSONValue {
    guard value.isFinite else { return .null }
    if value == value.rounded(), abs(value) <= 0x1p53, value != 0 || value.sign == .plus {
      return .integer(Int(value))
    }
    return .number(JSONNumber(literal: "\(value)"))
  }

  /// The shortest spelling that reads back as the same 32-bit float; `null` for what JSON lacks.
  public static func single(_ value: Float) -> JSONValue {
    value.isFinite ? .number(JSONNumber(literal: "\(value)")) : .null
  }

  /// The string, if this is one.
  public var string: String? { if case .string(let value) = self { value } else { nil } }

  /// The elements, if this is an array.
  public var array: [JSONValue]? { if case .array(let value) = self { value } else { nil } }

  /// The members, if this is an object.
  public var object: JSONObject? { if case .object(let value) = self { value } else { nil } }

  /// The boolean, if this is one.
  public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }

  /// The number as a `Double`, if this is a number.
  public var double: Double? { if case .number(let value) = self { value.double } else { nil } }

  /// The number as an `Int`, if this is a number without a fraction that fits.
  public var int: Int? { if case .number(let value) = self { value.int } else { nil } }

  /// Whether this is `null`.
  public var isNull: Bool { self == .null }

  /// The member of an object, or nil where this is no object or has no such member.
  public subscript(key: String) -> JSONValue? { object?[key] }

  /// What a person calls this kind of value, for error messages.
  public var kindName: String {
    switch self {
    case .null: "null"
    case .bool: "a boolean"
    case .number: "a number"
    case .string: "a string"
    case .array: "an array"
    case .object: "an object"
    }
  }
}

extension JSONValue: Hashable {
  /// Two values are equal when they are of one kind and spelled alike, objects in any order.
  ///
  /// Strings are compared by their bytes, numbers by their digits: `1` and `1.0` differ.
  public static func == (left: JSONValue, right: JSONValue) -> Bool {
    switch (left, right) {
    case (.null, .null): true
    case (.bool(let left), .bool(let right)): left == right
    case (.number(let left), .number(let right)): left == right
    case (.string(let left), .string(let right)): left.hasSameBytes(as: right)
    case (.array(let left), .array(let right)): left == right
    case (.object(let left), .object(let right)): left == right
    default: false
    }
  }

  /// Hashes what `==` compares.
  public func hash(into hasher: inout Hasher) {
    switch self {
    case .null: hasher.combine(0)
    case .bool(let value): hasher.combine(value)
    case .number(let value): hasher.combine(value)
    case .string(let value): hasher.combine(value)
    case .array(let value): hasher.combine(value)
    case .object(let value): hasher.combine(value)
    }
  }
}

/// A JSON number in the spelling it was read in, so that writing it again changes nothing.
public struct JSONNumber: Sendable, Hashable {
  /// The digits as written, such as `1.50` or `6e-3`.
  public let literal: String

  /// Wraps a spelling that is valid JSON; the parser and the factories of `JSONValue` make these.
  public init(literal: String) { self.literal = literal }

  /// The nearest `Double`; infinite where the number is out of range.
  public var double: Double { Double(literal) ?? .nan }

  /// The value as an `Int`, or nil where it has a fraction or does not fit.
  public var int: Int? {
    if let value = Int(literal) { return value }
    return Double(literal).flatMap { Int(exactly: $0) }
  }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByArrayLiteral,
  ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
  /// A string.
  public init(stringLiteral value: String) { self = .string(value) }
  /// A boolean.
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  /// An integer.
  public init(integerLiteral value: Int) { self = .integer(value) }
  /// A number.
  public init(floatLiteral value: Double) { self = .real(value) }
  /// An array.
  public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  /// An object whose members keep the order written.
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    self = .object(JSONObject(elements.map { ($0.0, $0.1) }))
  }
  /// `null`.
  public init(nilLiteral: ()) { self = .null }
}
