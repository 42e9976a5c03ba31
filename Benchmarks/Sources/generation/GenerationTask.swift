import Measurement
import Models
import Records
import Tensors

/// One kind of generation: 64 new tokens after prompts or sources of 32, with fresh weights.
///
/// Scripts/generate_bench.py has the same tasks; speed alone is of interest, not the tokens.
struct GenerationTask {
  static let newTokens = 64
  static let promptTokens = 32

  /// Prompts that are computed together.
  let batch: Int
  /// Sequences that are followed for each prompt.
  let beams: Int
  /// The number of token ids of prompts.
  let vocabulary: Int32
  /// A generator with fresh weights.
  let generator: @Sendable () throws -> TokenGenerator

  /// Every task, by name.
  static let all: [String: GenerationTask] = [
    "gpt2-1": gpt2(batch: 1), "gpt2-8": gpt2(batch: 8),
    "marian-1": marian(batch: 1), "marian-1-beam4": marian(batch: 1, beams: 4),
    "marian-8-beam4": marian(batch: 8, beams: 4), "marian-32": marian(batch: 32),
  ]

  /// GPT-2 with 124 million parameters.
  private static func gpt2(batch: Int) -> GenerationTask {
    GenerationTask(batch: batch, beams: 1, vocabulary: 50257) {
      let sizes = ModelSizes(vocabulary: 50257, layers: 12, hidden: 768, heads: 12, positions: 1024)
      let model = try ModelLoader.make("gpt2", sizes, for: .causal, seed: 1)
      guard let model = model as? any CachedCausalLanguageModel else { throw Mismatch() }
      return TokenGenerator(model, DecodingOptions())
    }
  }

  /// A translation model of OPUS-MT's size: 61 million parameters.
  private static func marian(batch: Int, beams: Int = 1) -> GenerationTask {
    GenerationTask(batch: batch, beams: beams, vocabulary: 32000) {
      let sizes = ModelSizes(
        vocabulary: 32001, layers: 6, hidden: 512, heads: 8, feedForward: 2048, positions: 512)
      let model = try ModelLoader.make("marian", sizes, for: .sequenceToSequence, seed: 1)
      guard let model = model as? any SequenceToSequenceModel else { throw Mismatch() }
      return TokenGenerator(model, DecodingOptions())
    }
  }

  /// One round to warm up, then the median seconds of `rounds` timed ones.
  func measure(rounds: Int, weights: WeightForm) throws -> Double {
    var generator = try generator()
    generator.prepare(weights: weights)
    generator.options.maxNewTokens = Self.newTokens
    generator.options.minNewTokens = Self.newTokens
    generator.options.numBeams = beams
    generator.options.eosTokenId = [0]
    var random = CounterRandom(seed: 1, purpose: "benchmark", record: "tokens")
    let prompts = (0..<batch).map { _ in
      (0..<Self.promptTokens).map { _ in Int32(1 + random.next() % UInt64(vocabulary - 1)) }
    }
    var times: [Double] = []
    for _ in 0...rounds {
      let start = ContinuousClock.now
      let sequences = try generator.generate(prompts)
      times.append((ContinuousClock.now - start) / .seconds(1))
      guard sequences.allSatisfy({ $0[0].tokens.count == Self.newTokens }) else { throw Mismatch() }
    }
    return median(Array(times.dropFirst()))
  }

  /// Something else came out than the task asked for.
  private struct Mismatch: Error {}
}
