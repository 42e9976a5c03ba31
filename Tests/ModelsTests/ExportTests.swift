import Foundation
import Models
import Records
import Stages
import Tensors
import TestSupport
import Testing

/// What is saved loads in transformers with the same logits; needs ANNEAL_PYTHON.
struct ExportTests {
  private static let python = FilePaths.environment("ANNEAL_PYTHON")
  private let texts: [[Int32]] = [[3, 7, 9, 11, 2], [4, 5], [9, 8, 7, 6, 5, 4, 3]]

  @Test(.enabled(if: python != nil, "set ANNEAL_PYTHON to a python with transformers"))
  func `transformers loads a saved classifier with its classes and equal logits`() throws {
    let sizes = ModelSizes(vocabulary: 50, layers: 2, hidden: 16, heads: 2, positions: 16)
    let labels = ["Herz", "目", "a\"b"]
    let model = try ModelLoader.make("bert", sizes, for: .classification(labels: labels), seed: 3)
    let classifier = try #require(model as? any SequenceClassifier)
    let answer = try check(model, classifier.logits(.inference(), TokenBatch(texts)).values)
    #expect(answer["class"]?.string == "BertForSequenceClassification")
    #expect(answer["labels"]?.object?.members.compactMap(\.value.string) == labels)
    #expect(answer["unexpected"]?.array?.isEmpty == true)
  }

  @Test(.enabled(if: python != nil, "set ANNEAL_PYTHON to a python with transformers"))
  func `transformers loads a saved language model with equal logits`() throws {
    let sizes = ModelSizes(
      vocabulary: 50, layers: 2, hidden: 16, heads: 2, feedForward: 40, positions: 16, end: 1)
    let model = try ModelLoader.make("gpt2", sizes, for: .causal, seed: 3)
    let causal = try #require(model as? any CausalLanguageModel)
    let rows = causal.logits(.inference(), TokenBatch(texts)).values
    // Rows of padding, which the comparison leaves out.
    var padded: [Float] = []
    var start = 0
    for text in texts {
      padded += rows[start..<start + text.count * 50]
      padded += Array(repeating: 0, count: (7 - text.count) * 50)
      start += text.count * 50
    }
    #expect(try check(model, padded)["class"]?.string == "GPT2LMHeadModel")
  }

  /// Saves a model and lets transformers compare its logits with ours.
  private func check(_ model: any Model, _ logits: [Float]) throws -> JSONValue {
    let folder = try TemporaryFolder()
    try ModelLoader.save(model, to: folder.path + "/model")
    let request: JSONValue = [
      "input_ids": .array(texts.map { Self.row($0 + Array(repeating: 0, count: 7 - $0.count)) }),
      "attention_mask": .array(
        texts.map { text in Self.row((0..<7).map { $0 < text.count ? 1 : 0 }) }),
      "logits": .array(logits.map { .real(Double($0)) }),
    ]
    let file = try folder.write(request.text, to: "logits.json")
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: Self.python ?? "")
    process.arguments = [
      "\(Shared.project)/Scripts/models_check_export.py", folder.path + "/model", file,
    ]
    process.standardOutput = output
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    return try JSONValue.parse([UInt8](data))
  }

  private static func row(_ values: [Int32]) -> JSONValue {
    .array(values.map { .integer($0) })
  }
}
