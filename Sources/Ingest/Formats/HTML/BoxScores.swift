/// How likely each box of a page is to be its article.
struct BoxScores {
  private let tree: HTMLTree
  private let measures: PageMeasures
  private var scores: [Double]
  /// How many boxes around a paragraph it speaks for.
  private static let levels = 5

  /// Adds up what the paragraphs give.
  init(_ tree: HTMLTree, _ measures: PageMeasures, excluded: [Bool]) {
    self.tree = tree
    self.measures = measures
    scores = Array(repeating: 0, count: tree.nodes.count)
    for block in tree.nodes.indices where measures.own[block] >= 25 && !excluded[block] {
      if measures.ownLinks[block] * 2 < measures.own[block] { addPoints(of: block) }
    }
  }

  private mutating func addPoints(of block: Int) {
    guard let element = tree.nodes[block].element else { return }
    let length = measures.own[block]
    let points = 1 + Double(measures.commas[block]) + min(Double(length) / 100, 3)
    // Much text in a box that is no paragraph is several paragraphs with breaks between them.
    let isParagraph = Self.paragraphs.contains(element) || length < 200
    var node = isParagraph ? tree.nodes[block].parent : block
    var level = 0
    while node > 0, level < Self.levels {
      if let element = tree.nodes[node].element, HTMLElement.blocks.contains(element) {
        if scores[node] == 0 { scores[node] = initial(node, element) }
        scores[node] += points / (level < 2 ? Double(level + 1) : Double(level) * 3)
        level += 1
      }
      node = tree.nodes[node].parent
    }
  }

  private static let paragraphs: Set<HTMLElement> = HTMLElement.headings.union([
    .p, .pre, .li, .td, .th, .blockquote, .dd, .dt,
  ])

  private func initial(_ node: Int, _ element: HTMLElement) -> Double {
    var score: Double =
      switch element {
      case .article: 15
      case .div, .main, .section: 5
      case .pre, .td, .blockquote: 3
      case .ol, .ul, .dl, .dd, .dt, .li: -3
      case _ where HTMLElement.headings.contains(element): -5
      default: 0
      }
    guard let attributes = tree.attributes(of: node) else { return score }
    let weight = PageHints.weight(of: attributes.hints)
    if attributes.isArticleBody { score += 50 }
    if weight.isArticleBody { score += 25 }
    if weight.isContent { score += 15 }
    if weight.isBoilerplate { score -= 25 }
    return score
  }

  private func value(_ node: Int) -> Double { scores[node] * (1 - measures.linkDensity(node)) }

  /// The box that is the article; nil where no paragraph speaks for any.
  func best() -> Int? {
    let boxes = tree.nodes.indices.filter { scores[$0] > 0 }
    guard var top = boxes.max(by: { (value($0), $1) < (value($1), $0) }) else { return nil }
    top = climbed(from: top)
    return joined(from: top)
  }

  /// Paragraphs may be spread over several boxes: then the box around them is meant.
  private func climbed(from top: Int) -> Int {
    var top = top
    var last = value(top)
    while true {
      let parent = tree.nodes[top].parent
      guard parent > 0, tree.nodes[parent].element != .body,
        value(parent) > last * 0.75 || measures.length[parent] == measures.length[top]
      else { return top }
      last = max(value(parent), last * 0.75)
      top = parent
    }
  }

  /// The box around boxes of one kind, such as the sections of a long article.
  private func joined(from top: Int) -> Int {
    var best = top
    var child = top
    for _ in 0..<Self.levels {
      let parent = tree.nodes[child].parent
      guard parent > 0, tree.nodes[child].element != .article,
        tree.nodes[parent].element != .body
      else { break }
      let others = tree.children(of: parent).filter { $0 != child && isLike($0, child) }
      let prose = others.reduce(0) { $0 + measures.prose[$1] }
      if prose * 5 > measures.prose[best] { best = parent }
      child = parent
    }
    return best
  }

  private func isLike(_ one: Int, _ other: Int) -> Bool {
    tree.nodes[one].element == tree.nodes[other].element
      && tree.attributes(of: one)?.values["class"] == tree.attributes(of: other)?.values["class"]
  }
}
