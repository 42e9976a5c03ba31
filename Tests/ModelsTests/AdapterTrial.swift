import Models
import Records
import Stages
import Tensors
import TestSupport
import Testing

/// A model with an adapter of PEFT on the example that was recorded with it.
struct AdapterTrial {
  let model: any Model
  let adapter: any ModelAdapter
  private let io: SafetensorsFile

  /// Loads `golden/NAME` on the model that its configuration names.
  init(_ name: String, in collection: String = "golden") throws {
    try self.init(folder: Shared.path("golden/train-formats/\(collection)/\(name)"))
  }

  /// Loads an adapter's folder on the model of the shared collection that its configuration names.
  init(folder: String) throws {
    let golden = Shared.path("golden/train-formats/golden")
    io = try SafetensorsFile(folder + "/io.safetensors")
    let name = try AdapterFolder(folder).baseModel
    let base = try #require(name)
    let named = try ModelConfiguration(folder: "\(golden)/\(base)").task
    let task = try #require(named)
    let loaded = try ModelLoader.load("\(golden)/\(base)", adapter: folder, for: task, seed: 1)
    #expect(loaded.fresh.isEmpty && loaded.ignored.isEmpty)
    model = loaded.model
    adapter = try #require(loaded.adapter)
  }

  /// An adapter of our own on a model of the shared collection, with an example.
  init(
    base: String, io: SafetensorsFile, adapt: (any Model) throws -> any ModelAdapter
  ) throws {
    let folder = Shared.path("golden/train-formats/golden/\(base)")
    let named = try ModelConfiguration(folder: folder).task
    let task = try #require(named)
    model = try ModelLoader.load(folder, for: task, seed: 1).model
    adapter = try adapt(model)
    self.io = io
  }

  /// The same example on another model, such as the merged one.
  init(_ trial: AdapterTrial, model: any Model) {
    self.model = model
    (adapter, io) = (trial.adapter, trial.io)
  }

  /// Checks the logits of every token that is no padding.
  /// - Parameter count: How many rows are checked; all if nil.
  func checkLogits(_ tolerance: Float = 1e-4, ofFirst count: Int? = nil) throws {
    let (logits, places) = try logits(.inference())
    let (ours, expected) = (logits.values, try io.floats("logits"))
    let labels = try io.integers("labels")
    for (row, place) in places.prefix(count ?? places.count).enumerated() {
      // The targets' padding, which transformers masks.
      if model is any SequenceToSequenceModel, labels[Int(place)] < 0 { continue }
      let width = logits.columns
      let own = Array(ours[row * width..<(row + 1) * width])
      let theirs = Array(expected[Int(place) * width..<(Int(place) + 1) * width])
      #expect(distance(own, theirs) < tolerance, "row \(row)")
    }
  }

  /// The logits, and their places in the recorded rectangle.
  func logits(_ tape: Tape) throws -> (logits: Tensor, places: [Int32]) {
    let (batch, places) = try io.batch()
    if let model = model as? any SequenceClassifier {
      return (model.logits(tape, batch), batch.layout.lengths.indices.map { Int32($0) })
    }
    if let model = model as? any CausalLanguageModel {
      let whole = model.prompted(batch)
      return (model.logits(tape, whole), try io.places(places, prompted: whole.virtual))
    }
    let model = try #require(model as? any SequenceToSequenceModel)
    let labels = try io.rows("labels")
    let inputs =
      io["decoder_input_ids"] == nil
      ? labels.map { model.decoderInputs(for: $0) } : try io.rows("decoder_input_ids")
    let hidden = model.decode(
      tape, TokenBatch(inputs), encoded: model.encode(tape, batch), source: batch.layout)
    let logits = model.scores(tape, hidden: hidden)
    return (logits, (0..<logits.rows).map { Int32($0) })
  }

  /// The loss as transformers computes it.
  func loss(_ tape: Tape) throws -> Tensor {
    let (logits, places) = try logits(tape)
    let targets: [Int32] =
      model is any CausalLanguageModel
      ? try io.nextTokens(places, prompted: virtual) : try io.integers("labels").map { Int32($0) }
    let loss = tape.crossEntropy(logits, targets: targets).mean
    return adapter.penalty(tape).map { tape.add(loss, $0) } ?? loss
  }

  /// The virtual tokens before each text whose scores PEFT gives too.
  private var virtual: Int {
    model is any CausalLanguageModel ? model.prompted(TokenBatch([[0]])).virtual : 0
  }

  /// Checks the loss.
  func checkLoss(_ tolerance: Float = 1e-4) throws {
    #expect(abs(try loss(.inference()).item - io.floats("loss")[0]) < tolerance)
  }

