/// A data set or model of the hub, or files of it: `hf://datasets/OWNER/NAME[@REVISION][/PATH]`.
///
/// The revision may also stand at the end, behind the path. A path may hold `*`, `?` and `**`.
package struct HubAddress: Sendable, Hashable {
  /// What a repository holds.
  package enum Kind: String, Sendable {
    case datasets
    case models
  }

  /// What the repository holds.
  package let kind: Kind
  /// `OWNER/NAME`; some models have no owner.
  package let repository: String
  /// A branch, tag or commit.
  package let revision: String
  /// The file, folder or pattern within it; nil for all of its data, or what a model is read from.
  package let path: String?

  private static let scheme = "hf://datasets/"
  private static let modelScheme = "hf://"

  /// Reads the address of a data set; nil where the text is none.
  package init?(_ text: String) {
    guard text.hasPrefix(Self.scheme) else { return nil }
    let parts = text.dropFirst(Self.scheme.count).split(separator: "/").map(String.init)
    guard parts.count >= 2 else { return nil }
    self.init(.datasets, parts)
  }

  /// Reads the name of a model, `OWNER/NAME[@REVISION][/PATH]`, or `NAME` alone where it has no owner;
  /// `hf://` may stand before it.
  package init?(model text: String) {
    let isAddress = text.hasPrefix(Self.modelScheme)
    guard !text.hasPrefix(Self.scheme), isAddress || !text.contains("://") else { return nil }
    let parts = text.dropFirst(isAddress ? Self.modelScheme.count : 0)
      .split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    self.init(.models, parts)
  }

  private init?(_ kind: Kind, _ parts: [String]) {
    var parts = parts
    var revision: String?
    let name = min(1, parts.count - 1)
    // Behind the name, where a branch cannot hold a slash, or at the very end.
    for index in [name, parts.count - 1] {
      guard let at = parts[index].lastIndex(of: "@"), revision == nil else { continue }
      revision = String(parts[index][parts[index].index(after: at)...])
      parts[index] = String(parts[index][..<at])
    }
    // A branch such as refs/convert/parquet is written with its slashes as %2F.
    self.revision = revision.map { $0.split(separator: "%2F").joined(separator: "/") } ?? "main"
    self.kind = kind
    repository = parts[...name].joined(separator: "/")
    guard parts.allSatisfy(PlainName.isName), PlainName.isPath(self.revision) else { return nil }
    path = parts.count > 2 ? parts[2...].joined(separator: "/") : nil
  }
}
