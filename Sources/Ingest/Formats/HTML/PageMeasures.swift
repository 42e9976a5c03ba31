import TextKit

/// How much text, and how much of it in links, each node of a page holds.
struct PageMeasures {
  /// The block each node lies in, itself where it is one.
  private(set) var blockOf: [Int]
  /// Bytes of text below each node that are no blanks.
  private(set) var length: [Int]
  /// Those of them in links.
  private(set) var linkLength: [Int]
  /// Those that lie in a block and in no block within it.
  private(set) var own: [Int]
  /// Those of `own` in links.
  private(set) var ownLinks: [Int]
  /// Commas in `own`, a sign of sentences.
  private(set) var commas: [Int]
  /// Text below each node in paragraphs that are long and have few links.
  private(set) var prose: [Int]

  /// Measures all that is not left out.
  init(_ tree: HTMLTree, excluded: [Bool]) {
    let none = Array(repeating: 0, count: tree.nodes.count)
    (blockOf, length, linkLength) = (none, none, none)
    (own, ownLinks, commas, prose) = (none, none, none, none)
    addTexts(tree, excluded)
    for node in none.indices where own[node] >= Self.leastProse && ownLinks[node] * 3 < own[node] {
      prose[node] = own[node]
    }
    for node in none.indices.dropFirst().reversed() {
      let parent = tree.nodes[node].parent
      length[parent] += length[node]
      linkLength[parent] += linkLength[node]
      prose[parent] += prose[node]
    }
  }

  /// Shorter paragraphs are as often captions and buttons.
  private static let leastProse = 80

  private mutating func addTexts(_ tree: HTMLTree, _ excluded: [Bool]) {
    var inLink = Array(repeating: false, count: tree.nodes.count)
    for node in tree.nodes.indices.dropFirst() {
      let parent = tree.nodes[node].parent
      let element = tree.nodes[node].element
      inLink[node] = inLink[parent] || element == .a
      let isBlock = element.map { HTMLElement.blocks.contains($0) } == true
      blockOf[node] = isBlock ? node : blockOf[parent]
      guard element == nil, !excluded[node] else { continue }
      add(tree.bytes[tree.nodes[node].text], of: node, inLink: inLink[node])
    }
  }

  private mutating func add(_ text: ArraySlice<UInt8>, of node: Int, inLink: Bool) {
    let count = text.count { !$0.isHTMLBlank }
    let block = blockOf[node]
    own[block] += count
    length[node] = count
    if inLink {
      ownLinks[block] += count
      linkLength[node] = count
    } else {
      commas[block] += text.count { $0 == UInt8(ascii: ",") } + Self.wideCommas(text)
    }
  }

  /// How often `，` and `、` stand in a text.
  private static func wideCommas(_ text: ArraySlice<UInt8>) -> Int {
    var count = 0
    for place in text.indices.dropLast(2) where text[place] == 0xEF || text[place] == 0xE3 {
      let rest = text[place...].prefix(3)
      if rest.elementsEqual([0xEF, 0xBC, 0x8C]) || rest.elementsEqual([0xE3, 0x80, 0x81]) {
        count += 1
      }
    }
    return count
  }

  /// The share of a node's text that lies in links.
  func linkDensity(_ node: Int) -> Double {
    length[node] == 0 ? 0 : Double(linkLength[node]) / Double(length[node])
  }

  /// Bytes of text below each node that a reader sees, blanks not counted.
  static func lengths(of tree: HTMLTree) -> [Int] {
    var lengths = Array(repeating: 0, count: tree.nodes.count)
    for node in tree.nodes.indices.dropFirst().reversed() {
      guard let element = tree.nodes[node].element else {
        lengths[node] = tree.bytes[tree.nodes[node].text].count { !$0.isHTMLBlank }
        lengths[tree.nodes[node].parent] += lengths[node]
        continue
      }
      if HTMLElement.hidden.contains(element) { lengths[node] = 0 }
      lengths[tree.nodes[node].parent] += lengths[node]
    }
    return lengths
  }
}
