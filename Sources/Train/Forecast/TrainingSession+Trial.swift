import Evaluate
import Models
import Records
import Stages
import Tensors

extension TrainingSession {
  /// Whether the frozen part of the model runs once a record.
  var hasConstantTrunk: Bool {
    preparation.method.constantBelow != nil
      && options.values[TrainingOptions.Keys.embeddingNoise] == 0
      && preparation.objective is any FeatureObjective
  }

  /// A loop of which single steps are taken, in its largest state: all that will ever train does.
  func trialLoop() throws -> TrainingLoop {
    for parameter in preparation.trainable { parameter.tensor.requiresGradient = true }
    var removed = false
    var loop = try loop({ _ in }, removed: &removed)
    if let unfreezing = loop.unfreezing {
      // Behind the step in which the last part begins, at which nothing more has to be set free.
      loop.state.step = 1 + (unfreezing.begins.values.max() ?? 0)
      loop.optimizer.prepare(for: loop.state.step + 1)
    }
    return loop
  }

  /// What writes the answers that a run scores; nil where it scores none.
  func trialWriter() throws -> AnswerWriter? {
    guard let objective = preparation.objective as? any WritingObjective,
      objective.writesUnasked || !context.scoring.metrics.names.isEmpty
    else { return nil }
    return try objective.writer(context.scoring.writing, seed: 0)
  }

  /// The questions of some records.
  func questions(
    of records: RecordCollection, _ writer: AnswerWriter, most: Int
  ) throws -> [Question] {
    guard let objective = preparation.objective as? any WritingObjective else { return [] }
    let all = try records.map { try objective.question(of: $0, for: writer) }
    let count = min(most, all.count)
    return (0..<count).map { all[$0 * all.count / count] }
  }
}
