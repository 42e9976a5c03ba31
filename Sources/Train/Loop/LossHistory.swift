import Records

/// What was logged during training, in the form of Hugging Face's `log_history`.
struct LossHistory: Sendable, Equatable {
  private(set) var entries: [JSONObject] = []
  /// The losses since the last entry.
  private var sum = 0.0
  private var count = 0

  init() {}

  /// Counts the loss of a step.
  mutating func add(_ loss: Float) {
    sum += Double(loss)
    count += 1
  }

  /// Writes an entry for the steps since the last one.
  /// - Parameter penalty: That of the last step; nil where there is none.
  mutating func log(
    step: Int, epoch: Double, learningRate: Double, gradientNorm: Float, penalty: Double? = nil
  ) {
    guard count > 0 else { return }
    var entry: JSONObject = [
      "epoch": .real(epoch), "grad_norm": .real(Double(gradientNorm)),
      "learning_rate": .real(learningRate), "loss": .real(sum / Double(count)),
    ]
    if let penalty { entry["penalty"] = .real(penalty) }
    entry["step"] = .integer(step)
    entries.append(entry)
    sum = 0
    count = 0
  }

  /// Writes what an evaluation found.
  mutating func log(step: Int, epoch: Double, evaluation: [(name: String, value: Double)]) {
    var entry: JSONObject = ["epoch": .real(epoch)]
    for (name, value) in evaluation { entry["eval_\(name)"] = .real(value) }
    entry["step"] = .integer(step)
    entries.append(entry)
  }

  /// The step of the last evaluation; nil before the first.
  var lastEvaluation: Int? { entries.last { $0["loss"] == nil }?["step"]?.int }

  /// The form in which it is kept between runs.
  var json: JSONValue {
    [
      "entries": .array(entries.map { .object($0) }), "sum": .real(sum), "count": .integer(count),
    ]
  }

  /// Reads what `json` wrote.
  init?(_ json: JSONValue?) {
    guard let entries = json?["entries"]?.array, let sum = json?["sum"]?.double,
      let count = json?["count"]?.int
    else { return nil }
    self.entries = entries.compactMap(\.object)
    self.sum = sum
    self.count = count
  }
}
