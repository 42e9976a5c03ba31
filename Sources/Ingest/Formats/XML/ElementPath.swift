/// Names the elements that are records by the names of their ancestors, a small part of XPath.
///
/// `//Document/Question` and `Document/Question` are a Question in a Document at any depth,
/// `/Corpus/Document` counts from the root, `*` is any name, `item | entry` is both. The last name may
/// have conditions, as `page[not(redirect)]`. Prefixes of namespaces do not count.
struct ElementPath: Sendable, Hashable {
  private struct Alternative: Sendable, Hashable {
    let names: [String]
    let fromRoot: Bool
    let conditions: [XMLPath.Condition]

    func matches(_ open: [String]) -> Bool {
      guard fromRoot ? open.count == names.count : open.count >= names.count else { return false }
      return zip(open.suffix(names.count), names).allSatisfy { $1 == "*" || $0 == $1 }
    }
  }

  private let alternatives: [Alternative]

  /// The children of the root.
  static let children = ElementPath(
    alternatives: [Alternative(names: ["*", "*"], fromRoot: true, conditions: [])])

  private init(alternatives: [Alternative]) { self.alternatives = alternatives }

  /// Reads a path; nil where it is not of the simple kind.
  init?(_ text: String) {
    var alternatives: [Alternative] = []
    for part in text.split(separator: "|", omittingEmptySubsequences: false) {
      guard let alternative = Self.alternative(part) else { return nil }
      alternatives.append(alternative)
    }
    self.alternatives = alternatives
  }

  private static func alternative(_ text: Substring) -> Alternative? {
    let text = String(text.drop { $0 == " " })
    let fromRoot = text.hasPrefix("/") && !text.hasPrefix("//")
    guard let path = XMLPath(String(text.drop { $0 == "/" })), path.fallback == nil,
      let steps = path.paths.first, path.paths.count == 1, let last = steps.last,
      steps.allSatisfy({ $0.kind == .child }),
      steps.dropLast().allSatisfy({ $0.conditions.isEmpty })
    else { return nil }
    // Which one of its kind an element is cannot be known before the others are read.
    for case .position in last.conditions { return nil }
    return Alternative(
      names: steps.map(\.name), fromRoot: fromRoot, conditions: last.conditions)
  }

  /// The conditions on the innermost of nested elements, where the path names it; else nil.
  func conditions(of open: [String]) -> [XMLPath.Condition]? {
    alternatives.first { $0.matches(open) }?.conditions
  }
}
