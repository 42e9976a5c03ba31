#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The beams of one prompt, kept exactly as transformers 5 keeps them.
///
/// Sums of log-probabilities are 32-bit, so that equal scores meet equal decisions.
struct BeamSearch {
  /// A sequence with the sum of its log-probabilities, divided by its length once it is finished.
  struct Beam {
    var tokens: [Int32]
    var score: Float
    var isFinished = false
    /// The beam of the step before that it goes on from.
    var parent = 0
  }

  /// What is followed, best first.
  private(set) var running: [Beam]
  /// The best finished sequences, best first, among places that no sequence has taken yet.
  private(set) var finished: [Beam]
  /// Whether no step can change what is finished.
  private(set) var isDone = false
  private let options: DecodingOptions
  private let prompt: Int
  private let longest: Int
  /// Whether a running beam may still become better than a finished one.
  private var canImprove = true

  /// What a score is lowered by to rule a sequence out.
  private static let penalty: Float = -1e9

  init(prompt: [Int32], longest: Int, _ options: DecodingOptions) {
    self.options = options
    self.prompt = prompt.count
    self.longest = longest
    // Only the first beam's tokens count at first, else all beams would be the same.
    running = (0..<options.numBeams).map { Beam(tokens: prompt, score: $0 == 0 ? 0 : Self.penalty) }
    finished = running.map { Beam(tokens: $0.tokens, score: Self.penalty) }
  }

  /// A sequence that is one token longer than a running one.
  struct Candidate {
    /// The running sequence it goes on from.
    let beam: Int
    let token: Int32
    /// The sum of log-probabilities, the token's included.
    let score: Float
  }

  /// Goes on by one token.
  /// - Parameters:
  ///   - continuations: The most likely ones, best first: enough that as many as there are beams go on
  ///     even if all others end, or all there are.
  ///   - ends: Whether a sequence ends with its last token.
  mutating func advance(_ continuations: [Candidate], ends: ([Int32]) -> Bool) {
    // Beams that nothing can follow stay, without a chance.
    let ruledOut = Candidate(beam: 0, token: 0, score: -.infinity)
    let missing = max(0, options.numBeams - continuations.count)
    let candidates = (continuations + Array(repeating: ruledOut, count: missing)).map { candidate in
      let tokens = running[candidate.beam].tokens + [candidate.token]
      return Beam(
        tokens: tokens, score: candidate.score, isFinished: tokens.count >= longest || ends(tokens),
        parent: candidate.beam)
    }
    running = Self.best(
      options.numBeams,
      of: candidates.map { Self.lowered($0, by: $0.isFinished ? Self.penalty : 0) })
    finish(candidates)
    judge(candidates)
  }

  /// Takes the first candidates that end among the finished sequences.
  private mutating func finish(_ candidates: [Beam]) {
    let isFull = options.earlyStopping == .whenFull && finished.allSatisfy(\.isFinished)
    let merged = candidates.enumerated().map { rank, candidate in
      var beam = candidate
      beam.isFinished = candidate.isFinished && rank < options.numBeams
      beam.score /= lengthFactor(candidate.tokens.count - prompt)
      if isFull { beam.score += Self.penalty }
      if !canImprove { beam.score += Self.penalty }
      if !beam.isFinished { beam.score += Self.penalty }
      return beam
    }
    finished = Self.best(options.numBeams, of: finished + merged)
  }

  /// Decides whether to go on.
  private mutating func judge(_ candidates: [Beam]) {
    let length = (candidates.first?.tokens.count ?? longest) - prompt
    let reachable =
      options.earlyStopping == .never && options.lengthPenalty > 0 ? longest - prompt : length
    let hoped = running[0].score / lengthFactor(reachable)
    let worst = finished.map(\.score).min() ?? Self.penalty
    canImprove =
      canImprove && finished.contains { hoped > ($0.isFinished ? worst : Self.penalty) }
    let isFull = options.earlyStopping == .whenFull && finished.allSatisfy(\.isFinished)
    isDone = !canImprove || isFull || candidates.allSatisfy(\.isFinished)
  }

  private func lengthFactor(_ length: Int) -> Float {
    Float(pow(Double(length), options.lengthPenalty))
  }

  private static func lowered(_ beam: Beam, by amount: Float) -> Beam {
    var beam = beam
    beam.score += amount
    return beam
  }

  /// The beams of the highest scores, best first; of equals the first.
  private static func best(_ count: Int, of beams: [Beam]) -> [Beam] {
    let order = beams.indices.sorted {
      beams[$0].score > beams[$1].score || beams[$0].score == beams[$1].score && $0 < $1
    }
    return order.prefix(count).map { beams[$0] }
  }
}

/// The highest ranked of many elements, best first; of equals the first.
struct BestOf<Element> {
  private(set) var elements: [Element] = []
  private var ranks: [Float] = []
  private let count: Int

  init(count: Int) { self.count = count }

  /// Whether an element of this rank would be among the best.
  func takes(_ rank: Float) -> Bool {
    ranks.count < count || rank > ranks[count - 1]
  }

  /// Puts an element in its place.
  mutating func insert(_ element: Element, rank: Float) {
    let place = ranks.firstIndex { $0 < rank } ?? ranks.count
    ranks.insert(rank, at: place)
    elements.insert(element, at: place)
    if ranks.count > count {
      ranks.removeLast()
      elements.removeLast()
    }
  }
}
