import TextKit

/// The elements and texts of a page, in the order they begin, without recursion or references.
///
/// Node 0 is the page itself; a node stands behind its parent and before its next sibling.
struct HTMLTree {
  /// An element or a text.
  struct Node {
    /// The element; nil for a text.
    let element: HTMLElement?
    let parent: Int
    /// The node behind the last one within this one.
    var end: Int
    /// The bytes of a text, within all of them.
    var text: Range<Int> = 0..<0
    /// The place of the attributes of the element among all that have some.
    var attributes: Int?
  }

  /// The attributes that say what an element is for.
  struct Attributes {
    /// Class, id, role and their like, in small letters.
    var hints = ""
    /// Whether the element is not shown.
    var isHidden = false
    /// Whether it says that it holds the text of the article.
    var isArticleBody = false
    /// Any other value that is of use: of `type` in a script, `content` in a `meta`.
    var values: [String: String] = [:]
  }

  private(set) var nodes: [Node] = []
  private(set) var bytes: [UInt8] = []
  private(set) var attributes: [Attributes] = []
  /// Whether elements were nested too deep to go on.
  private(set) var isTooDeep = false
  /// No page that people wrote is nested like this; browsers stop at 512.
  static let deepest = 2048

  /// The open elements, outermost first, and how many of each kind.
  private var open: [Int] = []
  private var openNames: [[UInt8]] = []
  private var counts = [Int](repeating: 0, count: HTMLElement.allCases.count)

  /// The tree of a page in UTF-8.
  init(_ page: [UInt8]) {
    nodes.append(Node(element: .other, parent: -1, end: 0))
    open.append(0)
    openNames.append([])
    bytes.reserveCapacity(page.count / 2)
    var tokenizer = HTMLTokenizer(page, sink: self)
    tokenizer.run()
    self = tokenizer.sink
    while !open.isEmpty { close() }
  }

  /// The attributes of a node.
  func attributes(of node: Int) -> Attributes? { nodes[node].attributes.map { attributes[$0] } }

  /// The nodes of an element that lie directly in it.
  func children(of node: Int) -> ChildSequence { ChildSequence(tree: self, parent: node) }

  /// The children of an element in order.
  struct ChildSequence: Sequence, IteratorProtocol {
    let tree: HTMLTree
    let end: Int
    var place: Int

    init(tree: HTMLTree, parent: Int) {
      self.tree = tree
      end = tree.nodes[parent].end
      place = parent + 1
    }

    mutating func next() -> Int? {
      guard place < end else { return nil }
      defer { place = tree.nodes[place].end }
      return place
    }
  }

  // MARK: - Opening and closing

  private mutating func push(_ node: Node, _ name: [UInt8]) {
    nodes.append(node)
    open.append(nodes.count - 1)
    openNames.append(name)
    if let element = node.element { counts[element.index] += 1 }
    if open.count > Self.deepest { isTooDeep = true }
  }

  private mutating func close() {
    let node = open.removeLast()
    openNames.removeLast()
    nodes[node].end = nodes.count
    if let element = nodes[node].element, node > 0 { counts[element.index] -= 1 }
  }

  /// Closes up to an element of a set, unless one of the scope is nearer.
  private mutating func close(to elements: Set<HTMLElement>, within scope: Set<HTMLElement>) {
    guard elements.contains(where: { counts[$0.index] > 0 }) else { return }
    for place in open.indices.reversed().dropLast() {
      guard let element = nodes[open[place]].element else { continue }
      if elements.contains(element) {
        while open.count > place { close() }
        return
      }
      if scope.contains(element) { return }
    }
  }
}

extension HTMLElement {
  /// The place among all elements.
  fileprivate var index: Int { Int(rawValue) }
}

