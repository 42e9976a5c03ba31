/// Names elements by the names of their ancestors, a small part of XPath.
///
/// `//Document/Question` and `Document/Question` are a Question in a Document at any depth,
/// `/Corpus/Document` counts from the root, `*` is any name. Prefixes of namespaces do not count.
struct ElementPath: Sendable, Hashable {
  private let names: [String]
  private let fromRoot: Bool

  /// The children of the root.
  static let children = ElementPath(names: ["*", "*"], fromRoot: true)

  private init(names: [String], fromRoot: Bool) {
    self.names = names
    self.fromRoot = fromRoot
  }

  /// Reads a path; nil where it is not of the simple kind.
  init?(_ text: String) {
    fromRoot = text.hasPrefix("/") && !text.hasPrefix("//")
    let body = text.drop { $0 == "/" }
    let parts = body.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard parts.allSatisfy(Self.isName) else { return nil }
    names = parts
  }

  private static func isName(_ part: String) -> Bool {
    !part.isEmpty
      && !part.utf8.contains { "[]()@=|\"' ".utf8.contains($0) }
      && part.utf8.allSatisfy { $0 != UInt8(ascii: ":") }
  }

  /// Whether the path names the innermost of nested elements.
  func matches(_ open: [String]) -> Bool {
    guard fromRoot ? open.count == names.count : open.count >= names.count else { return false }
    return zip(open.suffix(names.count), names).allSatisfy { $1 == "*" || $0 == $1 }
  }
}