  /// Checks the gradient's norm and the losses of three steps of AdamW on all that is trained.
  /// - Parameter behind: Called behind each step, while gradients are there.
  func checkTraining(
    _ tolerance: Float = 1e-4, behind: (_ step: Int) throws -> Void = { _ in }
  ) throws {
    let trained = adapter.parameters.map(\.tensor)
    for tensor in trained { tensor.requiresGradient = true }
    let expected = try io.floats("loss_steps")
    #expect(expected.count >= 4)
    let moments = trained.map { AdamW.Moments(shape: $0.shape) }
    for step in expected.indices {
      let tape = Tape(training: nil)
      let loss = try loss(tape)
      #expect(abs(loss.item - expected[step]) < tolerance, "step \(step)")
      guard step < expected.count - 1 else { break }
      tape.backward(from: loss)
      if step == 0 {
        let norm = try io.floats("grad_norm")[0]
        #expect(abs(gradientNorm(of: trained) - norm) < tolerance * max(1, norm))
        let model = model.parameters.filter { parameter in
          !trained.contains { $0 === parameter.tensor }
        }
        #expect(model.allSatisfy { $0.tensor.gradient == nil }, "what is frozen has no gradient")
      }
      for (tensor, moments) in zip(trained, moments) {
        AdamW(learningRate: 1e-2, weightDecay: 0.01).update(
          tensor, moments, step: step + 1, gradientFactor: 1)
      }
      try behind(step + 1)
      for tensor in trained { tensor.gradient = nil }
    }
  }

  /// Checks that a merged copy, saved and loaded, computes the same.
  func checkMerging() throws {
    let folder = try TemporaryFolder()
    try MergedModel(model).save(to: folder.path)
    let named = try ModelConfiguration(folder: folder.path).task
    let task = try #require(named)
    let merged = try ModelLoader.load(folder.path, for: task, seed: 2)
    #expect(merged.fresh.isEmpty && merged.ignored.isEmpty)
    let ours = try logits(.inference()).logits.values
    let theirs = try AdapterTrial(self, model: merged.model).logits(.inference()).logits.values
    #expect(distance(ours, theirs) < 1e-4)
  }

  /// Checks that the adapter, saved and loaded, computes the same and keeps its tensors.
  func checkSaving() throws {
    let folder = try TemporaryFolder()
    try AdapterFolder.save(adapter, of: model, base: "base", to: folder.path)
    #expect(AdapterFolder.isAdapter(folder.path))
    let isHub = adapter.layout == .adapterHub
    let type = try JSONValue.parse(
      FileReader.contents(folder.path + "/adapter_config.json"))["peft_type"]?.string
    let isVirtual = ["PREFIX_TUNING", "PROMPT_TUNING", "P_TUNING"].contains(type)
    let file = try SafetensorsFile(
      folder.path + (isHub ? "/adapter.safetensors" : "/adapter_model.safetensors"))
    for tensor in adapter.tensors where file[tensor.name] != nil || !isHub {
      let prefix = isHub || tensor.name == "prompt_embeddings" ? "" : "base_model."
      let name = prefix + (isHub || isVirtual ? "" : "model.") + tensor.name
      let isInteger = file[name]?.format == .i32
      let values = isInteger ? try file.integers(name).map { Float($0) } : try file.floats(name)
      #expect(values == tensor.read().values)
    }
    let own = Set(model.parameters.map(\.name))
    #expect(file.tensors.count == adapter.tensors.count { !isHub || !own.contains($0.name) })
  }

  /// Checks that the adapter, saved and read on its base model, computes the same; and that what was
  /// read does, saved and read again.
  func checkReloading(base: String) throws {
    let folder = try TemporaryFolder()
    let path = Shared.path("golden/train-formats/golden/\(base)")
    let named = try ModelConfiguration(folder: path).task
    let task = try #require(named)
    let ours = try logits(.inference()).logits.values
    var (model, adapter) = (model, adapter)
    for time in ["first", "second"] {
      let copy = "\(folder.path)/\(time)"
      try AdapterFolder.save(adapter, of: model, base: base, to: copy)
      let read = try ModelLoader.load(path, adapter: copy, for: task, seed: 2)
      let theirs = try AdapterTrial(self, model: read.model).logits(.inference()).logits.values
      #expect(distance(ours, theirs) < 1e-5, "read for the \(time) time")
      (model, adapter) = (read.model, try #require(read.adapter))
    }
    for field in ["rank_pattern", "total_step", "r", "lora_alpha", "modules_to_save"] {
      #expect(adapter.configuration[field] == self.adapter.configuration[field], "\(field)")
    }
  }
}
