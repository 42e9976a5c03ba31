import Records

/// How training went: what was logged, and what validation found.
struct History {
  /// One logging step.
  struct Entry {
    let step: Double
    let epoch: Double?
    let loss: Double
    let learningRate: Double?
    let gradientNorm: Double?
  }

  /// One look at the validation side.
  struct Validation {
    let step: Double
    let epoch: Double?
    /// Numbers by name, loss among them, in the file's order.
    let values: [(name: String, value: Double)]

    subscript(name: String) -> Double? { values.first { $0.name == name }?.value }
  }

  let entries: [Entry]
  let validations: [Validation]
  let bestStep: Double?
  let bestMetric: Double?
  /// The last step done and the last planned, where the file tells.
  let progress: (step: Int, of: Int)?

  /// Reads `train` of `metrics.json`.
  init?(train json: JSONValue) {
    let logged = json["loss"]?.array ?? []
    let looked = json["validation"]?.array ?? []
    guard !logged.isEmpty || !looked.isEmpty else { return nil }
    entries = logged.compactMap(Entry.init)
    validations = looked.compactMap { Validation($0, prefix: "") }
    bestStep = json["best_step"]?.double
    bestMetric = json["best_metric"]?.double
    progress = nil
  }

  /// Reads `trainer_state.json` as Hugging Face writes it.
  init?(trainerState json: JSONValue) {
    guard let log = json["log_history"]?.array else { return nil }
    entries = log.compactMap(Entry.init)
    validations = log.compactMap { Validation($0, prefix: "eval_") }
    bestStep = json["best_global_step"]?.double
    bestMetric = json["best_metric"]?.double
    if let step = json["global_step"]?.count, let of = json["max_steps"]?.count {
      progress = (step, of)
    } else {
      progress = nil
    }
  }
}

extension History.Entry {
  /// A logged step; nil for an entry of another kind.
  ///
  /// A loss that is no number leaves a gap.
  init?(_ json: JSONValue) {
    guard let step = json["step"]?.double, let loss = json["loss"] else { return nil }
    self.step = step
    epoch = json["epoch"]?.double
    self.loss = loss.double ?? .nan
    learningRate = json["learning_rate"]?.double
    gradientNorm = json["grad_norm"]?.double
  }
}

extension History.Validation {
  /// Numbers about speed that Hugging Face logs among the metrics.
  private static let speeds = ["runtime", "samples_per_second", "steps_per_second"]

  init?(_ json: JSONValue, prefix: String) {
    guard let members = json.object?.members, let step = json["step"]?.double else { return nil }
    self.step = step
    epoch = json["epoch"]?.double
    values = members.compactMap { member in
      guard member.key.hasPrefix(prefix), !["step", "epoch"].contains(member.key),
        let value = member.value.double
      else { return nil }
      return (String(member.key.dropFirst(prefix.count)), value)
    }.filter { !Self.speeds.contains($0.0) }
    guard !values.isEmpty else { return nil }
  }
}
