import Records
import Tensors

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The loop that follows the beams of every prompt, one token a step.
struct BeamLoop {
  private let requests: [GenerationRequest]
  private let options: DecodingOptions
  private let filter: SamplingFilter
  private var searches: [BeamSearch]
  private var randoms: [CounterRandom]

  init(_ requests: [GenerationRequest], _ options: DecodingOptions) {
    self.requests = requests
    self.options = options
    filter = SamplingFilter(options, leastKept: options.eosTokenId.count + 1)
    searches = requests.map {
      BeamSearch(prompt: $0.start, longest: $0.rules.longest, options)
    }
    randoms = requests.map {
      CounterRandom(seed: options.seed, purpose: "models.generate", record: "\($0.key)")
    }
  }

  func run(_ decoder: any IncrementalDecoder) throws(ModelError) -> [[GeneratedSequence]] {
    var loop = self
    try loop.follow(decoder)
    return zip(requests, loop.searches).map { request, search in
      search.finished.prefix(options.numReturnSequences).map {
        request.sequence($0.tokens, score: $0.score)
      }
    }
  }

  private mutating func follow(_ decoder: any IncrementalDecoder) throws(ModelError) {
    // Prompts are computed once; all beams go on from it.
    var active = requests.indices.filter { requests[$0].start.count < requests[$0].rules.longest }
    let prompts = logarithms(decoder.append(requests.map(\.start)))
    var scores = prompts.oneRowEach(
      active.flatMap { Array(repeating: $0, count: options.numBeams) })
    var isFirst = true
    while !active.isEmpty {
      let candidates = candidates(scores, active)
      var parents: [Int] = []
      var kept: [Int] = []
      for (place, search) in active.enumerated() {
        if candidates[place].contains(where: \.score.isNaN) { throw .noToken }
        searches[search].advance(candidates[place]) { requests[search].reason($0) != nil }
        guard !searches[search].isDone else { continue }
        kept.append(search)
        parents += searches[search].running.map {
          isFirst ? search : place * options.numBeams + $0.parent
        }
      }
      (active, isFirst) = (kept, false)
      guard !active.isEmpty else { return }
      decoder.reorder(parents)
      let last = active.flatMap { searches[$0].running.map { Array($0.tokens.suffix(1)) } }
      scores = logarithms(decoder.append(last))
    }
  }

  /// The logarithms of probabilities, in the memory of the scores, of which there are megabytes.
  private func logarithms(_ scores: Tensor) -> Tensor {
    scores.replaceByLogSoftmaxRows()
    return scores
  }

  /// The best continuations of each active prompt's beams, whose scores lie one after the other.
  private mutating func candidates(
    _ scores: Tensor, _ active: [Int]
  ) -> [[BeamSearch.Candidate]] {
    applyRules(scores, active)
    if options.doSample {
      let beams = filter.candidates(scores, rows: Array(0..<active.count * options.numBeams))
      return active.enumerated().map { place, search in
        drawn(
          beams[place * options.numBeams..<(place + 1) * options.numBeams], of: search,
          vocabulary: scores.columns)
      }
    }
    let sums = active.flatMap { searches[$0].running.map(\.score) }
    let best = scores.bestOfRows(count: options.candidates, offsets: sums)
    return active.indices.map { place in
      var found = BestOf<BeamSearch.Candidate>(count: options.candidates)
      for beam in 0..<options.numBeams {
        let row = place * options.numBeams + beam
        for entry in row * options.candidates..<(row + 1) * options.candidates
        where best.places[entry] >= 0 && found.takes(best.sums[entry]) {
          found.insert(
            BeamSearch.Candidate(beam: beam, token: best.places[entry], score: best.sums[entry]),
            rank: best.sums[entry])
        }
      }
      return found.elements
    }
  }

  private func applyRules(_ scores: Tensor, _ active: [Int]) {
    guard active.contains(where: { !requests[$0].rules.isEmpty }) else { return }
    scores.withMutableValues { values in
      for (place, search) in active.enumerated() {
        for (beam, sequence) in searches[search].running.enumerated() {
          let start = (place * options.numBeams + beam) * scores.columns
          requests[search].rules.apply(
            to: &values, row: start..<start + scores.columns, after: sequence.tokens)
        }
      }
    }
  }

  /// Continuations that are drawn, best first.
  ///
  /// The highest of scores with Gumbel noise are a draw without replacement (Kool and others, 2019).
  private mutating func drawn(
    _ beams: ArraySlice<SamplingFilter.Candidates>, of search: Int, vocabulary: Int
  ) -> [BeamSearch.Candidate] {
    var found = BestOf<BeamSearch.Candidate>(count: options.candidates)
    let first = randoms[search].position
    for (beam, candidates) in beams.enumerated() {
      let sequence = searches[search].running[beam]
      for (token, score) in zip(candidates.tokens, candidates.scores) {
        // Each token has a number of its own, whether or not it can be drawn.
        randoms[search].position = first + UInt64(beam * vocabulary) + UInt64(token)
        let noise = Float(-log(-log(max(randoms[search].uniform(), 1e-300))))
        let sum = score + sequence.score
        if found.takes(sum + noise) {
          found.insert(
            BeamSearch.Candidate(beam: beam, token: token, score: sum), rank: sum + noise)
        }
      }
    }
    randoms[search].position = first + UInt64(options.numBeams * vocabulary)
    return found.elements
  }
}

extension DecodingOptions {
  /// Continuations that are looked at: enough that all beams go on even if all others end.
  fileprivate var candidates: Int { max(2, 1 + eosTokenId.count) * numBeams }
}
