import Foundation
import Models
import Pipeline
import Records
import Stages
import TestSupport
import Testing
import Train

/// A Marian that has learned to write one long sentence, as `augment.back-translation` asks it.
struct LocalTranslatorTests {
  private let folder: TemporaryFolder
  /// The words that the tokenizer knows.
  private static let words =
    ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "<|endoftext|>"] + (0..<40).map { "w\($0)" }
  /// More than 20 tokens, at which generation ends where nothing is said.
  private static let target = (0..<26).map { "w\($0)" }.joined(separator: " ")

  init() throws { folder = try TemporaryFolder() }

  private static var tokenizer: String {
    let special = (0..<5).map { id -> JSONValue in
      [
        "id": .integer(id), "content": .string(words[id]), "single_word": false, "lstrip": false,
        "rstrip": false, "normalized": false, "special": true,
      ]
    }
    let vocabulary = JSONObject(words.enumerated().map { ($1, .integer($0)) })
    let json: JSONValue = [
      "version": "1.0", "truncation": nil, "padding": nil, "added_tokens": .array(special),
      "normalizer": nil, "pre_tokenizer": ["type": "Whitespace"], "post_processor": nil,
      "decoder": nil,
      "model": ["type": "WordLevel", "unk_token": "[UNK]", "vocab": .object(vocabulary)],
    ]
    return json.text
  }

  private static func source(_ index: Int) -> String {
    (0..<5).map { "w\(26 + (index * 3 + $0 * 5) % 14)" }.joined(separator: " ")
  }

  private func collection(_ range: Range<Int>, _ name: String) throws -> RecordCollection {
    let lines = range.map { index in
      let record = Record.instruction(
        Self.source(index), output: Self.target, id: "test:\(index)")
      return JSONValue.object(record.object).text + "\n"
    }
    let path = try folder.write(lines.joined(), to: name)
    return RecordCollection(path: path, count: range.count, threads: 2)
  }

  /// Makes a run of a T5 that was trained with an objective.
  private func run(_ objective: String, named name: String = "t5") throws -> String {
    let sizes = ModelSizes(
      vocabulary: Self.words.count, layers: 1, hidden: 32, heads: 2, positions: 64, padding: 0,
      end: 4)
    let run = "\(folder.path)/\(name)"
    try ModelLoader.save(
      ModelLoader.make("t5", sizes, for: .sequenceToSequence, seed: 5), to: "\(run)/model")
    try folder.write(
      "stages: []\ntrain: {model: scratch, architecture: t5, objective: \(objective)}\n",
      to: "\(name)/pipeline.lock.yaml")
    return run
  }

  @Test(arguments: ["'w30 w31 '", "''"])
  func `what a run's training read before each source is read before a text`(
    prefix: String
  ) throws {
    let run = try run("{sequence-to-sequence: {source-prefix: \(prefix)}}")
    let expected = JSONValue.string(prefix.filter { $0 != "'" })
    #expect(try translator(run).identity["translator"]?["prefix"] == expected)
    // It is more than what its base model's configuration says, which was trained otherwise.
    var configuration = try ModelConfiguration(folder: "\(run)/model")
    configuration.fields["task_specific_params"] = [
      "translation_en_to_de": ["prefix": "translate English to German: "]
    ]
    try configuration.save(to: "\(run)/model")
    #expect(try translator(run).identity["translator"]?["prefix"] == expected)
    #expect(
      try translator("\(run)/model").identity["translator"]?["prefix"]
        == "translate English to German: ")
    #expect(try translator(run, prefix: "w32 ").identity["translator"]?["prefix"] == "w32 ")
  }

  @Test func `a run that says nothing of sources is asked for what it reads`() throws {
    let run = try run("causal")
    let error = #expect(throws: Diagnostic.self) { try translator(run) }
    #expect(error?.description.contains("does not say what this model reads") == true)
    try folder.write("train: {objektive: causal}\n", to: "t5/pipeline.lock.yaml")
    let broken = #expect(throws: Diagnostic.self) { try translator(run) }
    #expect(broken?.description.contains("'objektive'") == true, "\(broken as Any)")
  }

  /// Makes a Marian whose tokenizer knows codes of languages, and returns its folder.
  private func marian(_ codes: [String], in name: String) throws -> String {
    let model = "\(folder.path)/\(name)"
    let sizes = ModelSizes(vocabulary: 400, layers: 1, hidden: 32, heads: 2, positions: 64)
    try ModelLoader.save(
      ModelLoader.make("marian", sizes, for: .sequenceToSequence, seed: 5), to: model)
    let fixture = "\(Shared.project)/Tests/Fixtures/Tokenize/marian"
    for file in ["source.spm", "target.spm"] {
      try AtomicFile.write(FileReader.contents("\(fixture)/\(file)"), to: "\(model)/\(file)")
    }
    let vocabulary = try JSONValue.parse(FileReader.contents("\(fixture)/vocab.json")).object
    let known = Array([">>deu<<", ">>fra<<"].dropFirst(codes.count))
    var renamed = try #require(vocabulary).without(known)
    for code in known { renamed["\(code) "] = vocabulary?[code] }
    try folder.write(JSONValue.object(renamed).text, to: "\(name)/vocab.json")
    return model
  }

  @Test func `a Marian of several languages is told which it writes`() throws {
    let model = try marian([">>deu<<", ">>fra<<"], in: "several")
    for prefix in [">>fra<< ", ">>deu<<", ""] {
      let made = try translator(model, prefix: prefix)
      #expect(try made.identity["translator"]?["prefix"] == .string(prefix))
    }
    for (prefix, problem) in [
      (nil, "writes 2 languages, and nothing chooses one"), ("fra ", "'fra ' chooses none"),
      (">>fr<< ", "the language of '>>fr<< '"), (" >>fra<< ", "chooses none"),
    ] {
      let error = #expect(throws: Diagnostic.self) { try translator(model, prefix: prefix) }
      let text = "\(error.map { "\($0)" } ?? "")"
      #expect(text.contains(problem) && text.contains("Write prefix: 'CODE '"), "\(text)")
      #expect(text.contains(">>deu<< >>fra<<"), "\(text)")
    }
    // What a run has learned to read is right for it.
    let run = try run("{sequence-to-sequence: {source-prefix: '>>fr<< '}}")
    try Folders.remove("\(run)/model")
    try FileManager.default.copyItem(atPath: model, toPath: "\(run)/model")
    #expect(try translator(run).identity["translator"]?["prefix"] == ">>fr<< ")
  }

  @Test(arguments: [[], [">>deu<<"]])
  func `a Marian of one language needs no code, and no other is taken`(codes: [String]) throws {
    let model = try marian(codes, in: "one")
    #expect(try translator(model).identity["translator"]?["prefix"] == "")
    for code in codes { _ = try translator(model, prefix: "\(code) ") }
    let error = #expect(throws: Diagnostic.self) { try translator(model, prefix: ">>fra<< ") }
    let text = "\(error.map { "\($0)" } ?? "")"
    #expect(text.contains(">>fra<<") && text.contains(codes.first ?? "Leave prefix out"), "\(text)")
  }

  /// Trains the model and returns its folder.
  private func train() throws -> String {
    try folder.write(Self.tokenizer, to: "tokenizer/tokenizer.json")
    let text = """
      stages: []
      train:
        model: scratch
        architecture: {marian: {layers: 1, width: 32, heads: 2, context: 64}}
        objective: sequence-to-sequence
        epochs: 20
        batch-size: 8
        dropout: 0
        learning-rate: 0.01
        schedule: constant
      """
    let node = try #require(
      PipelineFile(text: text, path: "p", base: folder.path).root["train"])
    var diagnostics = Diagnostics()
    let values = ParameterValues.read(
      TrainingOptions.parameters, from: node, owner: "train", into: &diagnostics)
    let context = TrainingContext(
      seed: 42, folder: "\(folder.path)/run", tokenizer: "\(folder.path)/tokenizer")
    return try TrainingSession(
      options: TrainingOptions(try #require(values, "\(diagnostics.list)")),
      train: collection(0..<64, "train.jsonl"), validation: collection(64..<72, "validation.jsonl"),
      context
    ).run { _ in }.modelFolder
  }

  private func translator(
    _ model: String, cache: String = "answers", temperature: Double = 0.5, prefix: String? = nil
  ) throws -> any Translator {
    try Translators(keeping: AnswerCache(folder: "\(folder.path)/\(cache)")).provider(
      TranslatorRequest(
        from: "en", to: "de", backend: .local, model: PathValue(model, base: folder.path),
        prefix: prefix, temperature: temperature))
  }

  @Test func `what it writes is whole, is its texts' own, and is kept`() throws {
    let model = try train()
    let sources = (100..<170).map(Self.source)
    let first = try translator(model)
    let found = try first.translate(sources, draws: nil)
    // The sentence is longer than what generation writes where no limit is set.
    #expect(found.filter { $0 == Self.target }.count > 60, "\(found.prefix(3))")
    // Nothing depends on neighbours, draws included.
    let keys = sources.indices.map { UInt64($0 * 17) }
    let drawn = try first.translate(sources, draws: keys)
    for place in [0, 33, 69] {
      let other = try translator(model, cache: "other-\(place)")
      #expect(try other.translate([sources[place]], draws: nil) == [found[place]])
      #expect(try other.translate([sources[place]], draws: [keys[place]]) == [drawn[place]])
    }
    try checkPortions(first, sources, model)
    // What the model cannot take is left out.
    let long = Array(repeating: "w30", count: 200).joined(separator: " ")
    #expect(try first.translate([long, sources[0]], draws: nil) == [nil, found[0]])
    // The same from disk: only the tokenizer is needed beside it, and no number is computed.
    let kept = try Folders.files(below: "\(folder.path)/answers").count
    #expect(try translator(model).translate(sources, draws: keys) == drawn)
    #expect(try Folders.files(below: "\(folder.path)/answers").count == kept)
    try checkIdentity(model)
  }

  /// Of many portions each has a thread; they have what they have alone, readings as well.
  private func checkPortions(
    _ made: any Translator, _ sources: [String], _ model: String
  ) throws {
    let texts = (0..<600).map { sources[$0 % sources.count] }
    let keys = texts.indices.map { UInt64($0 * 31) }
    let drawn = try made.translate(texts, draws: keys)
    let readings = try made.readings(Array(texts.prefix(14)), most: 3)
    for place in [3, 400, 599] {
      let other = try translator(model, cache: "portion-\(place)")
      #expect(try other.translate([texts[place]], draws: [keys[place]]) == [drawn[place]])
      let own = try other.readings([texts[place % 14]], most: 3)
      #expect(
        own == [readings[place % 14]] && own[0].count <= 3 && Set(own[0]).count == own[0].count)
    }
    #expect(readings.contains { $0.first == Self.target && $0.count > 1 })
  }

  /// All that decides what it writes is part of what it is.
  private func checkIdentity(_ model: String) throws {
    let identity = try translator(model).identity
    #expect(try translator(model).identity == identity)
    #expect(try translator(model, temperature: 0.6).identity != identity)
    #expect(identity["translator"]?["precision"] == "fp32")
    #expect(identity["translator"]?["instructions"]?.string?.isEmpty == false)
    let file = "\(model)/generation_config.json"
    let before = try? FileReader.contents(file)
    try AtomicFile.write(#"{"num_beams": 3}"#.utf8, to: file)
    #expect(try translator(model).identity != identity)
    #expect(try translator(model).files().contains(file))
    if let before { try AtomicFile.write(before, to: file) } else { try Folders.remove(file) }
    #expect(try translator(model).identity == identity)
    // A run is named as well as its model.
    let run = FilePaths.folder(model)
    try AtomicFile.write("name: run\n".utf8, to: "\(run)/pipeline.lock.yaml")
    #expect(FilePaths.name(model) == "model")
    #expect(try translator(run).translate([Self.source(1)], draws: nil).count == 1)
  }
}
