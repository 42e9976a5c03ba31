import Augment
import Pipeline
import Records
import Stages
import TestSupport
import Testing

/// What masked language models say of gaps; expected values are of `Scripts/augment_masked_fixture.py`.
struct MaskedWordsTests {
  private static let models = "\(Shared.project)/Tests/Fixtures/Pipeline"
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func predictor(_ model: String) throws -> MaskedWords {
    try MaskedWords(ModelName(PathValue(model, base: Self.models)))
  }

  private struct Filled {
    let gap: TextGap
    let words: [(text: String, probability: Double)]
  }

  private func reference(_ kind: String) throws -> [Filled] {
    let file = try JSONValue.parse(FileReader.contents("\(Self.models)/masked/words.json"))
    return try #require(file[kind]?.array).map { entry in
      Filled(
        gap: TextGap(
          before: try #require(entry["before"]?.string),
          behind: try #require(entry["behind"]?.string)),
        words: try #require(entry["words"]?.array).map {
          (try #require($0.array?[0].string), try #require($0.array?[1].double))
        })
    }
  }

  @Test(arguments: ["bert", "roberta"])
  func `the likeliest words of a gap are those of transformers`(_ kind: String) throws {
    let expected = try reference(kind)
    #expect(expected.count == 11)
    let found = try predictor("masked/\(kind)").words(
      in: expected.map(\.gap), atMost: 12, least: 0)
    for (words, filled) in zip(found, expected) {
      #expect(words.map(\.text) == filled.words.map(\.text), "\(filled.gap)")
      for (word, expected) in zip(words, filled.words) {
        #expect(
          abs(Double(word.probability) - expected.probability) < 1e-4 * expected.probability + 1e-7)
      }
    }
  }

  @Test(arguments: ["bert", "roberta"])
  func `what is found in a gap depends on no other one, to the last bit`(_ kind: String) throws {
    let gaps = try reference(kind).map(\.gap)
    // Several portions, of texts of all lengths.
    let many = (0..<15).flatMap { number in
      gaps.map { TextGap(before: "\(number) \($0.before)", behind: $0.behind) }
    }
    let predictor = try predictor("masked/\(kind)")
    let together = try predictor.words(in: many, atMost: 20, least: 0)
    for place in stride(from: 0, to: many.count, by: 7) {
      #expect(try predictor.words(in: [many[place]], atMost: 20, least: 0)[0] == together[place])
    }
    #expect(try predictor.words(in: [], atMost: 20, least: 0).isEmpty)
  }

  @Test func `fewer words are given where fewer are asked for or likely enough`() throws {
    let gap = try reference("bert")[0].gap
    let predictor = try predictor("masked/bert")
    let all = try predictor.words(in: [gap], atMost: 1000, least: 0)[0]
    #expect(try predictor.words(in: [gap], atMost: 3, least: 0)[0] == Array(all.prefix(3)))
    let likely = all.prefix { $0.probability >= 0.02 }
    #expect(try predictor.words(in: [gap], atMost: 1000, least: 0.02)[0] == Array(likely))
    #expect(likely.count > 3 && likely.count < all.count)
    // No pieces, marks, numbers or special tokens.
    #expect(all.allSatisfy { $0.text.allSatisfy(\.isLetter) && $0.text != "UNK" })
  }

  @Test func `a text with special tokens of its own keeps its gap`() throws {
    let predictor = try predictor("masked/bert")
    let gaps = [
      TextGap(before: "a [MASK] and ", behind: " [MASK] film"),
      TextGap(before: "a [MASK] and the ", behind: " [MASK] film"),
    ]
    let found = try predictor.words(in: gaps, atMost: 5, least: 0)
    #expect(found.allSatisfy { $0.count == 5 } && found[0] != found[1])
  }

  @Test func `long texts are read around the gap, however long they are`() throws {
    let predictor = try predictor("masked/bert")
    let near = TextGap(
      before: String(repeating: "old film and ", count: 12) + "a ",
      behind: String(repeating: " in the city", count: 12))
    let far = TextGap(
      before: String(repeating: "happy dog ", count: 9999) + near.before,
      behind: near.behind + String(repeating: "é", count: 9999))
    let found = try predictor.words(in: [near, far], atMost: 9, least: 0)
    #expect(found[0] == found[1] && found[0].count == 9)
  }

  // MARK: - Plans

  private func fault(_ model: String) throws -> Diagnostic {
    let stage = try #require(StageCatalog.standard["augment.masked-model"])
    let fault = #expect(throws: Diagnostic.self) { try stage.stage(["model": model]) }
    return try #require(fault)
  }

  @Test func `a model that cannot say words is told before anything runs`() throws {
    let missing = try fault("masked/nothing-like-it")
    #expect(missing.message.contains("no such model"))
    #expect(missing.remedy?.contains("anneal pull") == true)
    for headless in ["bert", "roberta"] {
      let fault = try fault("\(Self.models)/sentences/\(headless)")
      #expect(fault.message.contains("no head that predicts masked tokens"))
      #expect(fault.remedy?.contains("DistilBERT") == true)
    }
    let translator = try fault("\(Shared.project)/Tests/Fixtures/Models/tiny-marian")
    #expect(translator.message.contains("marian"), "\(translator.message)")
    // One without a tokenizer, and one whose tokenizer hides nothing.
    for file in ["config.json", "model.safetensors"] {
      try AtomicFile.write(
        FileReader.contents("\(Self.models)/masked/bert/\(file)"), to: "\(folder.path)/\(file)")
    }
    #expect(try fault(folder.path).message.contains("tokenizer.json"))
    try folder.write(
      #"{"version": "1.0", "truncation": null, "padding": null, "added_tokens": [], "#
        + #""normalizer": null, "pre_tokenizer": {"type": "Whitespace"}, "post_processor": null, "#
        + #""decoder": null, "model": {"type": "WordLevel", "unk_token": "a", "vocab": {"a": 0}}}"#,
      to: "tokenizer.json")
    let unmasked = try fault(folder.path)
    #expect(unmasked.message.contains("no token that hides another"))
    #expect(unmasked.remedy?.contains("mask_token") == true)
    let stage = try #require(StageCatalog.standard["augment.masked-model"])
    #expect(throws: Diagnostics.self) { try stage.stage([:]) }
  }

  @Test func `what it depends on is the model's files and how numbers come out`() throws {
    let predictor = try predictor("masked/bert")
    let names = try predictor.files().map { FilePaths.name($0) }.sorted()
    #expect(
      names == ["config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"])
    #expect(predictor.identity["precision"] == "fp32")
    #expect(predictor.identity["instructions"]?.string?.isEmpty == false)
  }

  // MARK: - The stage

  private func outcomes(_ records: [Record], threads: Int) throws -> [Outcome] {
    let descriptor = try #require(StageCatalog.standard["augment.masked-model"])
    let stage = try #require(
      try descriptor.stage([
        "model": "\(Self.models)/masked/bert", "rate": "0.5", "copies": "2",
        "min-probability": "0.001", "language": "xx",
      ]) as? any CollectionStage)
    return try stage.outcomes(
      of: records, StageContext(seed: 42, stage: "augment.masked-model", threads: threads))
  }

  @Test func `a model's words are put into texts, alike in any company`() throws {
    let texts = [
      "The old doctor watched a long film.", "We went to the house, and it was a good day!",
      "dogs see cats in gardens",
    ]
    let records = (0..<90).map { Record.text("\($0): \(texts[$0 % 3])", id: "r:\($0)") }
    let together = try outcomes(records, threads: 4)
    func children(_ outcome: Outcome) -> [Record] {
      outcome.children.map(\.record)
    }
    #expect(together.allSatisfy { children($0).count == 2 })
    for (record, outcome) in zip(records, together) {
      let text = record.fields(.all)[0].text
      for child in children(outcome).map({ $0.fields(.all)[0].text }) {
        #expect(
          child != text && child.split(separator: " ").count == text.split(separator: " ").count)
        #expect(child.hasPrefix(text.prefix { $0 != " " }))
        #expect(child.filter(\.isPunctuation) == text.filter(\.isPunctuation))
      }
    }
    #expect(try outcomes(records, threads: 1).map(children) == together.map(children))
    for place in [0, 44, 89] {
      #expect(children(try outcomes([records[place]], threads: 1)[0]) == children(together[place]))
    }
  }
}
