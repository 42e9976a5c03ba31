/// The fewest edits and moves of phrases that make one list of words another, as Tercom searches them.
///
/// Greedy: of all phrases that could move to where they belong, the move that saves the most edits is
/// made, until none saves any or 1000 moves were tried.
struct ShiftSearch {
  private static let longestPhrase = 10
  private static let farthestMove = 50
  private static let mostMoves = 1000

  /// A move, and what decides between moves: most saved, then longest, then earliest from and to.
  private struct Move {
    let saved: Int
    let length: Int
    let start: Int
    let target: Int

    func beats(_ other: Move) -> Bool {
      (saved, length, -start, -target) > (other.saved, other.length, -other.start, -other.target)
    }
  }

  private var distances = EditDistances()
  private var words: [UInt32] = []
  private var moved: [UInt32] = []
  private var tried = 0

  /// The edits from a hypothesis to a reference, moves among them.
  mutating func edits(from hypothesis: [UInt32], to reference: [UInt32]) -> Int {
    guard !reference.isEmpty else { return hypothesis.count }
    words = hypothesis
    tried = 0
    var moves = 0
    distances.begin(reference, hypothesis.count)
    while true {
      let before = distances.align(words)
      let best = bestMove(reference, before)
      guard let best, tried < Self.mostMoves, best.saved > 0 else { return moves + before }
      moves += 1
      move(best.start, best.length, to: best.target)
      swap(&words, &moved)
    }
  }

  private mutating func bestMove(_ reference: [UInt32], _ before: Int) -> Move? {
    var best: Move?
    for start in words.indices {
      let first = max(0, start - Self.farthestMove)
      let last = min(reference.count - 1, start + Self.farthestMove)
      guard first <= last else { continue }
      for place in first...last where words[start] == reference[place] {
        tryPhrases(from: start, at: place, reference, before, &best)
        if tried >= Self.mostMoves { return best }
      }
    }
    return best
  }

  /// Tries the phrases that begin at a word and at its like in the reference, shorter ones first.
  private mutating func tryPhrases(
    from start: Int, at place: Int, _ reference: [UInt32], _ before: Int, _ best: inout Move?
  ) {
    var length = 0
    while length < Self.longestPhrase, start + length < words.count,
      place + length < reference.count, words[start + length] == reference[place + length]
    {
      length += 1
      guard distances.isWrong(hypothesis: start..<start + length),
        distances.isWrong(reference: place..<place + length),
        !(start..<start + length).contains(distances.aligned(place))
      else { continue }
      tryTargets(start, length, place, before, &best)
      if tried >= Self.mostMoves { return }
    }
  }

  /// Tries to put a phrase before the reference's place and behind each of its words there.
  private mutating func tryTargets(
    _ start: Int, _ length: Int, _ place: Int, _ before: Int, _ best: inout Move?
  ) {
    var previous = -1
    for offset in -1..<length {
      let target = place + offset == -1 ? 0 : distances.aligned(place + offset) + 1
      if target == previous { continue }
      previous = target
      move(start, length, to: target)
      let saved = before - distances.distance(moved, unchanged: min(start, target))
      let move = Move(saved: saved, length: length, start: start, target: target)
      tried += 1
      if best.map({ move.beats($0) }) ?? true { best = move }
    }
  }

  /// Writes the words with a phrase elsewhere.
  private mutating func move(_ start: Int, _ length: Int, to target: Int) {
    moved.removeAll(keepingCapacity: true)
    let phrase = words[start..<start + length]
    if target < start {
      moved += words[..<target]
      moved += phrase
      moved += words[target..<start]
      moved += words[(start + length)...]
    } else {
      // Within the phrase the target counts from its end.
      let end = min(target > start + length ? target : length + target, words.count)
      moved += words[..<start]
      moved += words[start + length..<end]
      moved += phrase
      moved += words[end...]
    }
  }
}
