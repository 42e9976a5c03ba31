import Records
import Tensors

/// The loop that chooses one token a step for every sequence: the likeliest one, or a drawn one.
struct TokenLoop {
  /// A sequence at work.
  private struct Growing {
    var tokens: [Int32]
    let prompt: Int
    var random: CounterRandom
  }

  private let requests: [GenerationRequest]
  private let options: DecodingOptions
  private let filter: SamplingFilter
  /// The requests' own rules; none where no request has any.
  private let rules: [ScoreRules]
  private var sequences: [Growing] = []

  init(_ requests: [GenerationRequest], _ options: DecodingOptions) {
    self.requests = requests
    self.options = options
    filter = SamplingFilter(options)
    rules = requests.map(\.rules).filter { !$0.isEmpty }
    for (prompt, request) in requests.enumerated() {
      for copy in 0..<options.numReturnSequences {
        let random = CounterRandom(
          seed: options.seed, purpose: "models.generate", record: "\(request.key)/\(copy)")
        sequences.append(Growing(tokens: request.start, prompt: prompt, random: random))
      }
    }
  }

  func run(
    _ decoder: any IncrementalDecoder, onToken: ((_ prompt: Int, _ token: Int32) -> Void)?
  ) throws(ModelError) -> [[GeneratedSequence]] {
    var loop = self
    try loop.grow(decoder, onToken)
    var results = [[GeneratedSequence]](repeating: [], count: requests.count)
    for sequence in loop.sequences {
      results[sequence.prompt].append(requests[sequence.prompt].sequence(sequence.tokens))
    }
    return results
  }

  private mutating func grow(
    _ decoder: any IncrementalDecoder, _ onToken: ((Int, Int32) -> Void)?
  ) throws(ModelError) {
    // Prompts are computed once; the sequences of one go on from it.
    var scores = decoder.append(requests.map(\.start))
    var active = unfinished(Array(sequences.indices))
    var rows = active.map { sequences[$0].prompt }
    while !active.isEmpty {
      for (sequence, token) in zip(active, try choose(scores, rows: rows, for: active)) {
        sequences[sequence].tokens.append(token)
        onToken?(sequences[sequence].prompt, token)
      }
      let kept = zip(active, rows).filter { isGrowing($0.0) }
      active = kept.map(\.0)
      guard !active.isEmpty else { return }
      decoder.reorder(kept.map(\.1))
      scores = decoder.append(active.map { [sequences[$0].tokens[sequences[$0].tokens.count - 1]] })
      rows = Array(active.indices)
    }
  }

  private func isGrowing(_ sequence: Int) -> Bool {
    requests[sequences[sequence].prompt].reason(sequences[sequence].tokens) == nil
  }

  private func unfinished(_ sequences: [Int]) -> [Int] { sequences.filter(isGrowing) }

  /// The next token of each active sequence, whose scores are the given rows.
  private mutating func choose(
    _ scores: Tensor, rows: [Int], for active: [Int]
  ) throws(ModelError) -> [Int32] {
    let scores = rules.isEmpty ? scores : changed(scores.oneRowEach(rows), for: active)
    let rows = rules.isEmpty ? rows : Array(active.indices)
    guard options.doSample else {
      let best = scores.argmaxRows()
      if rows.contains(where: { scores.entries(row: $0, at: [best[$0]])[0].isNaN }) {
        throw .noToken
      }
      return rows.map { best[$0] }
    }
    var tokens: [Int32] = []
    for (candidates, sequence) in zip(filter.candidates(scores, rows: rows), active) {
      guard let token = candidates.draw(at: sequences[sequence].random.uniform()) else {
        throw .noToken
      }
      tokens.append(token)
    }
    return tokens
  }

  /// The scores of active sequences, row by row, changed by the rules in place.
  private func changed(_ scores: Tensor, for active: [Int]) -> Tensor {
    scores.withMutableValues { values in
      for (row, sequence) in active.enumerated() {
        requests[sequences[sequence].prompt].rules.apply(
          to: &values, row: row * scores.columns..<(row + 1) * scores.columns,
          after: sequences[sequence].tokens)
      }
    }
    return scores
  }
}

extension ModelError {
  /// What comes of scores that are not numbers, and of options that rule every token out.
  static let noToken = ModelError(
    .invalid, file: "generation",
    problem: "no token can follow: its scores are ruled out, or are not numbers",
    remedy: "Check the model's weights, and the options that ban tokens.")
}

extension Tensor {
  /// The given rows, each of its own; the tensor itself where these are all of its rows in order.
  func oneRowEach(_ rows: [Int]) -> Tensor {
    rows.elementsEqual(0..<self.rows)
      ? self : Tape.inference().gather(self, rows: rows.map { Int32($0) })
  }
}
