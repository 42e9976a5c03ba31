import Foundation
import Models
import Records
import Stages
import Tensors
import TestSupport
import Testing

/// What is saved loads in transformers with the same outputs; needs ANNEAL_PYTHON.
struct ExportTests {
  private static let python = FilePaths.environment("ANNEAL_PYTHON")
  private static let texts: [[Int32]] = [[3, 7, 9, 11, 2], [4, 5], [9, 8, 7, 6, 5, 4, 3]]
  private static let targets: [[Int32]] = [[2, 7, 9], [2, 5, 9, 6, 4, 3], [2]]

  @Test(.enabled(if: python != nil, "set ANNEAL_PYTHON to a python with transformers"))
  func `transformers loads every new model of every task with equal outputs`() throws {
    let sizes = ModelSizes(
      vocabulary: 50, layers: 2, hidden: 32, heads: 4, feedForward: 40, positions: 16, padding: 1,
      end: 0)
    let labels = ["Herz", "目", "a\"b"]
    let tasks: [ModelTask] = [
      .classification(labels: labels), .tokenClassification(labels: labels), .reward, .causal,
      .masked, .encoding,
    ]
    var models: [any Model] = []
    let types = ["bert", "roberta", "distilbert", "gpt2", "gptj", "llama", "mistral", "qwen2"]
    for type in types {
      for task in tasks {
        do { models.append(try ModelLoader.make(type, sizes, for: task, seed: 3)) } catch {
          #expect(error.code == .unsupported)
        }
      }
    }
    // Decoders predict the next token, encoders masked ones; GPT-J classifies no tokens.
    #expect(models.count == 8 * 5 - 1)
    let answers = try check(models)
    for (model, answer) in zip(models, answers) {
      guard model is any SequenceClassifier || model is any TokenClassifier else { continue }
      let names = answer["labels"]?.object?.members.compactMap(\.value.string)
      #expect(names == labels, "\(answer)")
    }
  }

  @Test(.enabled(if: python != nil, "set ANNEAL_PYTHON to a python with transformers"))
  func `transformers loads every variant that was loaded and saved with equal outputs`() throws {
    // In transformers the longest text of a batch scales the others too.
    let scaled = ["llama-dynamic", "llama-longrope"]
    _ = try check(Variant.all.filter { !scaled.contains($0.name) }.map { try $0.model() })
    _ = try check(scaled.map { try Variant.named($0).model() }, [Self.texts[2]])
  }

  @Test(.enabled(if: python != nil, "set ANNEAL_PYTHON to a python with transformers"))
  func `transformers loads every translation model with equal outputs`() throws {
    let sizes = ModelSizes(vocabulary: 50, layers: 2, hidden: 16, heads: 2, positions: 16)
    let made = try ["t5", "marian", "fsmt"].map {
      try ModelLoader.make($0, sizes, for: .sequenceToSequence, seed: 3)
    }
    let loaded = try TranslationTests.tiny.map {
      try ModelLoader.sequenceToSequence(Fixture.folder($0))
    }
    _ = try check(made + loaded)
  }

  /// The scores of target tokens.
  private func outputs(_ model: any SequenceToSequenceModel, _ source: TokenBatch) -> Tensor {
    let tape = Tape.inference()
    let hidden = model.decode(
      tape, TokenBatch(Self.targets), encoded: model.encode(tape, source), source: source.layout)
    return model.scores(tape, hidden: hidden)
  }

  /// Saves models and lets transformers compare its outputs with ours.
  private func check(
    _ models: [any Model], _ texts: [[Int32]] = Self.texts
  ) throws -> [JSONValue] {
    let folder = try TemporaryFolder()
    let folders = try models.enumerated().map { number, model in
      let path = "\(folder.path)/\(number)"
      try ModelLoader.save(model, to: path)
      let translator = model as? any SequenceToSequenceModel
      let answer =
        try translator.map { outputs($0, TokenBatch(texts)) } ?? model.outputs(TokenBatch(texts))
      var request: JSONObject = [
        "inputs": Self.rows(texts), "outputs": .array(answer.values.map { .real(Double($0)) }),
      ]
      if translator != nil { request["targets"] = Self.rows(Self.targets) }
      try folder.write(JSONValue.object(request).text, to: "\(number)/outputs.json")
      return path
    }
    let (status, output) = try run(folders)
    let answers = try JSONValue.parse(output).array ?? []
    #expect(status == 0)
    #expect(answers.count == models.count)
    for answer in answers {
      #expect((answer["difference"]?.double ?? 1) < 1e-4, "\(answer)")
      #expect(answer["missing"]?.array?.isEmpty == true, "\(answer)")
      #expect(answer["unexpected"]?.array?.isEmpty == true, "\(answer)")
    }
    return answers
  }

  private static func rows(_ rows: [[Int32]]) -> JSONValue {
    .array(rows.map { .array($0.map { .integer($0) }) })
  }

  private func run(_ folders: [String]) throws -> (status: Int32, output: [UInt8]) {
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: Self.python ?? "")
    process.arguments = ["\(Shared.project)/Scripts/models_check_export.py"] + folders
    process.standardOutput = output
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, [UInt8](data))
  }
}
