import Records

/// Where a training stands: all that a checkpoint holds besides tensors.
///
/// Random numbers have no state of their own: they are functions of the seed, the step and the
/// record. The position in the data is the step within the epoch.
struct TrainingState: Sendable {
  /// Optimizer steps taken.
  var step = 0
  /// The epoch under way, from 0.
  var epoch = 0
  /// Steps of that epoch taken.
  var stepInEpoch = 0
  /// Tokens seen.
  var tokens = 0
  /// What was logged.
  var history = LossHistory()
  /// What tells a loss that goes astray.
  var watch = DivergenceWatch()
  /// Whether early stopping ended the run.
  var isStopped = false

  init() {}

  /// Counts a step, and tells the mean loss of the last ones where the training has diverged.
  mutating func advance(tokens: Int, loss: Float) -> Double? {
    step += 1
    stepInEpoch += 1
    self.tokens += tokens
    history.add(loss)
    return watch.note(loss)
  }

  /// The form in which it is kept, with the selection and what the run was made from.
  func json(_ selection: Selection?, fingerprint: String) -> JSONValue {
    [
      "fingerprint": .string(fingerprint), "step": .integer(step), "epoch": .integer(epoch),
      "step_in_epoch": .integer(stepInEpoch), "tokens": .integer(tokens),
      "history": history.json, "watch": watch.json, "is_stopped": .bool(isStopped),
      "selection": selection?.json ?? .null,
    ]
  }

  /// Reads what `json` wrote; nil where it is of another run.
  init?(_ json: JSONValue, fingerprint: String) {
    guard json["fingerprint"]?.string == fingerprint, let step = json["step"]?.int,
      let epoch = json["epoch"]?.int, let stepInEpoch = json["step_in_epoch"]?.int,
      let tokens = json["tokens"]?.int, let history = LossHistory(json["history"]),
      let isStopped = json["is_stopped"]?.bool
    else { return nil }
    self.step = step
    self.epoch = epoch
    self.stepInEpoch = stepInEpoch
    self.tokens = tokens
    self.history = history
    watch = DivergenceWatch(json["watch"])
    self.isStopped = isStopped
  }
}
