import Models
import Records
import Stages
import Tensors
import TestSupport
import Testing

/// Encoder-decoder models against transformers: logits, loss, gradients, shift rules, tables.
struct TranslationTests {
  static let tiny = ["tiny-t5", "tiny-marian", "tiny-fsmt"]
  static let golden = ["base-t5-lm", "base-marian-lm", "base-fsmt-lm"]

  @Test(arguments: tiny)
  func `a tiny translation model computes what transformers computes`(name: String) throws {
    try check(name, Fixture.folder(name), Fixture.reference(name))
  }

  @Test(
    .enabled(if: Shared.exists, "needs the reference outputs beside the project"),
    arguments: golden)
  func `a golden translation model agrees within 1e-4`(name: String) throws {
    let (folder, io) = try Fixture.golden(name)
    guard name == "base-marian-lm" else { return try check(name, folder, io) }
    // Its logits were recorded with noise on the places, which its file does not hold.
    let complete = try TemporaryFolder()
    let places = try SafetensorsFile(Fixture.folder("golden-marian-places.safetensors"))
    let tensors = try [SafetensorsFile(folder + "/model.safetensors"), places].flatMap { file in
      try file.tensors.map { (name: $0.name, tensor: try file.tensor($0.name)) }
    }
    try SafetensorsWriter.write(tensors, to: complete.path + "/model.safetensors")
    try complete.write(
      String(decoding: FileReader.contents(folder + "/config.json"), as: UTF8.self),
      to: "config.json")
    try check(name, complete.path, io)
  }

  @Test func `Marian's sides have vectors of their own where the file holds them untied`() throws {
    let file = try SafetensorsFile(Fixture.folder("tiny-marian") + "/model.safetensors")
    let words = try file.tensor("model.encoder.embed_tokens.weight")
    var tensors = try file.tensors.filter { $0.name.contains("layers.") }
      .map { (name: $0.name, tensor: try file.tensor($0.name)) }
    tensors.append(("final_logits_bias", Tensor(repeating: 0.5, shape: [1, words.rows])))
    let names = [
      "model.shared", "model.encoder.embed_tokens", "model.decoder.embed_tokens", "lm_head",
    ]
    for (place, name) in names.enumerated() {
      let values = words.values.map { $0 * Float(place + 2) / 4 }
      tensors.append((name + ".weight", Tensor(values, shape: words.shape)))
    }
    func scores(shares: Bool, _ tensors: [(name: String, tensor: Tensor)]) throws -> [Float] {
      let folder = try TemporaryFolder()
      let configuration = try ModelConfiguration(folder: Fixture.folder("tiny-marian"))
      var fields = configuration.fields
      fields["share_encoder_decoder_embeddings"] = .bool(shares)
      fields["tie_word_embeddings"] = false
      fields["decoder_vocab_size"] = fields["vocab_size"]
      try folder.write(JSONValue.object(fields).text, to: "config.json")
      try SafetensorsWriter.write(tensors, to: folder.path + "/model.safetensors")
      let model = try ModelLoader.sequenceToSequence(folder.path)
      let (tape, source) = (Tape.inference(), TokenBatch([[3, 4, 5]]))
      let hidden = model.decode(
        tape, TokenBatch([[1, 2]]), encoded: model.encode(tape, source), source: source.layout)
      return model.scores(tape, hidden: hidden).values
    }
    let apart = try scores(shares: false, tensors.filter { $0.name != "model.shared.weight" })
    #expect(try scores(shares: true, tensors) == apart)
    let old = try scores(
      shares: true, tensors.filter { !$0.name.contains(".embed_tokens.") })
    #expect(old != apart)
  }

  private func check(_ name: String, _ folder: String, _ io: SafetensorsFile) throws {
    let model = try ModelLoader.sequenceToSequence(folder)
    let trainable = model.parameters.filter(\.isTrainable)
    for parameter in trainable { parameter.tensor.requiresGradient = true }
    let source = try io.batch().batch
    let target = try self.target(io, model)
    try checkLogits(model, io, source, target)
    let tape = Tape(training: nil)
    let loss = model.loss(tape, source: source, target: target)
    #expect(try abs(loss.mean.item - io.floats("loss")[0]) < 1e-5)
    tape.backward(from: loss.mean)
    try checkGradients(name, trainable)
  }

  /// Labels with the inputs that the file names, or those of the model's own rule.
  private func target(
    _ io: SafetensorsFile, _ model: any SequenceToSequenceModel
  ) throws -> TargetBatch {
    let labels = try io.rows("labels")
    let own = TargetBatch(labels, for: model)
    guard io["decoder_input_ids"] != nil else { return own }
    let inputs = zip(try io.rows("decoder_input_ids"), own.inputs.layout.lengths)
      .map { Array($0.prefix($1)) }
    return TargetBatch(inputs: TokenBatch(inputs), labels: own.labels)
  }

