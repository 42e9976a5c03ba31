package import Records

/// What the values of a field are, found from the values.
///
/// Values of kinds that no column holds together, such as a number and a text, make a column of JSON
/// texts; a whole number and one with a fraction make a column of numbers.
package indirect enum ColumnType: Sendable, Equatable {
  /// Nothing but null so far.
  case empty
  case boolean, integer, number, text
  case list(ColumnType)
  case structure([ColumnField])
  /// Values of several kinds, each as a JSON text.
  case json

  /// Structures with more members are no columns, but objects used as tables.
  private static let mostMembers = 512

  /// The type that holds one value.
  package init(_ value: JSONValue) {
    switch value {
    case .null: self = .empty
    case .bool: self = .boolean
    case .number(let number):
      // A whole number beyond 64 bits would lose digits as any other.
      self =
        Int(number.literal) != nil
        ? .integer
        : number.literal.utf8.contains { $0 == 0x2E || $0 | 0x20 == 0x65 } ? .number : .json
    case .string: self = .text
    case .array(let elements):
      var element = ColumnType.empty
      for value in elements { element.merge(ColumnType(value)) }
      self = .list(element)
    case .object(let object):
      self = .structure(
        object.members.map { ColumnField(name: $0.key, type: ColumnType($0.value)) })
    }
  }

  /// Makes this the type that holds values of both.
  package mutating func merge(_ other: ColumnType) {
    switch (self, other) {
    case (_, .empty), (.json, _): break
    case (.empty, _), (_, .json): self = other
    case (.boolean, .boolean), (.integer, .integer), (.text, .text), (.number, .number): break
    case (.number, .integer), (.integer, .number): self = .number
    case (.list(var element), .list(let more)):
      element.merge(more)
      self = .list(element)
    case (.structure(var fields), .structure(let more)):
      guard fields != more else { return }
      for field in more {
        if let index = fields.firstIndex(where: { $0.name.hasSameBytes(as: field.name) }) {
          fields[index].type.merge(field.type)
        } else {
          fields.append(field)
        }
      }
      self = fields.count > Self.mostMembers ? .json : .structure(fields)
    default: self = .json
    }
  }

  /// The type as it is written: what was never seen is text, what has no members is JSON.
  package var settled: ColumnType {
    switch self {
    case .empty: .text
    case .list(let element): .list(element.settled)
    case .structure(let fields):
      fields.isEmpty
        ? .json
        : .structure(fields.map { ColumnField(name: $0.name, type: $0.type.settled) })
    case .boolean, .integer, .number, .text, .json: self
    }
  }
}

/// A field of rows, or of a structure.
package struct ColumnField: Sendable, Equatable {
  /// Its name.
  package let name: String
  /// What its values are.
  package var type: ColumnType

  /// A field.
  package init(name: String, type: ColumnType) {
    self.name = name
    self.type = type
  }
}
