/// A file that was fetched.
package struct RemoteFile: Sendable, Hashable {
  /// Where it is on this machine, which depends on where the cache lies.
  package let path: String
  /// What it is called where it came from, which does not: `OWNER/NAME/FILE`, `host/path`.
  package let name: String
}
