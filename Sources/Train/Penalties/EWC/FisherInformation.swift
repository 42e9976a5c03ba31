import Models
import Records
import Stages
import Tensors

/// Of which targets gradients are taken for the Fisher information.
enum FisherLabels: String, ChoiceValue {
  /// The records' own: the empirical Fisher information.
  case given
  /// Drawn from what the model says: the Fisher information itself.
  case sampled
}

/// The diagonal of the Fisher information of weights: the mean over records of (∂ log p(y|x) / ∂θ)².
///
/// log p is the sum over all that is learned of a record, without smoothing, class weights and dropout.
/// One record after the other is walked back, so that batches and threads change nothing.
struct FisherInformation {
  /// The values by the names of the weights.
  private(set) var diagonal: [String: Tensor]

  /// Over the examples of a start.
  /// - Throws: `Interrupted`; `TrainingError` where nothing of the records would be learned.
  init(_ start: PenaltyStart, _ labels: FisherLabels) throws {
    let examples = start.examples.filter { $0.counted > 0 }
    guard !examples.isEmpty else {
      throw TrainingError(
        "nothing would be learned of the \(start.examples.count) old records of penalty 'ewc'",
        remedy: "look at its data, at train-on and max-length")
    }
    let sums = start.weights.map { Tensor(shape: $0.tensor.shape) }
    for example in examples {
      try Interruption.check()
      let drawn = labels == .given ? example : Self.sampled(example, start)
      let tape = Tape(training: nil)
      tape.backward(from: start.objective.surprise(tape, drawn).mean)
      for (weight, sum) in zip(start.weights, sums) {
        guard let gradient = weight.tensor.gradient else { continue }
        sum.add(squaresOf: gradient, factor: 1 / Float(examples.count))
      }
      for parameter in start.trainable { parameter.tensor.gradient = nil }
    }
    diagonal = Dictionary(
      zip(start.weights.map(\.name), sums), uniquingKeysWith: { first, _ in first })
  }

  /// Reads what a run wrote; weights that it does not name are left out.
  /// - Throws: `ModelError` for a tensor of another shape, or a file that names none of the weights.
  init(_ file: SafetensorsFile, of weights: [NamedParameter]) throws(ModelError) {
    diagonal = [:]
    for weight in weights where file[weight.name] != nil {
      let stored = try file.tensor(weight.name)
      guard stored.shape == weight.tensor.shape else {
        throw ModelError(
          .mismatch, file: file.path,
          problem: "\(weight.name) has the shape \(stored.shape), not \(weight.tensor.shape)",
          remedy: "Name the file of a run with the same model.")
      }
      diagonal[weight.name] = stored
    }
    guard !diagonal.isEmpty else {
      throw ModelError(
        .mismatch, file: file.path, problem: "it names none of the weights that are trained",
        remedy: "Name the file of a run with the same model.")
    }
  }

  /// This one and that of earlier tasks, which counts by a factor.
  func adding(_ earlier: FisherInformation, factor: Float) -> FisherInformation {
    for (name, tensor) in diagonal {
      earlier.diagonal[name].map { tensor.add($0, factor: factor) }
    }
    return self
  }

  /// The example with a class that is drawn from what the model says of it: by the seed and the record.
  private static func sampled(_ example: Example, _ start: PenaltyStart) -> Example {
    guard case .label(_, _, let probabilities, _)? = start.objective.predictions([example]).first
    else { preconditionFailure("labels are drawn of an objective without classes") }
    var random = CounterRandom(seed: start.seed, purpose: "ewc", record: example.id)
    let place = Float(random.uniform()) * probabilities.reduce(0, +)
    var sum: Float = 0
    let drawn = probabilities.firstIndex {
      sum += $0; return sum > place
    }
    return Example(
      id: example.id, tokens: example.tokens, types: example.types,
      targets: [Int32(drawn ?? probabilities.count - 1)], isTruncated: example.isTruncated)
  }
}
