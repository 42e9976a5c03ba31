/// The pieces whose scores sum up to the most: Viterbi over all ways to spell a text (Kudo 2018,
/// arXiv:1804.10959).
///
/// `Score` is what sums are kept in: Hugging Face has 64 bits and sentencepiece 32, so that they tie in
/// different places. Of equal paths the one wins whose last piece begins first, because a later
/// candidate must be strictly better.
struct UnigramLattice<Score: BinaryFloatingPoint & Sendable>: Sendable {
  /// The pieces, each with its id.
  let trie: ByteTrie
  /// The score of each id.
  let scores: [Score]
  let unknownId: Int32?
  /// The score of a character that is no piece.
  let unknownScore: Score

  /// A piece of the best path.
  struct Piece {
    /// Its id; -1 for an unknown character where the model has no id for one.
    var id: Int32
    /// Where it lies in the word.
    var start, end: Int
  }

  /// The best path to a place: what it sums up to, and the last piece on it.
  private struct Step {
    var score: Score
    var start: Int32
    var id: Int32
  }

  /// The best path through a word.
  func path(of word: ByteRange, in text: borrowing Span<UInt8>) -> [Piece] {
    let length = word.indices.count
    var steps = [Step](repeating: Step(score: 0, start: -1, id: -1), count: length + 1)
    findPaths(word, text, &steps)
    var path: [Piece] = []
    var end = length
    while end > 0 {
      path.append(Piece(id: steps[end].id, start: Int(steps[end].start), end: end))
      end = Int(steps[end].start)
    }
    path.reverse()
    return path
  }

  private func findPaths(
    _ word: ByteRange, _ text: borrowing Span<UInt8>, _ steps: inout [Step]
  ) {
    let first = Int(word.start)
    let length = word.indices.count
    var place = 0
    while place < length {
      let scalarEnd = place + UTF8Scalars.length(leadByte: text[first + place])
      let score = steps[place].score
      var hasSingle = false
      var node = ByteTrie.root
      var end = place
      while end < length {
        node = trie.child(of: node, text[first + end])
        if node == ByteTrie.none { break }
        end += 1
        let id = trie.value(of: node)
        guard id >= 0 else { continue }
        Self.offer(score + scores[Int(id)], from: place, id, to: &steps[end])
        if end == scalarEnd { hasSingle = true }
      }
      if !hasSingle {
        Self.offer(score + unknownScore, from: place, unknownId ?? -1, to: &steps[scalarEnd])
      }
      place = scalarEnd
    }
  }

  @inline(__always)
  private static func offer(_ score: Score, from place: Int, _ id: Int32, to step: inout Step) {
    if step.start < 0 || score > step.score {
      step = Step(score: score, start: Int32(truncatingIfNeeded: place), id: id)
    }
  }
}
