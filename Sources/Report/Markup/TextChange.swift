import Records

/// What differs between two texts, word by word; of scripts without blanks, character by character.
package struct TextChange {
  /// A stretch that both texts share, or that one of them alone has.
  package enum Piece: Sendable, Equatable {
    case same(String)
    case removed(String)
    case added(String)
  }

  package let pieces: [Piece]

  /// Longer texts are compared up to so many words: the table of the comparison grows with both.
  private static let mostWords = 600
  /// A shared stretch longer than this is cut in its middle.
  private static let context = 60

  /// Compares two texts.
  package init(from old: String, to new: String) {
    let (old, new) = (Self.words(old), Self.words(new))
    pieces = Self.joined(Self.edits(old, new))
  }

  /// Compares stretches of two texts, so many scalars of each, that begin shortly before they differ.
  package init(from old: String, to new: String, limit: Int) {
    let start = Self.start(old.unicodeScalars, new.unicodeScalars, limit: limit)
    self.init(
      from: Self.stretch(of: old, from: start, limit: limit),
      to: Self.stretch(of: new, from: start, limit: limit))
  }

  /// Where the stretches begin: where texts that are too long begin to differ, and some words before.
  private static func start(
    _ old: String.UnicodeScalarView, _ new: String.UnicodeScalarView, limit: Int
  ) -> Int {
    let shared = zip(old, new).lazy.prefix { $0 == $1 }.reduce(0) { count, _ in count + 1 }
    let longest = max(old.count, new.count)
    guard longest > limit, shared < longest, shared > context else { return 0 }
    let lead = old.dropFirst(shared - context).prefix(context)
    let blank = lead.firstIndex(of: " ").map { lead.distance(from: lead.startIndex, to: $0) + 1 }
    return shared - context + (blank ?? 0)
  }

  private static func stretch(of text: String, from start: Int, limit: Int) -> String {
    let rest = String(text.unicodeScalars.dropFirst(start))
    return (start > 0 ? "…" : "") + Format.excerpt(rest, limit: limit)
  }

  /// The pieces as they are shown: what was taken out struck through, what was put in underlined.
  var node: Node {
    .fragment(
      pieces.enumerated().map { index, piece in
        switch piece {
        // Where nothing differs, the text itself is what there is to see.
        case .same(let text) where pieces.count == 1: .text(text)
        case .same(let text):
          .text(Self.cut(text, isFirst: index == 0, isLast: index == pieces.count - 1))
        case .removed(let text): tag("del") { text }
        case .added(let text): tag("ins") { text }
        }
      })
  }

  /// A shared stretch without its middle, or without what lies before or behind all changes.
  private static func cut(_ text: String, isFirst: Bool, isLast: Bool) -> String {
    let scalars = Array(text.unicodeScalars)
    guard scalars.count > 2 * context + 20 else { return text }
    let head = isFirst ? "" : String(String.UnicodeScalarView(scalars.prefix(context)))
    let tail = isLast ? "" : String(String.UnicodeScalarView(scalars.suffix(context)))
    return "\(head) … \(tail)"
  }

  /// Words, blanks and marks in order; a letter of Chinese, Japanese or Korean is a word.
  private static func words(_ text: String) -> [String] {
    var words: [String] = []
    var isOpen = false
    for scalar in text.unicodeScalars {
      let isLetter = scalar.properties.isAlphabetic || scalar.properties.numericType != nil
      let isWord = isLetter && !scalar.properties.isIdeographic && scalar.value < 0x2E80
      if isWord, isOpen, let last = words.indices.last {
        words[last].unicodeScalars.append(scalar)
      } else if words.count == mostWords {
        words.append("…")
        return words
      } else {
        words.append(String(scalar))
      }
      isOpen = isWord
    }
    return words
  }

  /// The shortest way from one list to the other, by their longest common subsequence.
  private static func edits(_ old: [String], _ new: [String]) -> [Piece] {
    let width = new.count + 1
    var common = [Int32](repeating: 0, count: (old.count + 1) * width)
    for row in old.indices.reversed() {
      for column in new.indices.reversed() {
        common[row * width + column] =
          old[row].hasSameBytes(as: new[column])
          ? common[(row + 1) * width + column + 1] + 1
          : max(common[(row + 1) * width + column], common[row * width + column + 1])
      }
    }
    var pieces: [Piece] = []
    var (row, column) = (0, 0)
    while row < old.count || column < new.count {
      if row < old.count, column < new.count, old[row].hasSameBytes(as: new[column]) {
        pieces.append(.same(old[row]))
        (row, column) = (row + 1, column + 1)
      } else if column == new.count
        || row < old.count
          && common[(row + 1) * width + column] >= common[row * width + column + 1]
      {
        pieces.append(.removed(old[row]))
        row += 1
      } else {
        pieces.append(.added(new[column]))
        column += 1
      }
    }
    return pieces
  }

  /// Neighbours of one kind as one piece; a blank between two changes goes with them.
  private static func joined(_ edits: [Piece]) -> [Piece] {
    var pieces: [Piece] = []
    var (removed, added) = ("", "")
    func flush() {
      if !removed.isEmpty { pieces.append(.removed(removed)) }
      if !added.isEmpty { pieces.append(.added(added)) }
      (removed, added) = ("", "")
    }
    for (index, edit) in edits.enumerated() {
      switch edit {
      case .removed(let text): removed += text
      case .added(let text): added += text
      case .same(let text):
        if text == " ", !removed.isEmpty, !added.isEmpty, index + 1 < edits.count,
          edits[index + 1].isChange
        {
          (removed, added) = (removed + text, added + text)
        } else {
          flush()
          if case .same(let before) = pieces.last {
            pieces[pieces.count - 1] = .same(before + text)
          } else {
            pieces.append(.same(text))
          }
        }
      }
    }
    flush()
    return pieces
  }
}

extension TextChange.Piece {
  fileprivate var isChange: Bool {
    if case .same = self { false } else { true }
  }
}