  private func checkLogits(
    _ model: any SequenceToSequenceModel, _ io: SafetensorsFile, _ source: TokenBatch,
    _ target: TargetBatch
  ) throws {
    let tape = Tape.inference()
    let hidden = model.decode(
      tape, target.inputs, encoded: model.encode(tape, source), source: source.layout)
    let ours = model.scores(tape, hidden: hidden).values
    let theirs = try io.floats("logits")
    let width = model.vocabularySize
    let longest = try #require(io["labels"]?.shape.last)
    var row = 0
    for (sequence, length) in target.inputs.layout.lengths.enumerated() {
      for position in 0..<length {
        let place = (sequence * longest + position) * width
        let expected = Array(theirs[place..<place + width])
        let found = Array(ours[row * width..<(row + 1) * width])
        #expect(distance(found, expected) < 1e-4, "sequence \(sequence), token \(position)")
        row += 1
      }
    }
    #expect(row > 0)
  }

  /// The length of each gradient and four of its values.
  private func checkGradients(_ name: String, _ parameters: [NamedParameter]) throws {
    let text = try FileReader.contents(Fixture.folder("gradients.json"))
    let table = try #require(JSONValue.parse(text)[name]?.object)
    #expect(table.count == parameters.count)
    for parameter in parameters {
      let expected = try #require(table[parameter.name]?.array, "\(parameter.name)")
        .compactMap(\.double).map { Float($0) }
      let values = try #require(parameter.tensor.gradient, "\(parameter.name)").values
      let norm = values.map { $0 * $0 }.reduce(0, +).squareRoot()
      let found = [norm] + (0..<4).map { values[$0 * (values.count - 1) / 3] }
      #expect(distance(found, expected) / max(1e-3, expected[0]) < 1e-4, "\(parameter.name)")
    }
  }

  @Test func `labels are shifted as each model was trained`() throws {
    let ignored = Tape.ignoredTarget
    let labels: [Int32] = [7, ignored, 9, 2]
    let t5 = try ModelLoader.sequenceToSequence(Fixture.folder("tiny-t5"))
    #expect(t5.decoderInputs(for: labels) == [0, 7, 0, 9])
    let marian = try ModelLoader.sequenceToSequence(Fixture.folder("tiny-marian"))
    #expect(marian.decoderInputs(for: labels) == [36, 7, 36, 9])
    let fsmt = try ModelLoader.sequenceToSequence(Fixture.folder("tiny-fsmt"))
    #expect(fsmt.decoderInputs(for: [7, 8, 2]) == [2, 7, 8])
    let batch = TargetBatch([[7, 2, ignored, ignored], [ignored]], for: fsmt)
    #expect(batch.inputs.ids == [2, 7])
    #expect(batch.labels == [7, 2])
    #expect(batch.inputs.layout.lengths == [2, 0])
  }

  @Test func `two vocabularies are told apart`() throws {
    for name in ["tiny-marian", "tiny-fsmt"] {
      let model = try ModelLoader.sequenceToSequence(Fixture.folder(name))
      #expect(model.sourceVocabularySize == 41)
      #expect(model.vocabularySize == 37)
    }
  }

  @Test(.enabled(if: Shared.exists, "needs the reference outputs beside the project"))
  func `sinusoids and distance buckets are those of transformers`() throws {
    let tables = try SafetensorsFile(
      Shared.path("golden/train-formats/tables.safetensors"))
    let marian = Sinusoids.transformer(positions: 12, width: 32).values
    #expect(try distance(marian, tables.floats("marian_pos_12x32")) < 1e-6)
    let fsmt = Sinusoids.fairseq(positions: 12, width: 32, padding: 1).values
    #expect(try distance(fsmt, tables.floats("fsmt_pos_12x32_pad1")) < 1e-6)
    for (name, isBidirectional) in [("t5_bucket_bi", true), ("t5_bucket_uni", false)] {
      let buckets = DistanceBuckets(count: 32, maximum: 128, isBidirectional: isBidirectional)
      let found = (-200...200).map { buckets.bucket($0) }
      #expect(try tables.integers(name).map { Int($0) } == found)
    }
  }

  @Test(arguments: tiny)
  func `a target's vectors do not depend on its neighbours`(name: String) throws {
    let model = try ModelLoader.sequenceToSequence(Fixture.folder(name))
    let sources: [[Int32]] = [[3, 7, 9, 11, 2], [4, 5], [9, 8, 7, 6, 5, 4, 3, 2]]
    let targets: [[Int32]] = [[1, 9], [1, 4, 7, 8, 11, 12], [1, 5, 6]]
    func vectors(_ rows: [Int]) -> [Float] {
      let tape = Tape.inference()
      let source = TokenBatch(rows.map { sources[$0] })
      return model.decode(
        tape, TokenBatch(rows.map { targets[$0] }), encoded: model.encode(tape, source),
        source: source.layout
      ).values
    }
    #expect(distance(vectors([0, 1, 2]), vectors([0]) + vectors([1]) + vectors([2])) < 1e-5)
  }

