/// Leaves out what elements, roles and names of classes call boilerplate.
enum PageExclusion {
  /// Which nodes are left out, with all that is below them.
  ///
  /// - Parameters:
  ///   - lengths: The text below each node.
  ///   - trustsNames: Whether names of classes count, or elements and roles alone.
  static func excluded(of tree: HTMLTree, lengths: [Int], trustsNames: Bool) -> [Bool] {
    let bodies = bodies(in: tree, lengths)
    var excluded = Array(repeating: false, count: tree.nodes.count)
    for node in tree.nodes.indices.dropFirst() {
      if excluded[tree.nodes[node].parent] {
        excluded[node] = true
        continue
      }
      guard let element = tree.nodes[node].element else { continue }
      if HTMLElement.hidden.contains(element) {
        excluded[node] = true
        continue
      }
      // What holds half of the page is not beside its point, whatever it is called.
      guard lengths[node] * 2 < lengths[0], !bodies[node] else { continue }
      excluded[node] = isBoilerplate(element, tree.attributes(of: node), trustsNames)
    }
    return excluded
  }

  /// The nodes that hold a box that says it is the text of the article.
  private static func bodies(in tree: HTMLTree, _ lengths: [Int]) -> [Bool] {
    var bodies = Array(repeating: false, count: tree.nodes.count)
    for node in tree.nodes.indices.dropFirst().reversed() {
      if lengths[node] > MainText.least, let attributes = tree.attributes(of: node),
        attributes.isArticleBody || PageHints.weight(of: attributes.hints).isArticleBody
      {
        bodies[node] = true
      }
      if bodies[node] { bodies[tree.nodes[node].parent] = true }
    }
    return bodies
  }

  private static func isBoilerplate(
    _ element: HTMLElement, _ attributes: HTMLTree.Attributes?, _ trustsNames: Bool
  ) -> Bool {
    if attributes?.isHidden == true { return true }
    switch element {
    case .nav, .footer, .aside, .form, .figcaption, .label, .header, .dialog: return true
    // What these are is said by what they are, not by what they are called.
    case .html, .body, .main, .article, .p, .b, .strong, .em, .i, .h2, .h3, .h4: return false
    default: break
    }
    guard trustsNames, let attributes else { return false }
    return PageHints.weight(of: attributes.hints).isBoilerplate
  }
}
