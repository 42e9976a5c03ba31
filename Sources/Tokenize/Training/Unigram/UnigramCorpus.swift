#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The words with all pieces that begin at each of their places.
struct UnigramCorpus: Sendable {
  /// A piece at a place.
  private struct Node: Sendable {
    let piece: Int32
    let length: Int32
  }

  private let text: UnigramText
  /// Where the nodes of each place begin, the shortest first; one element more than there are places.
  private var starts: [Int] = []
  private var nodes: [Node] = []

  /// Words are shared out in so many parts, however many threads there are, so that sums stay the same.
  private static let partCount = 16

  init(_ text: UnigramText, _ seeds: SeedPieces) {
    self.text = text
    var counts = [Int](repeating: 0, count: text.ranks.count + 1)
    for piece in seeds.pieces {
      for suffix in piece.suffixes { counts[Int(seeds.places[Int(suffix)]) + 1] += 1 }
    }
    for place in 1..<counts.count { counts[place] += counts[place - 1] }
    starts = counts
    nodes = [Node](repeating: Node(piece: 0, length: 0), count: counts.last ?? 0)
    let byLength = seeds.pieces.indices.sorted {
      (seeds.pieces[$0].length, $0) < (seeds.pieces[$1].length, $1)
    }
    for number in byLength {
      let piece = seeds.pieces[number]
      for suffix in piece.suffixes {
        let place = Int(seeds.places[Int(suffix)])
        nodes[counts[place]] = Node(piece: Int32(number), length: piece.length)
        counts[place] += 1
      }
    }
  }

  /// Lets go of the nodes of pieces that are out of the race; single characters stay as unknown ones.
  mutating func drop(but pieces: UnigramPieces) {
    var kept = 0
    var next = starts[0]
    for place in starts.indices.dropLast() {
      let end = starts[place + 1]
      starts[place] = kept
      while next < end {
        if nodes[next].length == 1 || pieces.isAlive[Int(nodes[next].piece)] {
          nodes[kept] = nodes[next]
          kept += 1
        }
        next += 1
      }
    }
    starts[starts.count - 1] = kept
    nodes.removeLast(nodes.count - kept)
  }

  /// How often each piece is expected to occur in all words, by its number.
  func expectations(_ pieces: UnigramPieces, threads: Int) -> [Double] {
    let parts = parts(threads: threads) { words in
      var expected = [Double](repeating: 0, count: pieces.scores.count)
      var sums = ForwardBackward()
      let unknown = pieces.unknownScore
      for word in words { add(word, pieces, unknown, &sums, to: &expected) }
      return expected
    }
    var expected = [Double](repeating: 0, count: pieces.scores.count)
    for part in parts {
      for piece in pieces.order { expected[Int(piece)] += part[Int(piece)] }
    }
    return expected
  }

  /// How often each piece occurs on the best paths through all words, and how often unknown characters do.
  func frequencies(
    _ pieces: UnigramPieces, threads: Int
  ) -> (pieces: [Double], unknown: Double) {
    let parts = parts(threads: threads) { words in
      var found = [Double](repeating: 0, count: pieces.scores.count)
      var unknown = 0.0
      for word in words {
        let count = Double(text.counts[word])
        let range = Int(text.words[word].start)..<Int(text.words[word].end)
        for piece in bestPath(range, pieces, allowsWhole: true).path {
          if piece >= 0 { found[Int(piece)] += count } else { unknown += count }
        }
      }
      return (found, unknown)
    }
    var found = [Double](repeating: 0, count: pieces.scores.count)
    var unknown = 0.0
    for part in parts {
      for piece in pieces.order { found[Int(piece)] += part.0[Int(piece)] }
      unknown += part.1
    }
    return (found, unknown)
  }

  private func parts<Result: Sendable>(
    threads: Int, _ body: @Sendable (Range<Int>) -> Result
  ) -> [Result] {
    let words = text.words.count
    return ThreadedMap.slices(of: Self.partCount, threads: threads) { range in
      range.map {
        body(words * $0 / Self.partCount..<words * ($0 + 1) / Self.partCount)
      }
    }.flatMap { $0 }
  }

  /// The logarithms of the summed probabilities of all paths up to each place of a word, and from there on.
  private struct ForwardBackward {
    var forward: [Double] = []
    var backward: [Double] = []

    mutating func reset(_ length: Int) {
      forward.removeAll(keepingCapacity: true)
      backward.removeAll(keepingCapacity: true)
      forward += repeatElement(-.infinity, count: length + 1)
      backward += repeatElement(-.infinity, count: length + 1)
      forward[0] = 0
      backward[length] = 0
    }
  }

  private func add(
    _ word: Int, _ pieces: UnigramPieces, _ unknown: Double, _ sums: inout ForwardBackward,
    to expected: inout [Double]
  ) {
    let first = Int(text.words[word].start)
    let length = Int(text.words[word].end) - first
    sums.reset(length)
    for place in 0..<length {
      forEachNode(first + place, length - place, pieces, unknown) { _, size, score in
        sums.forward[place + size] = Self.logSum(
          sums.forward[place + size], score + sums.forward[place])
      }
    }
    for place in stride(from: length - 1, through: 0, by: -1) {
      forEachNode(first + place, length - place, pieces, unknown) { _, size, score in
        sums.backward[place] = Self.logSum(
          sums.backward[place], score + sums.backward[place + size])
      }
    }
    let total = sums.forward[length]
    let count = Double(text.counts[word])
    for place in 0..<length {
      forEachNode(first + place, length - place, pieces, unknown) { piece, size, score in
        guard piece >= 0 else { return }
        let share = sums.forward[place] + score + sums.backward[place + size] - total
        expected[Int(piece)] += count * exp(share)
      }
    }
  }

  /// Visits the pieces at a place that fit into so many characters: number, length and score; -1 is unknown.
  @inline(__always)
  private func forEachNode(
    _ place: Int, _ room: Int, _ pieces: UnigramPieces, _ unknown: Double,
    _ visit: (Int32, Int, Double) -> Void
  ) {
    for index in starts[place]..<starts[place + 1] {
      let node = nodes[index]
      if pieces.isAlive[Int(node.piece)] {
        if Int(node.length) > room { return }
        visit(node.piece, Int(node.length), pieces.scores[Int(node.piece)])
      } else if node.length == 1 {
        visit(-1, 1, unknown)
      }
    }
  }

  @inline(__always)
  private static func logSum(_ one: Double, _ other: Double) -> Double {
    let (low, high) = one > other ? (other, one) : (one, other)
    return high > low + 50 ? high : high + log(exp(low - high) + 1)
  }

  /// The best path through part of the text, which is shorter than a piece or all of a word, and its score.
  ///
  /// - Parameter allowsWhole: whether the path may be a single piece.
  func bestPath(
    _ range: Range<Int>, _ pieces: UnigramPieces, allowsWhole: Bool
  ) -> (path: [Int32], score: Double) {
    let length = range.count
    let unknown = pieces.unknownScore
    var steps = [(score: Double, start: Int, piece: Int32)](
      repeating: (0, -1, -1), count: length + 1)
    for place in 0..<length {
      forEachNode(range.lowerBound + place, length - place, pieces, unknown) { piece, size, score in
        if size == length, !allowsWhole { return }
        let sum = steps[place].score + score
        if steps[place + size].start < 0 || sum > steps[place + size].score {
          steps[place + size] = (sum, place, piece)
        }
      }
    }
    var path: [Int32] = []
    var end = length
    while end > 0 {
      path.append(steps[end].piece)
      end = steps[end].start
    }
    path.reverse()
    return (path, steps[length].score)
  }
}
