import TextKit

extension MarkdownParser {
  // MARK: - The tree

  mutating func addChild(_ kind: MarkdownBlock.Kind) {
    while !tip.canHold(kind), tip !== document { finalize(tip) }
    let block = MarkdownBlock(kind, line: number)
    tip.add(block)
    tip = block
  }

  mutating func closeUnmatched() {
    guard !allClosed else { return }
    while tip !== lastMatched, tip !== document { finalize(tip) }
    allClosed = true
  }

  mutating func finalize(_ block: MarkdownBlock) {
    block.isOpen = false
    let parent = block.parent
    switch block.kind {
    case .paragraph: finishParagraph(block)
    case .code(let fence): block.finishCode(isFenced: fence != nil)
    case .html:
      while block.text.last.map({ $0 == 0x0A || $0 == 0x20 }) == true { block.text.removeLast() }
    case .list: block.finishList()
    default: break
    }
    if tip === block { tip = parent ?? document }
  }

  mutating func finishParagraph(_ block: MarkdownBlock) {
    takeReferences(block)
    if block.text.isEmpty {
      block.parent?.remove(block)
    } else if MarkdownTable.isTable(block.text) {
      block.kind = .table
    }
  }

  /// Takes the definitions of links off the beginning of a paragraph.
  mutating func takeReferences(_ block: MarkdownBlock) {
    var rest = block.text[...]
    while rest.first == UInt8(ascii: "["),
      let (label, reference, length) = MarkdownReference.definition(in: rest)
    {
      references[label] = references[label] ?? reference
      rest = rest.dropFirst(length)
    }
    if rest.count < block.text.count { block.text = Array(rest) }
    if block.text.allSatisfy({ $0.isHTMLBlank }) { block.text = [] }
  }
}

extension MarkdownBlock {
  /// Divides the first line from the others, or takes blank lines off the end.
  fileprivate func finishCode(isFenced: Bool) {
    if isFenced {
      let end = text.firstIndex(of: 0x0A) ?? text.count
      info = Array(text[..<end].trimmedBlanks)
      text.removeFirst(min(end + 1, text.count))
      return
    }
    var lines = text.split(separator: 0x0A, omittingEmptySubsequences: false)
    while let last = lines.last, last.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) {
      lines.removeLast()
    }
    text = Array(lines.joined(separator: [0x0A])) + [0x0A]
  }

  /// A list is loose where blank lines stand between its items or their parts.
  fileprivate func finishList() {
    // Lists within lists would be walked through again by each that holds them.
    hasBlankEndWithin = children.last?.hasBlankEnd ?? false
    for (index, item) in children.enumerated() {
      let isLast = index == children.count - 1
      if item.hasBlankEnd, !isLast { isTight = false }
      for (place, part) in item.children.enumerated() {
        let isEnd = isLast && place == item.children.count - 1
        if part.hasBlankEnd, !isEnd { isTight = false }
      }
    }
  }
}
