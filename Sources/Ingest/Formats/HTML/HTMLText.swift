import TextKit

/// Writes texts of a page as a reader sees them: a line a block, blanks run together except in `pre`.
struct HTMLText {
  private let tree: HTMLTree
  private var bytes: [UInt8] = []
  /// A blank is due before the next word.
  private var blankDue = false
  /// A new line is due before the next word.
  private var lineDue = false
  private var preformatted = 0

  /// The text below a node, without what is below nodes that `skips` names.
  static func text(
    of tree: HTMLTree, below node: Int = 0, skipping skips: (Int) -> Bool = { _ in false }
  ) -> String {
    var writer = HTMLText(tree: tree)
    writer.write(below: node, skips)
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  private init(tree: HTMLTree) { self.tree = tree }

  /// Walks the nodes in order; what is open is a stack, for pages may be nested deep.
  private mutating func write(below root: Int, _ skips: (Int) -> Bool) {
    var open: [Int] = []
    var place = root
    let end = tree.nodes[root].end
    while place < end {
      while let last = open.last, tree.nodes[last].end <= place { leave(open.removeLast()) }
      let node = tree.nodes[place]
      guard let element = node.element else {
        characters(tree.bytes[node.text])
        place += 1
        continue
      }
      let isHidden = HTMLElement.hidden.contains(element) && place != root
      if isHidden || skips(place) {
        if HTMLElement.blocks.contains(element) { lineDue = true }
        place = node.end
        continue
      }
      enter(element)
      open.append(place)
      place += 1
    }
    while let last = open.popLast() { leave(last) }
  }

  private mutating func enter(_ element: HTMLElement) {
    switch element {
    case .pre, .listing, .xmp: preformatted += 1
    case .br: lineBreak()
    case .td, .th: blankDue = true
    default: break
    }
    if HTMLElement.blocks.contains(element) { lineDue = true }
  }

  private mutating func leave(_ node: Int) {
    guard let element = tree.nodes[node].element else { return }
    switch element {
    case .pre, .listing, .xmp: preformatted -= 1
    case .td, .th: blankDue = true
    default: break
    }
    if HTMLElement.blocks.contains(element) { lineDue = true }
  }

  private mutating func lineBreak() {
    guard !bytes.isEmpty else { return }
    // The break itself ends the line, so a block that follows asks for none.
    bytes.append(0x0A)
    lineDue = false
    blankDue = false
  }

  private mutating func characters(_ text: ArraySlice<UInt8>) {
    for byte in text {
      if byte.isHTMLBlank || byte == 0x0B, preformatted == 0 {
        blankDue = true
      } else {
        if !byte.isHTMLBlank || preformatted > 0 { beginWord() }
        bytes.append(byte)
      }
    }
  }

  /// Writes the newline or blank that is due.
  private mutating func beginWord() {
    if lineDue, !bytes.isEmpty, bytes.last != 0x0A {
      bytes.append(0x0A)
    } else if blankDue, let last = bytes.last, last != 0x0A {
      bytes.append(0x20)
    }
    lineDue = false
    blankDue = false
  }
}