  @Test(arguments: tiny)
  func `tokens fed one by one into a cache give the vectors of the whole target`(
    name: String
  ) throws {
    let model = try ModelLoader.sequenceToSequence(Fixture.folder(name))
    let tape = Tape.inference()
    let source = TokenBatch([[3, 7, 9, 11, 2], [4, 5]])
    let targets: [[Int32]] = [[2, 9, 4, 12, 5, 8, 30], [2, 4, 7]]
    let encoded = model.encode(tape, source)
    let whole = model.decode(
      tape, TokenBatch(targets), encoded: encoded, source: source.layout
    ).values
    let memory = model.memory(tape, encoded: encoded, source: source.layout)
    let cache = model.cache(sequences: 2, capacity: 8)
    var steps = [[Float]](repeating: [], count: 2)
    for position in 0..<7 {
      // The second target is longer than one token only at first; then it has none.
      let new = targets.map { target -> [Int32] in
        position < target.count ? [target[position]] : []
      }
      let rows = model.decode(tape, TokenBatch(new), memory: memory, cache: cache).values
      steps[0] += rows.prefix(8)
      steps[1] += rows.dropFirst(8)
    }
    #expect(distance(steps[0] + steps[1], whole) < 1e-5)
  }

  @Test(arguments: ["t5", "marian", "fsmt"])
  func `a new model is saved and loaded with the same vectors`(type: String) throws {
    let sizes = ModelSizes(
      vocabulary: 50, layers: 1, hidden: 8, heads: 2, positions: 16)
    let made = try #require(
      ModelLoader.make(type, sizes, for: .sequenceToSequence, seed: 3)
        as? any SequenceToSequenceModel)
    let folder = try TemporaryFolder()
    try ModelLoader.save(made, to: folder.path)
    let loaded = try ModelLoader.sequenceToSequence(folder.path)
    let source = TokenBatch([[3, 4, 5]])
    let target = TokenBatch([[made.decoderStart, 6]])
    func vectors(_ model: any SequenceToSequenceModel) -> [Float] {
      let tape = Tape.inference()
      return model.decode(
        tape, target, encoded: model.encode(tape, source), source: source.layout
      ).values
    }
    #expect(vectors(loaded) == vectors(made))
    #expect(made.parameters.contains { $0.isTrainable })
  }

  @Test(arguments: [
    ("tiny-t5", ["encoder.embed_tokens.weight", "decoder.embed_tokens.weight"], "shared.weight"),
    ("tiny-marian", ["lm_head.weight"], "model.decoder.embed_tokens.weight"),
  ])
  func `twins of an embedding that a file holds are passed over`(
    name: String, twins: [String], original: String
  ) throws {
    let file = try SafetensorsFile(Fixture.folder(name) + "/model.safetensors")
    let tensors = try file.tensors.map { (name: $0.name, tensor: try file.tensor($0.name)) }
    let copies = try twins.map { (name: $0, tensor: try file.tensor(original)) }
    let folder = try TemporaryFolder()
    try SafetensorsWriter.write(tensors + copies, to: folder.path + "/model.safetensors")
    let configuration = try ModelConfiguration(folder: Fixture.folder(name))
    try configuration.save(to: folder.path)
    let model = try ModelLoader.sequenceToSequence(folder.path)
    #expect(!model.parameters.contains { twins.contains($0.name) })
    // What is no twin of anything is still refused.
    let stranger = [(name: "model.stranger.weight", tensor: Tensor([1]))]
    try SafetensorsWriter.write(tensors + stranger, to: folder.path + "/model.safetensors")
    let error = #expect(throws: ModelError.self) {
      try ModelLoader.sequenceToSequence(folder.path)
    }
    #expect(error?.description.contains("model.stranger.weight") == true)
  }

  @Test func `what is computed or fixed is not trained`() throws {
    let marian = try ModelLoader.sequenceToSequence(Fixture.folder("tiny-marian"))
    #expect(
      marian.parameters.filter { !$0.isTrainable }.map(\.name) == [
        "model.encoder.embed_positions.weight", "model.decoder.embed_positions.weight",
        "final_logits_bias",
      ])
    let fsmt = try ModelLoader.sequenceToSequence(Fixture.folder("tiny-fsmt"))
    #expect(
      fsmt.parameters.filter { !$0.isTrainable }.map(\.name) == [
        "model.encoder.embed_positions.weight", "model.decoder.embed_positions.weight",
      ])
  }
}
