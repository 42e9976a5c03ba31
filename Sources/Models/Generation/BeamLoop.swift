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

  func run(_ decoder: any IncrementalDecoder) -> [[GeneratedSequence]] {
    var loop = self
    loop.follow(decoder)
    return zip(requests, loop.searches).map { request, search in
      search.finished.prefix(options.numReturnSequences).map {
        request.sequence($0.tokens, score: $0.score)
      }
    }
  }

  private mutating func follow(_ decoder: any IncrementalDecoder) {
    // Prompts are computed once; all beams go on from it.
    var scores = decoder.append(requests.map(\.start)).logSoftmaxRows()
    var active = requests.indices.filter { requests[$0].start.count < requests[$0].rules.longest }
    var rows = active.map { Array(repeating: $0, count: options.numBeams) }
    while !active.isEmpty {
      var kept: [(search: Int, rows: [Int])] = []
      for (search, rows) in zip(active, rows) {
        advance(search, scores, rows: rows)
        guard !searches[search].isDone else { continue }
        kept.append((search, searches[search].running.map { rows[$0.parent] }))
      }
      active = kept.map(\.search)
      guard !active.isEmpty else { return }
      decoder.reorder(kept.flatMap(\.rows))
      let last = active.flatMap { searches[$0].running.map { $0.tokens.suffix(1) } }
      scores = decoder.append(last.map { Array($0) }).logSoftmaxRows()
      rows = active.indices.map { place in
        Array(place * options.numBeams..<(place + 1) * options.numBeams)
      }
    }
  }

  /// Goes on with one prompt's beams, whose scores are the given rows.
  private mutating func advance(_ search: Int, _ scores: Tensor, rows: [Int]) {
    let request = requests[search]
    let values = zip(rows, searches[search].running).map { row, beam in
      var values = scores.row(row)
      request.rules.apply(to: &values, after: beam.tokens)
      if options.doSample { filter.apply(to: &values) }
      return values
    }
    var random = randoms[search]
    // The highest of scores with Gumbel noise are a draw without replacement (Kool and others, 2019).
    let noise: (() -> Float)? =
      options.doSample ? { Float(-log(-log(max(random.uniform(), 1e-300)))) } : nil
    searches[search].advance(values, noise: noise) { request.reason($0) != nil }
    randoms[search] = random
  }
}
