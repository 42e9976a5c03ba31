import Foundation
import Models
import Records
import Stages
import Tensors
import Testing

/// An adapter that was drawn at random, on its model, with what its library computed:
/// `Scripts/models_draw_adapters.py`.
struct DrawnAdapter {
  /// The folder of the cases; none where nothing was drawn.
  static let root = ProcessInfo.processInfo.environment["ANNEAL_DRAWN_ADAPTERS"]

  /// The cases' folders.
  static let all: [String] = {
    guard let root, let names = try? FileManager.default.contentsOfDirectory(atPath: root) else {
      return []
    }
    return names.map { "\(root)/\($0)" }.filter { Folders.exists("\($0)/case.json") }.sorted()
  }()

  let folder: String
  let model: any Model
  let adapter: any ModelAdapter
  private let io: SafetensorsFile
  private let base: String
  private let task: ModelTask

  /// Reads a case's adapter, or one that was saved beside it.
  init(_ folder: String, adapter name: String = "adapter") throws {
    self.folder = folder
    let facts = try JSONValue.parse(FileReader.contents("\(folder)/case.json"))
    base = "\(FilePaths.folder(folder))/\(try #require(facts["base"]?.string))"
    io = try SafetensorsFile("\(folder)/io.safetensors")
    let path = "\(folder)/\(name)"
    let named = try ModelFolders(base, adapter: path).configuration.task
    task = try #require(named)
    let loaded = try ModelLoader.load(base, adapter: path, for: task, seed: 1)
    #expect(loaded.fresh.isEmpty)
    model = loaded.model
    adapter = try #require(loaded.adapter)
  }

  /// The same example on another model, such as the merged one.
  init(_ other: DrawnAdapter, model: any Model) {
    self.model = model
    (folder, adapter, io) = (other.folder, other.adapter, other.io)
    (base, task) = (other.base, other.task)
  }

  /// What is added before each text, whose scores PEFT gives too.
  private var virtual: Int {
    model is any CausalLanguageModel || model is any TextEncoder
      ? model.prompted(TokenBatch([[0]])).virtual : 0
  }

  /// The scores, their rows in the recorded rectangle, and the targets, where there are such.
  private func run(_ tape: Tape) throws -> (logits: Tensor, places: [Int], targets: [Int32]?) {
    let types = io["token_type_ids"] == nil ? nil : try io.rows("token_type_ids")
    let (batch, packed) = TokenBatch.packing(
      try io.rows("input_ids"), mask: try io.rows("attention_mask"), types: types)
    let labels = io["labels"] == nil ? [] : try io.integers("labels").map { Int32($0) }
    let own = packed.map { Int($0) }
    let longer = try io.places(packed, prompted: virtual).map { Int($0) }
    switch model {
    case let model as any SequenceClassifier:
      return (model.logits(tape, batch), Array(batch.layout.lengths.indices), labels)
    case let model as any TokenClassifier:
      return (model.tokenLogits(tape, batch), own, own.map { labels[$0] })
    case let model as any CausalLanguageModel:
      let targets = try io.nextTokens(longer.map { Int32($0) }, prompted: virtual)
      return (model.logits(tape, model.prompted(batch)), longer, targets)
    case let model as any MaskedLanguageModel:
      let states = model.predictionStates(tape, batch)
      return (model.scores(tape, hidden: states), own, own.map { labels[$0] })
    case let model as any SequenceToSequenceModel:
      let inputs =
        io["decoder_input_ids"] == nil
        ? try io.rows("labels").map { model.decoderInputs(for: $0) }
        : try io.rows("decoder_input_ids")
      let hidden = model.decode(
        tape, TokenBatch(inputs), encoded: model.encode(tape, batch), source: batch.layout)
      return (model.scores(tape, hidden: hidden), Array(labels.indices), labels)
    default:
      let model = try #require(model as? any TextEncoder)
      return (model.hiddenStates(tape, model.prompted(batch)), longer, nil)
    }
  }

  /// Checks the scores of what is no padding, relative to the largest where that is above ten.
  func checkLogits(_ what: Comment, _ tolerance: Float = 1e-4) throws {
    let expected = try io.floats("logits")
    let (logits, places, targets) = try run(.inference())
    let (ours, width) = (logits.values, logits.columns)
    let scale = max(1, (expected.map { abs($0) }.max() ?? 0) / 10)
    var most: Float = 0
    for (row, place) in places.enumerated() {
      // The targets' padding, which transformers masks.
      if model is any SequenceToSequenceModel, targets?[row] ?? 0 < 0 { continue }
      try #require((place + 1) * width <= expected.count)
      let own = Array(ours[row * width..<(row + 1) * width])
      most = max(most, distance(own, Array(expected[place * width..<(place + 1) * width])))
    }
    #expect(most < tolerance * scale, what)
  }

  /// Checks the gradient's norm and the losses of three steps of AdamW, where they were recorded.
  func checkTraining(_ tolerance: Float = 5e-4) throws {
    guard io["loss_steps"] != nil else { return }
    let own = Set(model.parameters.map(\.name))
    // AdapterHub trains the head beside the adapter, which is left out of what was recorded.
    let trained = adapter.parameters
      .filter { adapter.layout != .adapterHub || !own.contains($0.name) }.map(\.tensor)
    for tensor in trained { tensor.requiresGradient = true }
    let moments = trained.map { AdamW.Moments(shape: $0.shape) }
    for (step, expected) in try io.floats("loss_steps").enumerated() {
      let tape = Tape(training: nil)
      let (logits, _, targets) = try run(tape)
      let mean = tape.crossEntropy(logits, targets: try #require(targets)).mean
      let loss = adapter.penalty(tape).map { tape.add(mean, $0) } ?? mean
      #expect(abs(loss.item - expected) < tolerance * max(1, expected / 10), "step \(step)")
      guard step < 3 else { break }
      tape.backward(from: loss)
      if step == 0 {
        let norm = try io.floats("grad_norm")[0]
        #expect(abs(gradientNorm(of: trained) - norm) < 1e-4 * max(1, norm), "gradient")
      }
      for (tensor, moments) in zip(trained, moments) where tensor.gradient != nil {
        AdamW(learningRate: 1e-2, weightDecay: 0.01).update(
          tensor, moments, step: step + 1, gradientFactor: 1)
      }
      for tensor in trained { tensor.gradient = nil }
    }
  }

  /// Saves the adapter beside the case, and checks what is read of it.
  func checkSaving() throws {
    try AdapterFolder.save(adapter, of: model, base: base, to: "\(folder)/saved")
    try DrawnAdapter(folder, adapter: "saved").checkLogits("saved and read")
  }

  /// Saves the merged model beside the case where it can be merged, and checks what is read of it.
  func checkMerging() throws {
    guard let merged = try? MergedModel(model) else { return }
    try merged.save(to: "\(folder)/merged")
    let read = try ModelLoader.load("\(folder)/merged", for: task, seed: 2)
    #expect(read.fresh.isEmpty && read.ignored.isEmpty)
    try DrawnAdapter(self, model: read.model).checkLogits("merged", 2e-4)
  }
}
