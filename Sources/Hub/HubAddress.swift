/// A data set of the hub, or files of it: `hf://datasets/OWNER/NAME[@REVISION][/PATH]`.
///
/// The revision may also stand at the end, behind the path. A path may hold `*`, `?` and `**`.
package struct HubAddress: Sendable, Hashable {
  /// `OWNER/NAME`.
  package let repository: String
  /// A branch, tag or commit.
  package let revision: String
  /// The file, folder or pattern within the data set; nil for all of its data.
  package let path: String?

  private static let scheme = "hf://datasets/"

  /// Reads an address; nil where the text is none.
  package init?(_ text: String) {
    guard text.hasPrefix(Self.scheme) else { return nil }
    var parts = text.dropFirst(Self.scheme.count).split(separator: "/").map(String.init)
    guard parts.count >= 2 else { return nil }
    var revision: String?
    // Behind the name, where a branch cannot hold a slash, or at the very end.
    for index in [1, parts.count - 1] {
      guard let at = parts[index].lastIndex(of: "@"), revision == nil else { continue }
      revision = String(parts[index][parts[index].index(after: at)...])
      parts[index] = String(parts[index][..<at])
    }
    // A branch such as refs/convert/parquet is written with its slashes as %2F.
    self.revision = revision.map { $0.split(separator: "%2F").joined(separator: "/") } ?? "main"
    repository = "\(parts[0])/\(parts[1])"
    guard parts.allSatisfy(PlainName.isName), PlainName.isPath(self.revision) else { return nil }
    path = parts.count > 2 ? parts[2...].joined(separator: "/") : nil
  }
}
