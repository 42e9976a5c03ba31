public import Records

/// A fault in the data that a stage reads: where it is and what to do about it.
public struct StageError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The kind of fault in kebab case, such as `invalid-json`; quarantined records are counted by it.
  public let code: String
  /// What is wrong, one clause.
  public let message: String
  /// The file and record.
  public var source: Source?
  /// The field of the record.
  public var field: String?
  /// What to do about it.
  public var remedy: String?

  /// A fault in the data.
  public init(
    _ code: String, _ message: String, source: Source? = nil, field: String? = nil,
    remedy: String? = nil
  ) {
    self.code = code
    self.message = message
    self.source = source
    self.field = field
    self.remedy = remedy
  }

  /// `FILE:LINE: field 'F': MESSAGE (REMEDY)`.
  public var description: String {
    var text = source.map { $0.line > 0 ? "\($0.file):\($0.line): " : "\($0.file): " } ?? ""
    if let field { text += "field '\(field)': " }
    text += message
    return text + (remedy.map { " (\($0))" } ?? "")
  }
}
