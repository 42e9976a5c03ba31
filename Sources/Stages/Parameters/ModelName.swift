public import Records

/// The path of a model, or of what comes with one, or a name that a cache or an endpoint knows.
public struct ModelName: ParameterValue, Hashable {
  /// What is written, as a path.
  public let path: PathValue

  /// A name or a path as it is written.
  public init(_ path: PathValue) { self.path = path }

  /// What a person calls the type.
  public static let typeName = "path|name"

  /// Reads a value.
  public static func decode(_ node: ConfigurationNode) throws(Diagnostic) -> ModelName {
    ModelName(try PathValue.decode(node))
  }

  /// The value as it is written in a lock file: a path in full, a name as it stands, so that it is one there too.
  public var encoded: JSONValue {
    .string(Folders.exists(path.resolved) ? path.resolved : path.written)
  }
}
