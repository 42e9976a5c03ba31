import TextKit

/// Divides Markdown into blocks, as the CommonMark specification 0.31 says in its appendix.
struct MarkdownParser {
  let document = MarkdownBlock(.document, line: 1)
  /// Where links by name lead.
  var references: [String: MarkdownReference] = [:]
  var tip: MarkdownBlock
  var line = MarkdownLine([])
  var number = 0
  var allClosed = true
  var lastMatched: MarkdownBlock
  /// What is nested deeper is text.
  static let deepest = 100
  var depth = 0

  /// Reads a document in UTF-8.
  init(_ bytes: [UInt8]) {
    tip = document
    lastMatched = document
    for line in bytes.markdownLines { add(line) }
    while tip !== document { finalize(tip) }
    finalize(document)
  }

  // MARK: - Lines

  mutating func add(_ bytes: ArraySlice<UInt8>) {
    number += 1
    line = MarkdownLine(Array(bytes))
    let oldTip = tip
    var container = document
    depth = 0
    while let last = container.children.last, last.isOpen {
      depth += 1
      switch continues(last) {
      case .yes: container = last
      case .ended: return
      case .no:
        depth -= 1
        return begin(in: container, oldTip)
      }
    }
    begin(in: container, oldTip)
  }

  enum Continuation {
    case yes, no
    /// The line ended the block.
    case ended
  }

  mutating func continues(_ block: MarkdownBlock) -> Continuation {
    switch block.kind {
    case .document, .list: return .yes
    case .quote: return takeQuoteMark() ? .yes : .no
    case .item(let mark):
      if line.isBlank {
        if block.children.isEmpty { return .no }
        line.skipBlanks()
        return .yes
      }
      guard line.indent >= mark.offset + mark.padding else { return .no }
      line.advance(mark.offset + mark.padding, columns: true)
      return .yes
    case .heading, .rule, .table: return .no
    case .code(let fence?): return continues(block, fence)
    case .code(nil):
      if line.isIndented {
        line.advance(4, columns: true)
      } else if line.isBlank {
        line.skipBlanks()
      } else {
        return .no
      }
      return .yes
    case .html(let kind): return line.isBlank && kind >= 6 ? .no : .yes
    case .paragraph: return line.isBlank ? .no : .yes
    }
  }

  mutating func continues(
    _ block: MarkdownBlock, _ fence: MarkdownBlock.Fence
  ) -> Continuation {
    let run = line.content.prefix { $0 == fence.character }
    let isEnd =
      line.indent <= 3 && run.count >= fence.length
      && line.content.dropFirst(run.count).allSatisfy { $0 == 0x20 || $0 == 0x09 }
    if isEnd {
      finalize(block)
      return .ended
    }
    for _ in 0..<fence.offset where line.nextIsBlank { line.advance(1, columns: true) }
    return .yes
  }

  mutating func takeQuoteMark() -> Bool {
    guard !line.isIndented, line.first == UInt8(ascii: ">") else { return false }
    line.skipBlanks()
    line.advance(1)
    if line.nextIsBlank { line.advance(1, columns: true) }
    return true
  }

  /// Looks for blocks that begin here and adds what is left to the innermost.
  mutating func begin(in matched: MarkdownBlock, _ oldTip: MarkdownBlock) {
    var container = matched
    allClosed = container === oldTip
    lastMatched = container
    var isLeaf = container.kind != .paragraph && container.acceptsLines
    while !isLeaf, depth < Self.deepest {
      switch start(in: container) {
      case .container:
        container = tip
        depth += 1
      case .leaf:
        container = tip
        isLeaf = true
      case .none:
        line.skipBlanks()
        isLeaf = true
        return addText(to: container)
      }
    }
    addText(to: container)
  }

  mutating func addText(to container: MarkdownBlock) {
    if !allClosed, !line.isBlank, tip.kind == .paragraph {
      return addLine()
    }
    closeUnmatched()
    noteBlankLine(container)
    if container.acceptsLines {
      addLine()
      if case .html(let kind) = container.kind, MarkdownHTML.ends(kind, line.bytes[...]) {
        finalize(container)
      }
    } else if line.offset < line.bytes.count, !line.isBlank {
      addChild(.paragraph)
      line.skipBlanks()
      addLine()
    }
  }

  /// Notes where blank lines stand, for they make lists loose.
  func noteBlankLine(_ container: MarkdownBlock) {
    if line.isBlank { container.children.last?.endsInBlankLine = true }
    let hides: Bool =
      switch container.kind {
      case .quote: true
      case .code(let fence): fence != nil
      case .item: container.children.isEmpty && container.line == number
      default: false
      }
    var block: MarkdownBlock? = container
    while let current = block {
      current.endsInBlankLine = line.isBlank && !hides
      block = current.parent
    }
  }

  func addLine() {
    tip.text += line.remaining
    tip.text.append(0x0A)
  }
}

extension [UInt8] {
  /// The lines, their ends left aside; bytes that are zero are U+FFFD.
  fileprivate var markdownLines: [ArraySlice<UInt8>] {
    var lines: [ArraySlice<UInt8>] = []
    var start = 0
    for place in indices where self[place] == 0x0A || self[place] == 0x0D {
      if self[place] == 0x0A, place > 0, self[place - 1] == 0x0D {
        start = place + 1
        continue
      }
      lines.append(self[start..<place])
      start = place + 1
    }
    if start < count { lines.append(self[start...]) }
    return lines.map { line in
      line.contains(0) ? line.flatMap { $0 == 0 ? [0xEF, 0xBF, 0xBD] : [$0] }[...] : line
    }
  }
}

extension ArraySlice<UInt8> {
  /// The bytes without blanks and newlines at their ends.
  var trimmedBlanks: ArraySlice<UInt8> {
    let text = drop { $0.isHTMLBlank }
    let end = text.lastIndex { !$0.isHTMLBlank }.map { $0 + 1 } ?? text.startIndex
    return text[..<end]
  }

  /// A heading without the marks that may stand at its end.
  var withoutClosingMarks: [UInt8] {
    let text = trimmedBlanks
    let marks = text.reversed().prefix { $0 == UInt8(ascii: "#") }.count
    let rest = text.dropLast(marks)
    guard marks > 0, rest.last.map({ $0 == 0x20 || $0 == 0x09 }) ?? true else { return Array(text) }
    return Array(rest.trimmedBlanks)
  }
}
