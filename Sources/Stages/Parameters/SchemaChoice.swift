public import Records

/// The schema that records are read or written in: one of them, or "auto".
public struct SchemaChoice: ChoiceValue {
  /// The schema, or nil where it goes by the record.
  public let schema: Schema?

  /// The record's own.
  public static let auto = SchemaChoice(schema: nil)
  /// All there are.
  public static let allCases = [auto] + Schema.allCases.map { SchemaChoice(schema: $0) }

  /// The name users write.
  public var rawValue: String { schema?.rawValue ?? "auto" }

  private init(schema: Schema?) { self.schema = schema }

  /// The choice of a name.
  public init?(rawValue: String) {
    guard let choice = Self.allCases.first(where: { $0.rawValue == rawValue }) else { return nil }
    self = choice
  }
}
