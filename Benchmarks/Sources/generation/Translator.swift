import Foundation
import Models
import Records
import Tensors
import Tokenize

/// A small Marian trained from nothing, to see what 8-bit weights cost a translator.
///
/// The file has a source, a tab and a target a line. Every hundredth source, by its hash, is for the
/// test, so that no test source is trained on.
struct Translator {
  private static let batch = 96
  private static let warmUp = 400.0
  private static let peakRate = 1e-3
  /// The longest text of either side, in characters.
  private static let longest = 60
  private static let testSize = 1000

  private let tokenizer: Tokenizer
  private let model: any SequenceToSequenceModel
  private let train, test: [Pair]

  private struct Pair {
    let source, target: String
    var sourceIds: [Int32] = []
    var targetIds: [Int32] = []
  }

  /// Reads the pairs of a file, and makes a vocabulary and a model for them.
  init(file: String) throws {
    let pairs = try Self.pairs(file)
    var options = VocabularyOptions(.bpe)
    options.vocabularySize = 6000
    options.specialTokens = ["</s>", "<pad>"]
    var trainer = try TokenizerTrainer(options)
    trainer.count(pairs.flatMap { [$0.source, $0.target] })
    tokenizer = try trainer.train()
    let sizes = ModelSizes(
      vocabulary: tokenizer.vocabularySize, layers: 3, hidden: 256, heads: 4, feedForward: 1024,
      positions: 128, padding: 1, end: 0)
    let made = try ModelLoader.make(
      "marian", sizes, for: .sequenceToSequence, seed: 1, dropout: 0.1)
    guard let model = made as? any SequenceToSequenceModel else {
      throw ModelError(.mismatch, file: file, problem: "needs a translation model")
    }
    self.model = model
    let isTest = pairs.map { StableHash.hash($0.source) % 100 == 0 }
    var seen: Set<String> = []
    test = zip(pairs, isTest).filter { $0.1 && seen.insert($0.0.source).inserted }
      .prefix(Self.testSize).map(\.0)
    train = zip(pairs, isTest).filter { !$0.1 }.map { [tokenizer] pair, _ in
      var pair = pair
      pair.sourceIds = tokenizer.ids(of: pair.source) + [0]
      pair.targetIds = tokenizer.ids(of: pair.target) + [0]
      return pair
    }
  }

  private static func pairs(_ file: String) throws -> [Pair] {
    try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n").compactMap { line in
      let sides = line.split(separator: "\t")
      guard sides.count >= 2, sides[0].count <= longest, sides[1].count <= longest else {
        return nil
      }
      return Pair(source: String(sides[0]), target: String(sides[1]))
    }
  }

  /// Trains for so many steps of 96 pairs.
  func train(steps: Int) {
    let parameters = model.parameters
    for parameter in parameters { parameter.tensor.requiresGradient = true }
    let moments = parameters.map { AdamW.Moments(shape: $0.tensor.shape) }
    var random = CounterRandom(seed: 1, purpose: "translator")
    for step in 1...steps {
      let pairs = (0..<Self.batch).map { _ in train[random.below(train.count)] }
      let tape = Tape(training: .init(seed: 1, step: step))
      let loss = model.loss(
        tape, source: TokenBatch(pairs.map(\.sourceIds)),
        target: TargetBatch(pairs.map(\.targetIds), for: model), smoothing: 0.1)
      tape.backward(from: loss.mean)
      let rise = min(Double(step) / Self.warmUp, (Self.warmUp / Double(step)).squareRoot())
      let adam = AdamW(learningRate: Float(Self.peakRate * rise), beta2: 0.98)
      let norm = gradientNorm(of: parameters.map(\.tensor))
      for (parameter, moments) in zip(parameters, moments) {
        adam.update(
          parameter.tensor, moments, step: step,
          gradientFactor: clippingFactor(norm: norm, maximum: 1))
        parameter.tensor.gradient = nil
      }
      if step % 100 == 0 { print("step \(step): loss \(loss.mean.item)") }
    }
  }

  /// Writes the test's references, and translations by weights of each form, a line each.
  func translate(into folder: String) throws {
    var generator = TokenGenerator(model, DecodingOptions())
    generator.options.maxNewTokens = 60
    generator.options.numBeams = 4
    generator.options.eosTokenId = [0]
    try write(test.map(\.target), to: folder + "/reference.txt")
    let sources = test.map { tokenizer.ids(of: $0.source) + [0] }
    for form in WeightForm.allCases {
      generator.prepare(weights: form)
      var lines: [String] = []
      for start in stride(from: 0, to: sources.count, by: 32) {
        let batch = Array(sources[start..<min(start + 32, sources.count)])
        lines += try generator.generate(batch).map { tokenizer.decode($0[0].tokens) }
      }
      try write(lines, to: folder + "/\(form.rawValue).txt")
    }
  }

  private func write(_ lines: [String], to path: String) throws {
    try FileManager.default.createDirectory(
      atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    let whole = lines.map { $0.replacing("\n", with: " ") + "\n" }.joined()
    try whole.write(toFile: path, atomically: true, encoding: .utf8)
  }
}
