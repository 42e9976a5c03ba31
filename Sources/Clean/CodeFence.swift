/// A line that opens or closes a block of code, as CommonMark (0.31, section 4.5) has them.
///
/// It may stand in quotes, and one that opens a block in an item of a list too.
struct CodeFence<Bytes: Collection<UInt8>> {
  /// What stands behind the marks, without blanks around it: the language of the code.
  let info: Bytes.SubSequence
  /// A backtick or a tilde, and how many of them there are.
  private let mark: UInt8
  private let count: Int
  /// Whether it begins an item of a list, and so cannot close a block.
  private let isItem: Bool

  /// The fence that a line is, behind which further ones may follow; nil for any other line.
  init?(_ text: Bytes.SubSequence) {
    var line = text.drop(while: \.isBlank)
    var isItem = false
    while let (inner, isInItem) = Self.insideOfContainer(line) {
      line = inner
      isItem = isItem || isInItem
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
    (self.mark, self.isItem) = (mark, isItem)
  }

  /// Whether it ends the block that another one opened.
  func closes(_ opening: CodeFence) -> Bool {
    mark == opening.mark && count >= opening.count && info.isEmpty && !isItem
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
