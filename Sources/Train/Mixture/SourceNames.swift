import Records
import Stages

/// What the sources of a pipeline are called, and how their records are told apart.
public struct SourceNames: Sendable {
  /// A source of records.
  public struct Source: Sendable, Hashable {
    /// What the ids of its records, and of what is derived from them, begin with.
    public let prefix: String
    /// What people call it.
    public let name: String

    /// A source of records.
    public init(prefix: String, name: String) { (self.prefix, self.name) = (prefix, name) }
  }

  /// The sources; the first with an empty prefix takes what is of no other.
  public let sources: [Source]

  /// The sources of a pipeline.
  public init(_ sources: [Source] = []) { self.sources = sources }

  /// The source of a record.
  func name(of record: Record) -> String {
    let found = sources.first { !$0.prefix.isEmpty && record.id.hasPrefix($0.prefix) }
    return (found ?? sources.first { $0.prefix.isEmpty })?.name ?? record.source.file
  }
}

extension MixtureParts {
  /// The part that a record is of: an augmented one is of its parent's.
  /// - Throws: `TrainingError` for one that does not say.
  func name(of record: Record, _ sources: SourceNames) throws(TrainingError) -> String {
    switch self {
    case .source: return sources.name(of: record)
    case .file: return record.source.file
    case .metadata(let key):
      guard let value = record.metadata[key], value != .null else {
        let known = record.metadata.members.map(\.key)
        throw TrainingError(
          "the record \(record.id) has no metadata.\(key), which tells its part of the mixture",
          remedy: Suggestion.remedy(for: key, among: known)
            ?? "drop records without it, or write by: source")
      }
      return value.string ?? value.text
    }
  }
}
