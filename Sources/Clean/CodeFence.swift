/// Which lines of a text are code between fences, told one line after the other, as CommonMark has them (0.31,
/// sections 4.5, 5.1 and 5.2): in quotes and items of lists too, with which a block ends.
struct CodeFences<Bytes: Collection<UInt8>> {
  enum Line { case prose, opening, code, closing }

  private var open: CodeFence<Bytes>?

  /// Whether the next line is in a block.
  var isOpen: Bool { open != nil }

  /// What stands behind the fence that opened the block: the language of the code.
  var info: Bytes.SubSequence? { open?.info }

  /// Takes the next line, from its first visible character on; further lines may follow it.
  ///
  /// - Parameter indent: How many blanks stand before it.
  mutating func take(_ line: Bytes.SubSequence, indent: Int) -> Line {
    let isBlank = line.first.map { $0 == 0x0A || $0 == 0x0D } ?? true
    if !isBlank, open?.ends(before: line, indent: indent) == true { open = nil }
    guard let fence = CodeFence<Bytes>(line, indent: indent) else { return isOpen ? .code : .prose }
    guard let opening = open else {
      open = fence
      return .opening
    }
    guard fence.closes(opening) else { return .code }
    open = nil
    return .closing
  }
}

/// A line that opens or closes a block of code.
struct CodeFence<Bytes: Collection<UInt8>> {
  /// What stands behind the marks, without blanks around it.
  let info: Bytes.SubSequence
  /// A backtick or a tilde, and how many of them there are.
  private let mark: UInt8
  private let count: Int
  /// How many quotes it stands in.
  private let quotes: Int
  /// Where it stands in the line if it begins an item of a list, and so cannot close a block; 0 for others.
  private let column: Int
  /// Whether the lines of the block stand below the item that it is in, as CommonMark wants it; nil before the first.
  private var isIndented: Bool?

  init?(_ text: Bytes.SubSequence, indent: Int) {
    var (line, quotes, isItem) = (text, 0, false)
    while let (inner, isInItem) = Self.insideOfContainer(line) {
      line = inner
      if isInItem { isItem = true } else { quotes += 1 }
    }
    guard let mark = line.first, mark == UInt8(ascii: "`") || mark == UInt8(ascii: "~") else {
      return nil
    }
    let behind = line.drop { $0 == mark }
    count = line.distance(from: line.startIndex, to: behind.startIndex)
    guard count >= 3 else { return nil }
    info = Self.trimmed(behind.prefix { $0 != 0x0A && $0 != 0x0D })
    // Backticks again on the same line are a span of code.
    if mark == UInt8(ascii: "`"), info.contains(mark) { return nil }
    (self.mark, self.quotes) = (mark, quotes)
    column = isItem ? indent + text.distance(from: text.startIndex, to: line.startIndex) : 0
  }

  /// Whether it ends the block that another one opened.
  func closes(_ opening: CodeFence) -> Bool {
    mark == opening.mark && count >= opening.count && info.isEmpty && column == 0
      && quotes == opening.quotes
  }

  /// Whether the block that this opened has ended with the quote or the item it is in.
  ///
  /// Many write code that belongs to an item without indenting it: such a block ends with a fence alone.
  mutating func ends(before line: Bytes.SubSequence, indent: Int) -> Bool {
    if quotes > 0 { return Self.quotes(around: line) < quotes }
    guard column > 0 else { return false }
    let isWithin = indent >= column
    let wasIndented = isIndented ?? isWithin
    isIndented = wasIndented
    return wasIndented && !isWithin
  }

  private static func quotes(around line: Bytes.SubSequence) -> Int {
    var (line, quotes) = (line, 0)
    while let (inner, isItem) = insideOfContainer(line), !isItem {
      (line, quotes) = (inner, quotes + 1)
    }
    return quotes
  }

  /// What is behind the mark of a quote or of an item, and which of these it is; nil where the line begins with
  /// neither.
  private static func insideOfContainer(
    _ line: Bytes.SubSequence
  ) -> (Bytes.SubSequence, isItem: Bool)? {
    if line.first == UInt8(ascii: ">") { return (line.dropFirst().drop(while: \.isBlank), false) }
    let digits = line.prefix(10).prefix { (0x30...0x39).contains($0) }.count
    let behind = line.dropFirst(digits)
    guard digits < 10, let mark = behind.first,
      digits == 0 ? [0x2D, 0x2A, 0x2B].contains(mark) : [0x2E, 0x29].contains(mark),
      let blank = behind.dropFirst().first, blank.isBlank
    else { return nil }
    return (behind.dropFirst(2).drop(while: \.isBlank), true)
  }

  private static func trimmed(_ text: Bytes.SubSequence) -> Bytes.SubSequence {
    let text = text.drop(while: \.isBlank)
    var length = 0
    for (index, byte) in text.enumerated() where !byte.isBlank { length = index + 1 }
    return text.prefix(length)
  }
}

extension UInt8 {
  fileprivate var isBlank: Bool { self == 0x20 || self == 0x09 }
}
