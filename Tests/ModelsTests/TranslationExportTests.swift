import Foundation
import Models
import Records
import Stages
import Tensors
import TestSupport
import Testing

/// Saved encoder-decoder models load in transformers with the same logits; needs ANNEAL_PYTHON.
struct TranslationExportTests {
  private static let python = FilePaths.environment("ANNEAL_PYTHON")
  private let sources: [[Int32]] = [[3, 7, 9, 11, 2], [4, 5]]
  private let targets: [[Int32]] = [[2, 7, 9], [2, 5, 9, 6, 4, 3]]

  @Test(
    .enabled(if: python != nil, "set ANNEAL_PYTHON to a python with transformers"),
    arguments: ["tiny-t5", "tiny-marian", "tiny-fsmt", "t5", "marian", "fsmt"])
  func `transformers loads a saved translation model with equal logits`(name: String) throws {
    let model = try model(name)
    let folder = try TemporaryFolder()
    try ModelLoader.save(model, to: folder.path + "/model")
    let request: JSONValue = [
      "input_ids": .array(sources.map { Self.row($0, model.padding) }),
      "attention_mask": .array(sources.map { Self.mask($0) }),
      "decoder_input_ids": .array(targets.map { Self.row($0, model.padding) }),
      "decoder_attention_mask": .array(targets.map { Self.mask($0) }),
      "logits": .array(logits(model).map { .real(Double($0)) }),
    ]
    let answer = try run(folder.path + "/model", folder.write(request.text, to: "logits.json"))
    #expect(answer["missing"]?.array?.isEmpty == true)
    #expect(answer["unexpected"]?.array?.isEmpty == true)
  }

  /// A fixture, or a new model of an architecture.
  private func model(_ name: String) throws -> any SequenceToSequenceModel {
    if name.hasPrefix("tiny-") {
      return try ModelLoader.sequenceToSequence(Fixture.folder(name))
    }
    let sizes = ModelSizes(vocabulary: 50, layers: 2, hidden: 16, heads: 2, positions: 16)
    return try #require(
      ModelLoader.make(name, sizes, for: .sequenceToSequence, seed: 3)
        as? any SequenceToSequenceModel)
  }

  /// Logits in rows of equal length; what stands on padding is left out of the comparison.
  private func logits(_ model: any SequenceToSequenceModel) -> [Float] {
    let tape = Tape.inference()
    let source = TokenBatch(sources)
    let hidden = model.decode(
      tape, TokenBatch(targets), encoded: model.encode(tape, source), source: source.layout)
    let rows = model.scores(tape, hidden: hidden).values
    let width = model.vocabularySize
    var padded: [Float] = []
    var start = 0
    for target in targets {
      padded += rows[start..<start + target.count * width]
      padded += Array(repeating: 0, count: (6 - target.count) * width)
      start += target.count * width
    }
    return padded
  }

  private func run(_ model: String, _ file: String) throws -> JSONValue {
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: Self.python ?? "")
    process.arguments = ["\(Shared.project)/Scripts/models_check_export.py", model, file]
    process.standardOutput = output
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    return try JSONValue.parse([UInt8](data))
  }

  private static func row(_ tokens: [Int32], _ padding: Int32) -> JSONValue {
    .array((0..<6).map { .integer($0 < tokens.count ? tokens[$0] : padding) })
  }

  private static func mask(_ tokens: [Int32]) -> JSONValue {
    .array((0..<6).map { .integer($0 < tokens.count ? 1 : 0) })
  }
}
