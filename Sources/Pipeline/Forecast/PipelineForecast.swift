public import Records
import Stages
import Tensors
public import Train

/// What the training of a plan will take of memory and time, measured on a sample of its data.
public struct PipelineForecast: Sendable {
  /// The training.
  public let training: TrainingForecast
  /// Threads that it was measured with.
  public let threads: Int
  /// Bytes of memory that the machine has.
  public let machine: Int
  /// How many records were looked at, and how many there are.
  public let looked, all: Int
  /// What people should know of it.
  public let notes: [String]

  /// Looks at the data and measures some steps, which takes seconds; nil for a plan without training.
  /// - Parameter replan: The same plan with other values.
  /// - Throws: what says why nothing can be told, such as data that is not here yet.
  public init?(
    _ plan: PipelinePlan, threads: Int, replan: ([Override]) throws -> PipelinePlan
  ) throws {
    guard let values = plan.training else { return nil }
    guard !TrainingOptions(values).searchesMethod else {
      throw Diagnostics([
        Diagnostic("what a search takes is not foretold", remedy: "name a method")
      ])
    }
    Engine.threads = threads
    let folder = "\(FilePaths.temporary)/anneal-check-\(UInt64.random(in: 0 ... .max))"
    defer { try? Folders.remove(folder) }
    let data = try Fetching.$current.withValue(Fetching(isAllowed: false)) {
      try DataForecast(plan, folder: folder, threads: threads, replan: replan)
    }
    var context = TrainingContext(
      seed: plan.seed, folder: "\(folder)/training", tokenizer: "\(folder)/tokenizer",
      maximumLength: plan.maximumLength, base: plan.base)
    context.scoring = try plan.scoring()
    context.sources = plan.sources
    let scale = TrainingForecast.Scale(
      training: data.sides[.train] ?? 0, validation: data.sides[.validation] ?? 0,
      test: data.sides[.test] ?? 0, vocabulary: data.vocabulary(of: plan),
      room: Machine.availableMemory / 2)
    let memory = StageMemory()
    training = try TrainingForecast(
      TrainingOptions(values), sample: data.sample, scale, context, peak: memory.take)
    Engine.releaseMemory()
    self.threads = threads
    (looked, all, notes) = (data.looked, data.all, data.notes)
    machine = Machine.memory
  }

  /// What to do about a training that needs more memory than the machine has; nil where it fits.
  public var warning: String? {
    let memory = training.memory
    guard memory.total > machine else { return nil }
    var remedies: [String] = []
    if memory.step > memory.total / 4 {
      remedies.append(
        "halve batch-size and double gradient-accumulation-steps, or set activation-checkpointing")
    }
    if training.trained > training.parameters / 10 {
      remedies.append("train less of the model, as method: lora does")
    }
    if memory.weights + memory.program > memory.total / 4 {
      remedies.append("hold the weights in 4-bit numbers, as method: qlora does")
    }
    return "training needs about \(Self.bytes(memory.total)), and this machine has "
      + "\(Self.bytes(machine)): " + remedies.joined(separator: "; ")
  }
}

// MARK: - For people and machines

extension PipelineForecast {
  /// The forecast in lines.
  public var lines: [String] {
    let memory = training.memory
    let parts: [(String, Int)] = [
      ("weights", memory.weights), ("optimizer", memory.optimizer), ("copies", memory.copies),
      ("gradients and activations", memory.step), ("program and files", memory.program),
    ]
    let held = parts.filter { $0.1 >= 500_000 }.map { "\($0.0) \(Self.bytes($0.1))" }
    let times = training.parts.filter { $0.seconds >= 0.005 * training.seconds }
      .map { "\($0.name) \(Self.time($0.seconds))" }
    var lines = [
      "      memory about \(Self.bytes(memory.total)) of \(Self.bytes(machine)): "
        + held.joined(separator: ", "),
      "      time about \(Self.range(training.seconds)) on \(threads) threads as busy as they are "
        + "now, \(Self.time(training.processorSeconds)) of processors: \(training.steps.counted("step")) of "
        + "\(Self.time(training.step.seconds)); " + times.joined(separator: ", "),
      "      measured on steps over \(looked) of \(all.counted("record"))"
        + (training.triedLayers.isEmpty
          ? ""
          : ", with \(training.triedLayers.map(String.init).joined(separator: " and ")) layers"),
    ]
    lines += notes.map { "      \($0)" }
    return lines
  }

  /// The forecast under its names.
  public var object: JSONObject {
    let memory = training.memory
    return [
      "memory": [
        "peak_bytes": .integer(memory.total), "weights": .integer(memory.weights),
        "optimizer": .integer(memory.optimizer), "copies": .integer(memory.copies),
        "gradients_and_activations": .integer(memory.step), "program": .integer(memory.program),
        "machine_bytes": .integer(machine), "warning": warning.map { .string($0) } ?? .null,
      ],
      "time": [
        "seconds": .real(training.seconds),
        "processor_seconds": .real(training.processorSeconds),
        "threads": .integer(threads), "steps": .integer(training.steps),
        "step_seconds": .real(training.step.seconds),
        "step_processor_seconds": .real(training.step.processorSeconds),
        "parts": .array(
          training.parts.map { part in
            [
              "name": .string(part.name), "seconds": .real(part.seconds),
              "processor_seconds": .real(part.processorSeconds),
            ]
          }),
      ],
      "parameters": .integer(training.parameters), "trained": .integer(training.trained),
      "records": .integer(all), "sampled_records": .integer(looked),
      "tried_layers": .array(training.triedLayers.map { .integer($0) }),
    ]
  }

  private static func bytes(_ count: Int) -> String {
    count < 1_000_000_000
      ? "\((count + 500_000) / 1_000_000) MB" : "\((Double(count) / 1e7).rounded() / 100) GB"
  }

  /// A fifth less and a fifth more.
  private static func range(_ seconds: Double) -> String {
    "\(time(seconds)) (\(time(0.8 * seconds)) to \(time(1.2 * seconds)))"
  }

  private static func time(_ seconds: Double) -> String {
    switch seconds {
    case ..<1: "\(Int((1000 * seconds).rounded())) ms"
    case ..<120: "\((10 * seconds).rounded() / 10) s"
    case ..<7200: "\(Int((seconds / 60).rounded())) min"
    default: "\((seconds / 360).rounded() / 10) h"
    }
  }
}
