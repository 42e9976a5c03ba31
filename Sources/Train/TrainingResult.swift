import Evaluate
public import Records

/// What a training came to.
public struct TrainingResult: Sendable {
  /// The folder of the best model, or of the best adapter: Hugging Face's or PEFT's layout, with the
  /// tokenizer.
  public let modelFolder: String
  /// Optimizer steps taken, and planned.
  public let steps, plannedSteps: Int
  /// The step of the saved model; nil without a validation side, where it is the last.
  public let bestStep: Int?
  /// The metric that chose the model.
  public let bestMetric: String?
  /// Its value at that step.
  public let bestValue: Double?
  /// Whether early stopping ended the run.
  public let stoppedEarly: Bool
  /// Seconds of training in this process and those that were stopped before it, without what was done
  /// behind a checkpoint and had to be done again.
  public let seconds: Double
  /// A list of epochs from 1 with the `seconds` of their steps, evaluation and saving left out; of all
  /// those processes.
  public let epochs: JSONValue
  /// `train` of `metrics.json`: the loss curve, the validation scores, the best step.
  public let json: JSONValue
}

extension TrainingResult {
  /// What a loop came to.
  init(_ loop: TrainingLoop, _ data: ExampleStatistics, folder: String) {
    modelFolder = folder
    steps = loop.state.step
    plannedSteps = loop.settings.totalSteps
    bestStep = loop.selection?.bestStep
    bestMetric = loop.selection?.best.name
    bestValue = loop.selection?.bestValue
    stoppedEarly = loop.state.isStopped
    seconds = loop.times.seconds
    epochs = loop.times.epochsJSON
    json = Self.json(loop, data)
  }

  private static func json(_ loop: TrainingLoop, _ data: ExampleStatistics) -> JSONValue {
    let entries = loop.state.history.entries
    var train: JSONObject = [
      "steps": .integer(loop.state.step), "planned_steps": .integer(loop.settings.totalSteps),
      "loss": .array(entries.filter { $0["loss"] != nil }.map { .object($0) }),
      "data": data.json,
    ]
    if let rows = loop.settings.epochs.packedRows { train["packed_rows"] = .integer(rows) }
    if let mixture = loop.settings.epochs.mixture { train["mixture"] = mixture.json }
    if let unfreezing = loop.unfreezing {
      train["unfreezing"] = unfreezing.json(totalSteps: loop.state.step)
    }
    guard let selection = loop.selection else { return .object(train) }
    train["validation"] = .array(
      entries.filter { $0["loss"] == nil }.map { .object(unprefixed($0)) })
    train["best_step"] = selection.bestStep.map { .integer($0) } ?? .null
    train["best_metric"] = selection.bestValue.map { .real($0) } ?? .null
    train["best_metric_name"] = .string(selection.best.name)
    train["stopped_early"] = .bool(loop.state.isStopped)
    return .object(train)
  }

  /// An evaluation's entry under the metrics' own names.
  private static func unprefixed(_ entry: JSONObject) -> JSONObject {
    JSONObject(
      entry.members.map { member in
        let isMetric = member.key.hasPrefix("eval_")
        return (isMetric ? String(member.key.dropFirst(5)) : member.key, member.value)
      })
  }
}
