import Tensors

/// Sequences that grow token by token under a model: all that a search needs to know of it.
protocol IncrementalDecoder {
  /// Adds tokens to every sequence, and scores each token's coming next: `[sequences, vocabulary]`.
  func append(_ tokens: [[Int32]]) -> Tensor
  /// Lets sequence i go on from what sequence `parents[i]` has seen; others are dropped.
  func reorder(_ parents: [Int])
}

/// Sequences under a causal model.
struct CausalDecoder: IncrementalDecoder {
  let model: any CachedCausalLanguageModel
  let cache: KeyValueCache

  init(_ model: any CachedCausalLanguageModel, sequences: Int, capacity: Int) {
    self.model = model
    cache = model.cache(sequences: sequences, capacity: capacity)
  }

  func append(_ tokens: [[Int32]]) -> Tensor {
    let tape = Tape.inference()
    let batch = TokenBatch(tokens)
    let hidden = model.hiddenStates(tape, batch, cache: cache)
    return model.scores(tape, hidden: hidden.lastRows(tape, batch.layout))
  }

  func reorder(_ parents: [Int]) { cache.reorder(parents) }
}

/// Targets under a model that has read their sources.
final class TargetDecoder: IncrementalDecoder {
  private let model: any SequenceToSequenceModel
  private let cache: KeyValueCache
  private var memory: SourceMemory

  init(_ model: any SequenceToSequenceModel, sources: [[Int32]], capacity: Int) {
    let tape = Tape.inference()
    let batch = TokenBatch(sources)
    self.model = model
    memory = model.memory(tape, encoded: model.encode(tape, batch), source: batch.layout)
    cache = model.cache(sequences: sources.count, capacity: capacity)
  }

  func append(_ tokens: [[Int32]]) -> Tensor {
    let tape = Tape.inference()
    let batch = TokenBatch(tokens)
    let hidden = model.decode(tape, batch, memory: memory, cache: cache)
    return model.scores(tape, hidden: hidden.lastRows(tape, batch.layout))
  }

  func reorder(_ parents: [Int]) {
    cache.reorder(parents)
    memory = memory.selecting(parents)
  }
}

extension Tensor {
  /// The row of each sequence's last token; the tensor itself where sequences have one token each.
  fileprivate func lastRows(_ tape: Tape, _ layout: SequenceLayout) -> Tensor {
    layout.tokens == layout.count && layout.longest == 1
      ? self : tape.gather(self, rows: layout.lastRows)
  }
}
