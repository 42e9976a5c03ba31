import Models
public import Records
import Stages
import Tensors

/// What must not change what a model computes or how it is trained, measured on random texts.
///
/// ```swift
/// let examination = try ModelExamination(model: "runs/medical")
/// for finding in examination.findings where !finding.isGood { print(finding.topic) }
/// ```
/// Products are those of fp32, whatever the machine has. Memory: the model twice, and its gradients.
public struct ModelExamination: Sendable {
  /// One comparison.
  public struct Finding: Sendable {
    /// What was compared.
    public let topic: String
    /// How far the two are apart, relative to the larger of 1 and what was expected; or how many.
    public let difference: Double
    /// The most that is good.
    public let limit: Double
    /// What else is worth saying, such as names.
    public let note: String?

    /// Whether the limit is kept; a difference that is no number keeps none.
    public var isGood: Bool { difference <= limit }
  }

  /// The findings in the order shown.
  public let findings: [Finding]

  /// Examines a model.
  /// - Parameter name: The folder of a run that trained a whole model, or a model's folder or name.
  /// - Throws: `ModelError` where there is no such model, or an adapter in its place.
  public init(model name: String) throws {
    let folders = try ModelPlace(name).folders
    guard folders.adapter == nil else {
      throw ModelError(
        .unsupported, file: name, problem: "is an adapter, and whole models are examined",
        remedy: "Write one with 'anneal export --merge', or name the model below it.")
    }
    let configuration = try folders.configuration
    guard let task = try configuration.task else {
      throw ModelError(
        .unsupported, file: configuration.file,
        problem: "its architectures name no task that is known here")
    }
    findings = try Engine.$precision.withValue(.fp32) {
      try Self.examine { () throws(ModelError) in
        try ModelLoader.load(folders.base, for: task, seed: 0, dropout: 0).model
      }
    }
  }

  /// Whether all limits are kept.
  public var isSound: Bool { findings.allSatisfy(\.isGood) }

  /// The findings for machines.
  public var json: JSONValue {
    .array(
      findings.map {
        [
          "topic": .string($0.topic), "good": .bool($0.isGood),
          "difference": $0.difference.isFinite ? .real($0.difference) : .null,
          "limit": .real($0.limit), "note": $0.note.map { .string($0) } ?? .null,
        ]
      })
  }

  /// - Parameter load: Gives the same model each time, in memory of its own.
  private static func examine(_ load: () throws(ModelError) -> any Model) throws -> [Finding] {
    let examined = ExaminedModel(try load())
    let findings = batches(examined) + [padding(examined), packing(examined)]
    return findings + (try updates(examined, load))
  }
}

// MARK: - Whole models

extension ModelExamination {
  /// A batch of 8 against batches of 2 and 4 whose gradients are added, and what no gradient reaches.
  private static func batches(_ examined: ExaminedModel) -> [Finding] {
    let trained = examined.model.parameters.filter(\.isTrainable)
    for parameter in trained { parameter.tensor.requiresGradient = true }
    defer {
      for parameter in trained {
        parameter.tensor.requiresGradient = false
        parameter.tensor.gradient = nil
      }
    }
    let whole = learn(examined, size: ExaminedModel.count, trained)
    let dead = withoutGradient(trained, of: "the model")
    return [2, 4].flatMap { size -> [Finding] in
      let parts = learn(examined, size: size, trained)
      let title = "batch 8 = \(ExaminedModel.count / size) × \(size)"
      return [
        Finding(
          topic: "\(title): loss", difference: distance([whole.loss], [parts.loss]), limit: 1e-5,
          note: nil),
        Finding(
          topic: "\(title): gradient norm",
          difference: Double(abs(whole.norm - parts.norm) / max(whole.norm, 1e-6)), limit: 1e-4,
          note: nil),
      ]
    } + [dead]
  }

  /// The loss and the norm of the gradients of all texts in batches of a size; gradients stay.
  private static func learn(
    _ examined: ExaminedModel, size: Int, _ trained: [NamedParameter]
  ) -> (loss: Float, norm: Float) {
    for parameter in trained { parameter.tensor.gradient = nil }
    let starts = stride(from: 0, to: ExaminedModel.count, by: size)
    let loss = starts.reduce(Float(0)) { $0 + examined.learn(Array($1..<$1 + size)) }
    return (loss, gradientNorm(of: trained.map(\.tensor)))
  }