extension HTMLTree: HTMLTokenSink {
  mutating func text(_ text: ArraySlice<UInt8>) {
    guard let parent = open.last, !isTooDeep else { return }
    let start = bytes.count
    bytes += text.contains(0) ? text.filter { $0 != 0 }[...] : text
    // Text in pieces, as references divide it, is one text.
    if let last = nodes.indices.last, nodes[last].element == nil, nodes[last].parent == parent,
      nodes[last].text.upperBound == start
    {
      nodes[last].text = nodes[last].text.lowerBound..<bytes.count
      return
    }
    nodes.append(
      Node(element: nil, parent: parent, end: nodes.count + 1, text: start..<bytes.count))
  }

  mutating func startTag(_ tag: HTMLTag) {
    guard !isTooDeep else { return }
    let element = HTMLElement(name: tag.name)
    if element == .html || element == .body, counts[element.index] > 0 { return }
    closeBefore(element)
    guard let parent = open.last else { return }
    var node = Node(element: element, parent: parent, end: nodes.count + 1)
    if !tag.attributes.isEmpty {
      node.attributes = attributes.count
      attributes.append(Attributes(tag))
    }
    let isForeign = element == .svg || element == .math || element == .other
    if HTMLElement.void.contains(element) || tag.closesItself && isForeign {
      nodes.append(node)
    } else {
      push(node, tag.name)
    }
  }

  /// Closes what a start tag ends without saying so.
  private mutating func closeBefore(_ element: HTMLElement) {
    // Rows and cells may be several levels up: each level is closed by its own rule.
    let ends = element.ends
    guard !ends.isEmpty else { return }
    let scope = element.scope
    if ends.contains(.p) { close(to: [.p], within: HTMLElement.p.scope) }
    let rest = ends.subtracting([.p])
    guard !rest.isEmpty else { return }
    if HTMLElement.headings.contains(element) {
      if let top = open.last, let inner = nodes[top].element, rest.contains(inner) { close() }
      return
    }
    for level in [[HTMLElement.td, .th, .caption, .colgroup], [.tr], [.tbody, .thead, .tfoot]] {
      let these = rest.intersection(level)
      if !these.isEmpty { close(to: these, within: scope) }
    }
    close(to: rest, within: scope)
  }

  mutating func endTag(_ name: [UInt8]) {
    let element = HTMLElement(name: name)
    guard counts[element.index] > 0, element != .body, element != .html else {
      if element == .br { startTag(HTMLTag(name: name)) }
      return
    }
    guard element == .other else {
      let isHeading = HTMLElement.headings.contains(element)
      return close(to: isHeading ? HTMLElement.headings : [element], within: element.scope)
    }
    // Names that HTML does not know are closed by name.
    guard let place = openNames.lastIndex(of: name) else { return }
    while open.count > place { close() }
  }

  mutating func comment(_ bytes: ArraySlice<UInt8>) {}
  mutating func documentType() {}
}

extension HTMLTree.Attributes {
  private static let hintNames: Set<String> = [
    "class", "id", "role", "itemprop", "data-testid", "data-component", "data-type", "rel",
    "aria-label", "name",
  ]
  private static let valueNames: Set<String> = [
    "content", "property", "name", "http-equiv", "charset", "type", "datetime", "href", "itemprop",
    "role", "class",
  ]
  /// What is longer is no name that people chose.
  private static let longestHint = 300

  fileprivate init(_ tag: HTMLTag) {
    for attribute in tag.attributes {
      let name = String(decoding: attribute.name, as: UTF8.self)
      let value = attribute.value.prefix(
        name == "content" || name == "href" ? 2000 : Self.longestHint)
      let text = String(decoding: value, as: UTF8.self)
      if Self.hintNames.contains(name) { hints += " \(text.lowercased())" }
      if Self.valueNames.contains(name) { values[name] = text }
      switch name {
      case "hidden": isHidden = true
      case "aria-hidden": isHidden = isHidden || text == "true"
      case "style":
        let style = text.lowercased().filter { $0 != " " }
        isHidden = isHidden || style.contains("display:none") || style.contains("visibility:hidden")
      case "itemprop": isArticleBody = isArticleBody || text == "articleBody"
      default: break
      }
    }
  }
}
