/// The pieces that learning begins with: all characters, and the substrings that fill most of the words.
///
/// A substring counts where it occurs at least twice with different characters behind it, as an inner node
/// of the words' suffix tree; its score is the number of words it occurs in, once each time, times its length.
struct SeedPieces {
  /// A piece: where it occurs first in the order of suffixes, what it scores, and where else it occurs.
  struct Piece: Sendable {
    let start: Int32
    let length: Int32
    let score: Double
    /// Its places in the order of suffixes.
    let suffixes: Range<Int32>
  }

  /// The pieces, characters first.
  let pieces: [Piece]
  /// All places in the order of what follows them.
  let places: [Int32]

  static func find(
    in text: UnigramText, most: Int, longest: Int, threads: Int
  ) -> SeedPieces {
    let order = SuffixOrder(text.ranks, depth: longest + 1, threads: threads)
    let characters = characters(of: text, order)
    var substrings = innerNodes(order, longest, text.ranks)
    substrings.sort { precedes($0, $1, text.ranks) }
    let room = max(0, most - characters.count)
    return SeedPieces(pieces: characters + substrings.prefix(room), places: order.places)
  }

  /// The characters with the number of times they occur, the most frequent first.
  private static func characters(of text: UnigramText, _ order: SuffixOrder) -> [Piece] {
    var counts = [Int64](repeating: 0, count: text.scalars.count)
    for (word, count) in zip(text.words, text.counts) {
      for rank in text.ranks[Int(word.start)..<Int(word.end)] { counts[Int(rank)] += count }
    }
    var pieces: [(rank: Int, piece: Piece)] = []
    var index = 0
    while index < order.places.count {
      let rank = Int(text.ranks[Int(order.places[index])])
      var end = index + 1
      while end < order.places.count, Int(text.ranks[Int(order.places[end])]) == rank { end += 1 }
      pieces.append(
        (
          rank,
          Piece(
            start: order.places[index], length: 1, score: Double(counts[rank]),
            suffixes: Int32(index)..<Int32(end))
        ))
      index = end
    }
    return pieces.sorted { ($0.piece.score, $0.rank) > ($1.piece.score, $1.rank) }.map(\.piece)
  }

  /// The inner nodes of the suffix tree, two to `longest` characters deep and without a border.
  private static func innerNodes(
    _ order: SuffixOrder, _ longest: Int, _ text: [Int32]
  ) -> [Piece] {
    var nodes: [Piece] = []
    var open: [(first: Int32, depth: Int32)] = []
    func close(_ node: (first: Int32, depth: Int32), _ end: Int) {
      let start = order.places[Int(node.first)]
      // Only the last character can be a border, because comparing ends there.
      guard node.depth > 1, node.depth <= longest, text[Int(start + node.depth) - 1] != 0 else {
        return
      }
      let score = (Int64(end) - Int64(node.first)) * Int64(node.depth)
      nodes.append(
        Piece(
          start: start, length: node.depth, score: Double(score),
          suffixes: node.first..<Int32(end)))
    }
    for index in 1..<max(1, order.places.count + 1) {
      let common = index < order.places.count ? order.common[index] : 0
      var first = Int32(index) - 1
      while let top = open.last, top.depth > common {
        open.removeLast()
        close(top, index)
        first = top.first
      }
      if common > 0, open.last.map({ $0.depth < common }) ?? true { open.append((first, common)) }
    }
    return nodes
  }

  /// The higher score first, then the text that comes later, as Hugging Face sorts.
  private static func precedes(_ one: Piece, _ other: Piece, _ text: [Int32]) -> Bool {
    if one.score != other.score { return one.score > other.score }
    for offset in 0..<Int(min(one.length, other.length)) {
      let (left, right) = (text[Int(one.start) + offset], text[Int(other.start) + offset])
      if left != right { return left > right }
    }
    return one.length > other.length
  }
}
