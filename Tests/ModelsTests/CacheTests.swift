import Models
import Records
import Tensors
import TestSupport
import Testing

/// Generation with a cache against the forward pass over whole texts.
struct CacheTests {
  private static let causal = [
    "llama-biases", "llama-linear", "llama-yarn", "llama-llama3", "mistral-window", "qwen2-tied",
    "qwen2-layers",
  ]
  private let texts: [[Int32]] = [
    [3, 7, 9, 11, 2, 8, 5], [4, 5, 17], [9, 8, 7, 6, 5, 4, 3, 2, 10],
  ]

  @Test(arguments: causal)
  func `tokens after a cache have the vectors they have in the whole text`(
    _ name: String
  ) throws {
    try check(Variant.named(name).model())
  }

  @Test func `GPT-2 goes on from a cache`() throws {
    try check(ModelLoader.causal(Fixture.folder("tiny-gpt2")))
  }

  @Test func `GPT-J goes on from a cache`() throws {
    let sizes = ModelSizes(vocabulary: 20, layers: 2, hidden: 32, heads: 2, positions: 16)
    let model = try ModelLoader.make("gptj", sizes, for: .causal, seed: 3)
    for parameter in model.parameters where parameter.role == .weight {
      parameter.tensor.assign(Pattern.weight(parameter.name, parameter.tensor.shape))
    }
    try check(model)
  }

  /// Reads all but the last tokens at once, and these one by one, each text as long as it lasts.
  private func check(_ model: any Model) throws {
    let model = try #require(model as? any CachedCausalLanguageModel)
    let tape = Tape.inference()
    let cache = model.cache(sequences: 3, capacity: 10)
    var steps = [texts.map { Array($0.prefix(2)) }, texts.map { Array($0.dropFirst(2).prefix(3)) }]
    steps += (5..<9).map { place in texts.map { place < $0.count ? [$0[place]] : [] } }
    var rows: [[Float]] = [[], [], []]
    for step in steps {
      let batch = TokenBatch(step)
      let values = model.hiddenStates(tape, batch, cache: cache).values
      let width = values.count / batch.ids.count
      for (text, start) in batch.layout.starts.enumerated() {
        rows[text] += values[start * width..<(start + step[text].count) * width]
      }
    }
    #expect(cache.lengths == texts.map(\.count))
    let whole = model.hiddenStates(tape, TokenBatch(texts)).values
    #expect(distance(rows.flatMap(\.self), whole) < 1e-5)
  }

  @Test func `beams go on from the beam they are copies of`() throws {
    let model = try #require(
      try Variant.named("llama-biases").model() as? any CachedCausalLanguageModel)
    let tape = Tape.inference()
    let cache = model.cache(sequences: 2, capacity: 8)
    _ = model.hiddenStates(tape, TokenBatch([[3, 4, 5], [6, 7]]), cache: cache)
    // Two beams for each prompt; they part, cross over, and one prompt is finished.
    cache.reorder([0, 0, 1, 1])
    _ = model.hiddenStates(tape, TokenBatch([[8], [9], [10], [11]]), cache: cache)
    cache.reorder([1, 0, 3, 3])
    _ = model.hiddenStates(tape, TokenBatch([[12], [13], [14], [15]]), cache: cache)
    cache.reorder([2, 1])
    #expect(cache.lengths == [4, 5])
    let last = model.hiddenStates(tape, TokenBatch([[16], [17]]), cache: cache)
    let texts: [[Int32]] = [[6, 7, 11, 14, 16], [3, 4, 5, 8, 13, 17]]
    let whole = model.hiddenStates(tape, TokenBatch(texts))
    let ends = tape.gather(whole, rows: TokenBatch(texts).layout.lastRows)
    #expect(distance(last.values, ends.values) < 1e-5)
  }

  @Test func `a cache grows with its sequences`() throws {
    let model = try #require(
      try Variant.named("llama-biases").model() as? any CachedCausalLanguageModel)
    let tape = Tape.inference()
    let cache = model.cache(sequences: 1, capacity: 6)
    _ = model.hiddenStates(tape, TokenBatch([[3, 4, 5]]), cache: cache)
    cache.reorder(Array(repeating: 0, count: 15))
    let tokens = (0..<15).map { Int32($0 + 2) }
    _ = model.hiddenStates(tape, TokenBatch(tokens.map { [$0] }), cache: cache)
    cache.reorder(Array((0..<15).reversed()))
    let last = model.hiddenStates(tape, TokenBatch(tokens.map { [$0] }), cache: cache)
    let texts = tokens.indices.map { [3, 4, 5, tokens[14 - $0], tokens[$0]] }
    let whole = model.hiddenStates(tape, TokenBatch(texts))
    let ends = tape.gather(whole, rows: TokenBatch(texts).layout.lastRows)
    #expect(distance(last.values, ends.values) < 1e-5)
  }

  @Test func `more tokens than a cache has room for stop the program`() async {
    await #expect(processExitsWith: .failure) {
      let cache = KeyValueCache(layers: 1, columns: 2, sequences: 1, capacity: 1)
      let rows = Columns(Tensor(shape: [2, 2]))
      cache.append(layer: 0, key: rows, value: rows, new: SequenceLayout(lengths: [2]))
    }
  }

  @Test func `a tape that records does not go on from a cache`() async {
    await #expect(processExitsWith: .failure) {
      // Without the model this returns, which is no failure.
      guard let model = try? ModelLoader.causal(Fixture.folder("tiny-gpt2")),
        let cached = model as? any CachedCausalLanguageModel
      else { return }
      let cache = cached.cache(sequences: 1, capacity: 4)
      _ = cached.hiddenStates(Tape(training: nil), TokenBatch([[3, 4]]), cache: cache)
    }
  }
}
