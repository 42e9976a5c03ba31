import TextKit

extension MarkdownParser {
  // MARK: - Beginnings

  enum Start {
    case none, container, leaf
  }

  mutating func start(in container: MarkdownBlock) -> Start {
    if !line.isIndented {
      if let first = line.first, first == UInt8(ascii: ">") {
        closeUnmatched()
        _ = takeQuoteMark()
        addChild(.quote)
        return .container
      }
      if startHeading() || startFence() || startHTML(container) || startUnderline(container)
        || startRule()
      {
        return .leaf
      }
    }
    if startItem(container) { return .container }
    if line.isIndented, tip.kind != .paragraph, !line.isBlank {
      line.advance(4, columns: true)
      closeUnmatched()
      addChild(.code(nil))
      return .leaf
    }
    return .none
  }

  mutating func startHeading() -> Bool {
    let content = line.content
    let level = content.prefix { $0 == UInt8(ascii: "#") }.count
    let after = content.dropFirst(level)
    guard (1...6).contains(level), after.first.map({ $0 == 0x20 || $0 == 0x09 }) ?? true else {
      return false
    }
    closeUnmatched()
    addChild(.heading(level))
    tip.text = after.withoutClosingMarks
    line.skipToEnd()
    return true
  }

  mutating func startFence() -> Bool {
    let content = line.content
    guard let mark = content.first, mark == UInt8(ascii: "`") || mark == UInt8(ascii: "~") else {
      return false
    }
    let length = content.prefix { $0 == mark }.count
    let info = content.dropFirst(length)
    guard length >= 3, mark != UInt8(ascii: "`") || !info.contains(mark) else { return false }
    closeUnmatched()
    addChild(.code(MarkdownBlock.Fence(character: mark, length: length, offset: line.indent)))
    line.skipBlanks()
    line.advance(length)
    return true
  }

  mutating func startHTML(_ container: MarkdownBlock) -> Bool {
    guard line.first == UInt8(ascii: "<") else { return false }
    let inParagraph =
      container.kind == .paragraph || !allClosed && !line.isBlank && tip.kind == .paragraph
    guard let kind = MarkdownHTML.kind(line.content), kind < 7 || !inParagraph else { return false }
    closeUnmatched()
    addChild(.html(kind))
    return true
  }

  mutating func startUnderline(_ container: MarkdownBlock) -> Bool {
    guard container.kind == .paragraph, let mark = line.first,
      mark == UInt8(ascii: "=") || mark == UInt8(ascii: "-"),
      line.content.trimmedBlanks.allSatisfy({ $0 == mark })
    else { return false }
    closeUnmatched()
    takeReferences(container)
    guard !container.text.isEmpty else { return false }
    container.kind = .heading(mark == UInt8(ascii: "=") ? 1 : 2)
    container.text = Array(container.text[...].trimmedBlanks)
    line.skipToEnd()
    return true
  }

  mutating func startRule() -> Bool {
    let marks = line.content.filter { $0 != 0x20 && $0 != 0x09 }
    guard marks.count >= 3, let mark = marks.first, "*-_".utf8.contains(mark),
      marks.allSatisfy({ $0 == mark })
    else { return false }
    closeUnmatched()
    addChild(.rule)
    line.skipToEnd()
    return true
  }

  mutating func startItem(_ container: MarkdownBlock) -> Bool {
    let inList = if case .list = container.kind { true } else { false }
    guard !line.isIndented || inList, line.indent < 4, let mark = listMark(container) else {
      return false
    }
    closeUnmatched()
    if case .list(let last) = tip.kind, mark.continues(last) {
    } else {
      addChild(.list(mark))
    }
    addChild(.item(mark))
    return true
  }

  /// Reads the mark of an item.
  mutating func listMark(_ container: MarkdownBlock) -> MarkdownBlock.ListMark? {
    let content = line.content
    let digits = content.prefix(10).prefix { $0.isASCIIDigit }
    let ordered = content.dropFirst(digits.count).first
    var number: Int?
    guard let first = content.first else { return nil }
    if !"*+-".utf8.contains(first) {
      guard (1...9).contains(digits.count), ordered == UInt8(ascii: ".") || ordered == 0x29,
        let value = Int(String(decoding: digits, as: UTF8.self)),
        container.kind != .paragraph || value == 1
      else { return nil }
      number = value
    }
    let length = number == nil ? 1 : digits.count + 1
    let after = content.dropFirst(length)
    guard after.first.map({ $0 == 0x20 || $0 == 0x09 }) ?? true,
      container.kind != .paragraph || !after.trimmedBlanks.isEmpty
    else { return nil }
    let indent = line.indent
    line.skipBlanks()
    line.advance(length, columns: true)
    return MarkdownBlock.ListMark(
      character: number == nil ? first : ordered ?? 0, number: number, offset: indent,
      padding: takePadding(length))
  }

  /// Moves to the text of an item; how many columns it stands behind the mark's beginning.
  mutating func takePadding(_ length: Int) -> Int {
    let start = line
    repeat {
      line.advance(1, columns: true)
    } while line.column - start.column < 5
      && line.nextIsBlank
    let blanks = line.column - start.column
    guard blanks >= 5 || blanks < 1 || line.next == nil else { return length + blanks }
    line = start
    if line.nextIsBlank { line.advance(1, columns: true) }
    return length + 1
  }
}
