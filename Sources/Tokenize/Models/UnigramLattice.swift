/// The pieces whose scores sum up to the most: Viterbi over all ways to spell a text (Kudo 2018,
/// arXiv:1804.10959).
///
/// `Score` is what sums are kept in: Hugging Face has 64 bits and sentencepiece 32, so that they tie in
/// different places. Of equal paths the one wins whose last piece begins first, because a later
/// candidate must be strictly better.
struct UnigramLattice<Score: BinaryFloatingPoint & Sendable & BitwiseCopyable>: Sendable {
  /// The pieces, each with its id.
  let trie: PackedTrie
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
  private struct Step: BitwiseCopyable {
    var score: Score
    var start: Int32
    var id: Int32
  }

  /// Hands the pieces of the best path through a word to `visit`, first to last.
  @inline(__always)
  func visitPath(
    of word: ByteRange, in text: borrowing Span<UInt8>, _ visit: (Piece) -> Void
  ) {
    let length = word.indices.count
    text.withUnsafeBufferPointer { text in
      // Words are short, and their steps then fit on the stack.
      withUnsafeTemporaryAllocation(of: Step.self, capacity: length + 1) { steps in
        steps.initialize(repeating: Step(score: 0, start: -1, id: -1))
        findPaths(UnsafeBufferPointer(rebasing: text[word.indices]), steps)
        Self.reverse(steps)
        var start = 0
        while start < length {
          // `reverse` has left the end of each piece where the piece begins.
          let end = Int(steps[start].start)
          visit(Piece(id: steps[start].id, start: start, end: end))
          start = end
        }
      }
    }
  }

  /// Turns the links of the best path round: from where pieces begin to where they end.
  private static func reverse(_ steps: UnsafeMutableBufferPointer<Step>) {
    var end = steps.count - 1
    var id = steps[end].id
    var start = Int(steps[end].start)
    while end > 0 {
      let earlier = steps[start]
      steps[start].start = Int32(truncatingIfNeeded: end)
      steps[start].id = id
      end = start
      id = earlier.id
      start = Int(earlier.start)
    }
  }

  private func findPaths(
    _ word: UnsafeBufferPointer<UInt8>, _ steps: UnsafeMutableBufferPointer<Step>
  ) {
    var place = 0
    while place < word.count {
      let scalarEnd = place + UTF8Scalars.length(leadByte: word[place])
      let score = steps[place].score
      var hasSingle = false
      var node = PackedTrie.root
      var end = place
      while end < word.count {
        node = trie.child(of: node, word[end])
        if node == PackedTrie.none { break }
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
