import TextKit

/// Leaves out what lies within the box of an article and is none of it.
struct PagePruning {
  private let tree: HTMLTree
  private let measures: PageMeasures
  private let top: Int
  private var excluded: [Bool]
  private let title: [UInt8]

  /// Which nodes are left out.
  static func pruned(
    _ tree: HTMLTree, _ measures: PageMeasures, below top: Int, _ excluded: [Bool]
  ) -> [Bool] {
    var pruning = PagePruning(tree, measures, top, excluded)
    pruning.pruneBoxes()
    pruning.pruneHead()
    pruning.pruneTail()
    return pruning.excluded
  }

  private init(_ tree: HTMLTree, _ measures: PageMeasures, _ top: Int, _ excluded: [Bool]) {
    self.tree = tree
    self.measures = measures
    self.top = top
    self.excluded = excluded
    let node = tree.nodes.firstIndex { $0.element == .title }
    title = node.map { Self.letters(HTMLText.text(of: tree, below: $0)) } ?? []
  }

  // MARK: - Within

  private mutating func pruneBoxes() {
    for node in (top + 1)..<max(top + 1, tree.nodes[top].end) where !excluded[node] {
      if excluded[tree.nodes[node].parent] {
        excluded[node] = true
      } else if let element = tree.nodes[node].element, HTMLElement.blocks.contains(element) {
        excluded[node] = isLinks(node, element) || isLeadIn(node)
      }
    }
  }

  /// Whether a box is made of links, as menus and lists of other articles are.
  private func isLinks(_ node: Int, _ element: HTMLElement) -> Bool {
    guard measures.length[node] > 0, measures.length[node] * 3 < measures.length[top] else {
      return false
    }
    let density = measures.linkDensity(node)
    switch element {
    case .p, .blockquote, .td, .li: return density > 0.9 && measures.length[node] < 200
    case _ where HTMLElement.headings.contains(element): return density > 0.9
    case .ul, .ol:
      let items = tree.children(of: node).count { tree.nodes[$0].element == .li }
      // Long items are sentences, though one links to where they come from.
      return density > 0.5 && measures.length[node] < 100 * max(1, items)
    default: return density > 0.5
    }
  }

  /// Whether a short paragraph only leads elsewhere: "Read more: …".
  private func isLeadIn(_ node: Int) -> Bool {
    let length = measures.length[node]
    guard length > 0, length == measures.own[node], length < 160 else { return false }
    return PageHints.isLeadIn(HTMLText.text(of: tree, below: node))
  }

  // MARK: - Before and after

  /// The headline, which the title says, and what stands before it.
  private mutating func pruneHead() {
    for node in blocks() {
      guard let element = tree.nodes[node].element else { continue }
      if element == .h1 || HTMLElement.headings.contains(element) && isTitle(node) {
        exclude(node)
      } else if measures.own[node] >= 80 {
        return
      }
    }
  }

  private func isTitle(_ node: Int) -> Bool {
    let text = Self.letters(HTMLText.text(of: tree, below: node))
    return text.count > 10 && title.firstRange(of: text) != nil
  }

  /// Headings that nothing follows.
  private mutating func pruneTail() {
    for node in blocks().reversed() {
      guard let element = tree.nodes[node].element, HTMLElement.headings.contains(element) else {
        return
      }
      exclude(node)
    }
  }

  private mutating func exclude(_ node: Int) {
    for place in node..<tree.nodes[node].end { excluded[place] = true }
  }

  /// The blocks with text of their own that are left.
  private func blocks() -> [Int] {
    (top..<tree.nodes[top].end).filter { !excluded[$0] && measures.own[$0] > 0 }
  }

  /// Letters and digits alone, in small letters, for comparing.
  private static func letters(_ text: String) -> [UInt8] {
    text.lowercased().utf8.filter { $0.isASCIIAlphanumeric || $0 >= 0x80 }
  }
}