  /// Counts the values in training that no gradient reaches.
  private static func withoutGradient(
    _ trained: [NamedParameter], of owner: String
  ) -> Finding {
    let dead = trained.filter { parameter in
      guard let gradient = parameter.tensor.gradient else { return true }
      return gradient.withValues { values in values.indices.allSatisfy { values[$0] == 0 } }
    }.map(\.name)
    let more = dead.count > 3 ? " and \(dead.count - 3) more" : ""
    return Finding(
      topic: "\(owner): parameters without gradient", difference: Double(dead.count), limit: 0,
      note: dead.isEmpty ? nil : dead.prefix(3).joined(separator: ", ") + more)
  }

  /// Texts filled up to one length and masked, against texts as they are.
  private static func padding(_ examined: ExaminedModel) -> Finding {
    let width = examined.texts.map(\.count).max() ?? 0
    let padded = examined.texts.map { $0 + Array(repeating: 0, count: width - $0.count) }
    let mask = examined.texts.map { text in (0..<width).map { Int32($0 < text.count ? 1 : 0) } }
    let rows = Array(examined.texts.indices)
    return Finding(
      topic: "padded = unpadded",
      difference: distance(
        examined.outputs(rows), examined.outputs(rows, TokenBatch.packing(padded, mask: mask).batch)
      ),
      limit: 1e-5, note: nil)
  }

  /// Texts one after the other in a row, against each alone.
  private static func packing(_ examined: ExaminedModel) -> Finding {
    Finding(
      topic: "packed = unpacked",
      difference: distance(
        examined.texts.indices.flatMap { examined.outputs([$0]) }, examined.outputs()),
      limit: 1e-5, note: nil)
  }

  /// The largest difference, relative to the larger of 1 and the largest expected value.
  private static func distance(_ expected: [Float], _ found: [Float]) -> Double {
    guard expected.count == found.count else { return .infinity }
    let largest = expected.reduce(Float(1)) { max($0, abs($1)) }
    // The maximum of a list passes over what is no number.
    let differences = zip(expected, found).map { abs($0 - $1) / largest }
    return Double(differences.contains { !$0.isFinite } ? .nan : differences.max() ?? 0)
  }
}

// MARK: - Low-rank updates

extension ModelExamination {
  /// Low-rank updates: nothing changes when they begin, all of them learn, and the weights can hold them.
  private static func updates(
    _ examined: ExaminedModel, _ load: () throws(ModelError) -> any Model
  ) throws(ModelError) -> [Finding] {
    let before = examined.outputs()
    let adapter = try LowRankAdapter(LowRankOptions(), to: examined.model, seed: 0)
    let start = Finding(
      topic: "LoRA at step 0 = model", difference: distance(before, examined.outputs()),
      limit: 1e-6, note: nil)
    move(adapter)
    for parameter in adapter.parameters { parameter.tensor.requiresGradient = true }
    _ = learn(examined, size: ExaminedModel.count, adapter.parameters)
    let dead = withoutGradient(adapter.parameters, of: "LoRA")
    let plain = try load()
    let merged = Dictionary(
      uniqueKeysWithValues: try MergedModel(examined.model).parameters.map { ($0.name, $0.tensor) })
    for parameter in plain.parameters {
      if let tensor = merged[parameter.name] { parameter.tensor.assign(tensor) }
    }
    let difference = distance(examined.outputs(), ExaminedModel(plain).outputs())
    return [
      start, dead,
      Finding(topic: "merged = adapter", difference: difference, limit: 1e-4, note: nil),
    ]
  }

  /// Gives the matrices that begin as zero values as training would.
  private static func move(_ adapter: LowRankAdapter) {
    for parameter in adapter.parameters where adapter.upNames.contains(parameter.name) {
      var random = CounterRandom(seed: 0, purpose: "doctor.update", record: parameter.name)
      let values = (0..<parameter.tensor.count).map { _ in Float(0.02 * random.normal()) }
      parameter.tensor.assign(Tensor(values, shape: parameter.tensor.shape))
    }
  }
}
