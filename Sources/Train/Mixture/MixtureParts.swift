package import Records
package import Stages

/// What tells the parts of a mixture apart.
package enum MixtureParts: ParameterValue, Hashable {
  /// The name of the `ingest` that read a record.
  case source
  /// The file that a record was read from.
  case file
  /// A field that was read beside a record's text.
  case metadata(String)

  package static var typeName: String { "source|file|metadata.KEY" }

  package static func decode(_ node: ConfigurationNode) throws(Diagnostic) -> MixtureParts {
    let text = try String.decode(node)
    switch text {
    case "source", "sources", "ingest": return .source
    case "file", "files": return .file
    default: break
    }
    let prefix = "metadata."
    guard text.hasPrefix(prefix), text.utf8.count > prefix.utf8.count else {
      throw Diagnostic(
        "parts are told apart by source, file or metadata.KEY, not by '\(text)'",
        place: node.place,
        remedy: Suggestion.nearest(to: text, among: ["source", "file"]).map {
          "did you mean '\($0)'?"
        } ?? "write metadata.\(text) for a field of that name")
    }
    return .metadata(String(text.dropFirst(prefix.count)))
  }

  package var encoded: JSONValue {
    switch self {
    case .source: "source"
    case .file: "file"
    case .metadata(let key): .string("metadata.\(key)")
    }
  }

  /// What a part is called in messages.
  package var noun: String {
    switch self {
    case .source: "source"
    case .file: "file"
    case .metadata(let key): "metadata.\(key)"
    }
  }
}
