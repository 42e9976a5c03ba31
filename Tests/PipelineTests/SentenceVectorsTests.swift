import Evaluate
import Foundation
import Models
import Pipeline
import Records
import Stages
import TestSupport
import Testing

/// The vectors of `Scripts/evaluate_sentence_reference.py`.
@Suite struct `Vectors of whole texts` {
  private static let models = "\(Shared.project)/Tests/Fixtures/Pipeline/sentences"
  private let folder: TemporaryFolder
  private let reference: JSONValue

  init() throws {
    folder = try TemporaryFolder()
    reference = try JSONValue.parse(FileReader.contents("\(Self.models)/vectors.json"))
  }

  private func embedder(_ model: String) throws -> any Embedder {
    var settings = TextMetricSettings()
    try settings.use(encoder: model, layer: nil, idf: false)
    return try #require(settings.similarity?.embedder)
  }

  private func check(_ model: String, of name: String) throws {
    let texts = (reference["texts"]?.array ?? []).compactMap(\.string)
    let expected = (reference[name]?.array ?? []).map { ($0.array ?? []).compactMap(\.double) }
    let found = try embedder(model).vectors(of: texts)
    #expect(texts.count == 6 && found.count == expected.count)
    for (text, (own, theirs)) in zip(texts, zip(found, expected)) {
      let largest = zip(own, theirs).map { abs(Double($0) - $1) }.max() ?? .infinity
      #expect(largest < 1e-5 && own.count == theirs.count, "\(name), '\(text)'")
    }
  }

  /// A copy of a model with one of its files written anew; nil removes it.
  private func copy(_ name: String, _ files: [String: String?]) throws -> String {
    let copy = "\(folder.path)/\(name)-\(UInt64.random(in: 0 ... .max))"
    try FileManager.default.copyItem(atPath: "\(Self.models)/\(name)", toPath: copy)
    for (file, text) in files {
      try Folders.remove("\(copy)/\(file)")
      if let text { try AtomicFile.write(text.utf8, to: "\(copy)/\(file)") }
    }
    return copy
  }

  @Test(arguments: ["bert", "roberta"])
  func `are those of sentence-transformers`(name: String) throws {
    try check("\(Self.models)/\(name)", of: name)
  }

  @Test func `follow what older releases wrote`() throws {
    let bert = try copy(
      "bert",
      [
        "1_Pooling/config.json": #"{"pooling_mode_mean_tokens": true}"#,
        "sentence_bert_config.json": #"{"max_seq_length": 12, "do_lower_case": false}"#,
        "tokenizer_config.json": nil,
      ])
    try check(bert, of: "bert")
    let roberta = try copy(
      "roberta",
      [
        "1_Pooling/config.json":
          #"{"pooling_mode_cls_token": true, "pooling_mode_mean_tokens": false}"#
      ])
    try check(roberta, of: "roberta")
    // A model that says nothing of sentences is taken for one of means.
    let plain = try copy("bert", ["modules.json": nil, "1_Pooling": nil])
    try check(plain, of: "bert")
  }

  @Test(arguments: [
    ("1_Pooling/config.json", #"{"pooling_mode": "max"}"#, "pools by max"),
    ("1_Pooling/config.json", #"{"pooling_mode": ["cls", "mean"]}"#, "pools by cls, mean"),
    ("1_Pooling/config.json", #"{"pooling_mode_lasttoken": true}"#, "pools by lasttoken"),
    (
      "modules.json",
      #"[{"path": "", "type": "a.Transformer"}, {"path": "1_Pooling", "type": "a.Pooling"}, {"path": "2", "type": "a.Dense"}]"#,
      "Dense"
    ),
  ])
  func `are refused of models that make them otherwise`(
    file: String, text: String, part: String
  ) throws {
    let model = try copy("bert", [file: text])
    let error = #expect(throws: ModelError.self) { try embedder(model) }
    #expect(error.map { "\($0)".contains(part) } == true, "\(String(describing: error))")
  }

  @Test func `of tokens alone have the blank of RoBERTa's words`() throws {
    let embedder = try embedder("\(Self.models)/roberta")
    let ids = try embedder.ids(of: ["a cat", ""])
    // As bert-score encodes "a cat" with this tokenizer.
    #expect(ids[0] == [0, 225, 69, 269, 2])
    #expect(try embedder.tokens(of: ["a cat"])[0].ids == ids[0])
    #expect(ids[1].count == 2)
  }
}
