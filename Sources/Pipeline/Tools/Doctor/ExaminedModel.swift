import Models
import Records
import Tensors

/// A model with random texts that it reads, and what it would learn of them.
struct ExaminedModel {
  let model: any Model
  /// Token ids of each text; special tokens are left out, as they mean something to some heads.
  let texts: [[Int32]]
  /// What a model that writes sequences answers to each text; empty for others.
  private let answers: [[Int32]]
  private static let seed: UInt64 = 42
  private static let longest = 24

  /// How many texts there are.
  static let count = 8

  init(_ model: any Model) {
    self.model = model
    let special = Self.special(model.configuration.fields)
    let writer = model as? any SequenceToSequenceModel
    texts = Self.texts(
      "doctor.text", vocabulary: writer?.sourceVocabularySize ?? model.vocabularySize,
      longest: model.maximumLength, special)
    answers =
      writer.map { writer in
        Self.texts(
          "doctor.answer", vocabulary: writer.vocabularySize, longest: writer.maximumTargetLength,
          special)
      } ?? []
  }

  /// The tokens that a configuration names, such as the one that pads.
  private static func special(_ fields: JSONObject) -> Set<Int> {
    Set(
      fields.members.filter { $0.key.hasSuffix("_token_id") }.flatMap { member in
        member.value.array?.compactMap(\.int) ?? [member.value.int].compactMap(\.self)
      })
  }

  /// Texts of different lengths, each a function of its number alone.
  private static func texts(
    _ purpose: String, vocabulary: Int, longest: Int, _ special: Set<Int>
  ) -> [[Int32]] {
    let most = max(1, min(Self.longest, longest))
    return (0..<count).map { number in
      var random = CounterRandom(seed: seed, purpose: purpose, record: "\(number)")
      let length = min(most, 3 + random.below(most))
      return (0..<length).map { _ in
        // A vocabulary of special tokens alone would have no others.
        for _ in 0..<100 {
          let id = random.below(vocabulary)
          if !special.contains(id) { return Int32(id) }
        }
        return 0
      }
    }
  }
}

// MARK: - What it computes

extension ExaminedModel {
  /// The outputs of the task's head for all texts together, one after the other.
  func outputs() -> [Float] { outputs(Array(texts.indices)) }

  /// The outputs of some of the texts, which stand in one batch.
  func outputs(_ rows: [Int]) -> [Float] { outputs(rows, TokenBatch(rows.map { texts[$0] })) }

  /// The same of a batch that holds these texts.
  func outputs(_ rows: [Int], _ batch: TokenBatch) -> [Float] {
    outputs(.inference(), batch, rows).values
  }

  private func outputs(_ tape: Tape, _ batch: TokenBatch, _ rows: [Int]) -> Tensor {
    if let head = model as? any VocabularyHead {
      return head.scores(tape, hidden: states(tape, batch, rows))
    }
    if let model = model as? any RewardModel { return model.rewards(tape, batch) }
    if let model = model as? any SequenceClassifier { return model.logits(tape, batch) }
    if let model = model as? any TokenClassifier { return model.tokenLogits(tape, batch) }
    return states(tape, batch, rows)
  }

  /// What stands below a head over the vocabulary, or is all that there is.
  private func states(_ tape: Tape, _ batch: TokenBatch, _ rows: [Int]) -> Tensor {
    switch model {
    case let model as any SequenceToSequenceModel:
      let target = TargetBatch(rows.map { answers[$0] }, for: model)
      return model.decode(
        tape, target.inputs, encoded: model.encode(tape, batch), source: batch.layout)
    case let model as any MaskedLanguageModel: return model.predictionStates(tape, batch)
    case let model as any TextEncoder: return model.hiddenStates(tape, batch)
    default: preconditionFailure("a model of no known task: \(model.configuration.file)")
    }
  }
}

// MARK: - What it learns

extension ExaminedModel {
  /// The loss of some texts, whose divisor is that of all; their gradients are added to those there.
  func learn(_ rows: [Int]) -> Float {
    let tape = Tape(training: nil)
    let loss = loss(tape, TokenBatch(rows.map { texts[$0] }), rows)
    tape.backward(from: loss)
    return loss.item
  }

  private func loss(_ tape: Tape, _ batch: TokenBatch, _ rows: [Int]) -> Tensor {
    if let head = model as? any VocabularyHead {
      return head.vocabularyLoss(
        tape, states(tape, batch, rows), targets: targets(rows, classes: head.vocabularySize),
        divisor: divisor
      ).mean
    }
    let outputs = outputs(tape, batch, rows)
    guard predictsClasses, outputs.columns > 1 else {
      return distance(tape, outputs, rows)
    }
    return tape.crossEntropy(
      outputs, targets: targets(rows, classes: outputs.columns), divisor: divisor
    ).mean
  }

  /// The squared distance of numbers from random ones.
  private func distance(_ tape: Tape, _ outputs: Tensor, _ rows: [Int]) -> Tensor {
    let goals = rows.flatMap { row -> [Float] in
      var random = CounterRandom(seed: Self.seed, purpose: "doctor.goal", record: "\(row)")
      return (0..<places(row) * outputs.columns).map { _ in Float(random.normal()) }
    }
    let mean = tape.meanSquaredError(outputs, targets: goals).mean
    return tape.scale(mean, by: Float(outputs.rows) / divisor)
  }

  /// A random class for each place of some texts.
  private func targets(_ rows: [Int], classes: Int) -> [Int32] {
    rows.flatMap { row in
      var random = CounterRandom(seed: Self.seed, purpose: "doctor.target", record: "\(row)")
      return (0..<places(row)).map { _ in Int32(random.below(classes)) }
    }
  }

  /// How many places of a text something is predicted at.
  private func places(_ row: Int) -> Int {
    if model is any SequenceClassifier || model is any RewardModel { return 1 }
    return model is any SequenceToSequenceModel ? answers[row].count : texts[row].count
  }

  private var divisor: Float { Float(texts.indices.reduce(0) { $0 + places($1) }) }

  private var predictsClasses: Bool {
    !(model is any RewardModel)
      && (model is any SequenceClassifier || model is any TokenClassifier)
  }
}
