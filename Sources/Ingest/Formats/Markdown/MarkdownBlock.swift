/// A block of a Markdown document: a paragraph, or what holds others.
///
/// A class, for blocks stay open and grow while lines are read; one thread makes a document.
final class MarkdownBlock {
  /// What a block is.
  enum Kind: Equatable {
    case document
    case quote
    case list(ListMark)
    case item(ListMark)
    case paragraph
    case heading(Int)
    case rule
    case code(Fence?)
    /// Lines of HTML, and which of the seven kinds of the specification.
    case html(Int)
    case table
  }

  /// How items of a list are marked.
  struct ListMark: Equatable {
    /// The bullet, or the mark behind a number.
    let character: UInt8
    /// The number of the first item; nil for bullets.
    let number: Int?
    /// Columns before the mark, and from it to the text.
    let offset: Int
    let padding: Int

    /// Whether an item belongs to the list of another.
    func continues(_ other: ListMark) -> Bool {
      character == other.character && (number == nil) == (other.number == nil)
    }
  }

  /// The line that begins fenced code.
  struct Fence: Equatable {
    let character: UInt8
    let length: Int
    let offset: Int
  }

  var kind: Kind
  /// The block it lies in, which lives as long as the document.
  private(set) unowned var parent: MarkdownBlock?
  var children: [MarkdownBlock] = []
  /// The lines of a leaf.
  var text: [UInt8] = []
  /// The line it begins on, counted from 1.
  let line: Int
  var isOpen = true
  var endsInBlankLine = false
  var isTight = true
  /// Whether a blank line follows the last line of a list that is closed; nil for what is no such list.
  var hasBlankEndWithin: Bool?
  /// The words behind the fence of code.
  var info: [UInt8] = []

  init(_ kind: Kind, line: Int) {
    self.kind = kind
    self.line = line
  }

  func add(_ child: MarkdownBlock) {
    child.parent = self
    children.append(child)
  }

  func remove(_ child: MarkdownBlock) {
    // Most often it is the last, and then the others need not be looked at.
    if children.last === child {
      children.removeLast()
    } else {
      children.removeAll { $0 === child }
    }
  }

  /// Whether lines are added to it as they are.
  var acceptsLines: Bool {
    switch kind {
    case .paragraph, .code, .html: true
    default: false
    }
  }

  /// Whether a block of a kind may lie in it.
  func canHold(_ kind: Kind) -> Bool {
    let isItem = if case .item = kind { true } else { false }
    return switch self.kind {
    case .list: isItem
    case .document, .quote, .item: !isItem
    default: false
    }
  }

  /// Whether a blank line follows its last line.
  var hasBlankEnd: Bool {
    var block = self
    while true {
      if block.endsInBlankLine { return true }
      if let known = block.hasBlankEndWithin { return known }
      switch block.kind {
      case .list, .item:
        guard let last = block.children.last else { return false }
        block = last
      default: return false
      }
    }
  }
}
