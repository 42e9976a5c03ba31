import Records
import Stages
import TestSupport
import Testing
import Tokenize

struct TokenizeStageTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func collection(_ records: [Record]) throws -> RecordCollection {
    let lines = records.map { JSONValue.object($0.object).text + "\n" }.joined()
    let path = try folder.write(lines, to: "records.jsonl")
    return RecordCollection(path: path, count: records.count, threads: 2)
  }

  private var context: StageContext {
    StageContext(seed: 1, stage: "tokenize", threads: 2, artifacts: "\(folder.path)/artifacts")
  }

  /// A parameter map as a pipeline file would hold it.
  private func stage(_ tokenizer: ConfigurationNode.Value, _ more: [(String, String)] = []) throws
    -> TokenizeStage
  {
    let place = Place(file: "test")
    func node(_ value: ConfigurationNode.Value) -> ConfigurationNode {
      ConfigurationNode(value, place: place, base: folder.path)
    }
    var entries = [ConfigurationNode.Entry(key: "tokenizer", place: place, node: node(tokenizer))]
    for (key, value) in more {
      entries.append(.init(key: key, place: place, node: node(.scalar(value, quoted: false))))
    }
    var diagnostics = Diagnostics()
    let values = ParameterValues.read(
      TokenizeStage.descriptor.parameters, from: node(.map(entries)), owner: "tokenize",
      into: &diagnostics)
    guard let values else { throw diagnostics }
    return try #require(try TokenizeStage.descriptor.make(values) as? TokenizeStage)
  }

  private var learned: ConfigurationNode.Value { learned("bpe", [("vocabulary", "300")]) }

  /// A vocabulary to learn, with options.
  private func learned(
    _ model: String, _ options: [(String, String)]
  ) -> ConfigurationNode.Value {
    let place = Place(file: "test")
    func node(_ value: ConfigurationNode.Value) -> ConfigurationNode {
      ConfigurationNode(value, place: place, base: folder.path)
    }
    let entries = options.map { key, value in
      ConfigurationNode.Entry(key: key, place: place, node: node(.scalar(value, quoted: false)))
    }
    return .map([.init(key: model, place: place, node: node(.map(entries)))])
  }

  private static let options: [(model: String, key: String, value: String)] = {
    let common = [
      ("vocabulary", "777"), ("special-tokens", "<x>"), ("normalizer", "nfc"),
      ("pre-tokenizer", "whitespace-split"), ("unknown-token", "<x>"), ("initial-alphabet", "ß"),
      ("max-words", "5000"),
    ]
    let pairs = [
      ("min-frequency", "5"), ("limit-alphabet", "70"), ("continuing-subword-prefix", "@@"),
      ("end-of-word-suffix", "</w>"), ("max-token-length", "9"),
    ]
    let pieces = [
      ("seed-size", "9999"), ("shrinking-factor", "0.5"), ("sub-iterations", "3"),
      ("max-piece-length", "9"),
    ]
    return [("bpe", common + pairs), ("wordpiece", common + pairs), ("unigram", common + pieces)]
      .flatMap { model, options in options.map { (model, $0.0, $0.1) } }
  }()

  @Test func `every option of a vocabulary makes another step, so that none is taken from a cache`()
    throws
  {
    for (model, key, value) in Self.options {
      let usual = try stage(learned(model, [])).tokenizer.encoded
      let changed = try stage(learned(model, [(key, value)])).tokenizer.encoded
      #expect(changed != usual, "\(model) with \(key)")
    }
    #expect(Self.options.count == 35)
  }

  @Test func `a vocabulary is learned from the training side alone`() throws {
    let texts = ["zebra zebra zebra", "quokka quokka quokka"]
    let records = try collection([
      .text(texts[0], id: "a:1", side: .train), .text(texts[1], id: "a:2", side: .test),
    ])
    _ = try stage(learned).plan(records, context)
    let tokenizer = try Tokenizer.load("\(folder.path)/artifacts/tokenizer")
    #expect(tokenizer.id(of: "zebra") != nil)
    #expect(tokenizer.ids(of: "quokka").count == 6)
    #expect(tokenizer.specialTokens.padding == 1)
  }

  @Test func `cut records are noted, and tokens counted by side`() throws {
    let records = [
      Record.text("a b c", id: "a:1", side: .train),
      Record.text("a b c d e f", id: "a:2", side: .train),
      Record.instruction("a", output: "b", id: "a:3"),
    ]
    let collection = try collection(records)
    let stage = try stage(learned, [("max-length", "8")])
    let plan = try stage.plan(collection, context)
    let notes = try records.indices.map { index -> JSONValue? in
      let outcome = try stage.outcome(of: records[index], at: index, plan, context)
      guard case .keep(let record, let note) = outcome else { return nil }
      #expect(record == records[index])
      return note
    }
    let statistics = try JSONValue.parse(
      fileContents("\(folder.path)/artifacts/tokenizer/statistics.json"))
    #expect(notes[0] == nil)
    #expect(notes[2] == nil)
    #expect(statistics["train"]?["records"] == 2)
    #expect(statistics["all"]?["tokens"] == 2)
    // Cut or not depends on the merges learned; note and count must say the same.
    let cut = notes[1]?["truncated"] == true
    #expect(statistics["train"]?["truncated"]?.int == (cut ? 1 : 0))
    #expect((statistics["train"]?["longest"]?.int ?? 0 > 8) == cut)
  }

  @Test func `unknown tokens are counted and noted`() throws {
    let vocabulary = #"{"[UNK]": 0, "a": 1}"#
    try folder.write(
      #"{"pre_tokenizer": {"type": "WhitespaceSplit"}, "model": {"type": "WordPiece", "vocab": \#(vocabulary)}}"#,
      to: "tokenizer.json")
    let record = Record.text("a what a", id: "a:1")
    let stage = try stage(.scalar("tokenizer.json", quoted: false))
    #expect(try stage.dependencies() == ["\(folder.path)/tokenizer.json"])
    let plan = try stage.plan(collection([record]), context)
    guard case .keep(_, let note) = try stage.outcome(of: record, at: 0, plan, context) else {
      Issue.record("the record is not kept")
      return
    }
    #expect(note == ["tokens": 3, "unknown": 1])
    let statistics = try JSONValue.parse(
      fileContents("\(folder.path)/artifacts/tokenizer/statistics.json"))
    #expect(statistics["all"]?["words"] == 3)
    #expect(statistics["all"]?["fertility"]?.double == 1)
    #expect(statistics["all"]?["characters-per-token"]?.double == 8.0 / 3)
    #expect(try stage.resolving(model: folder.path).dependencies() == stage.dependencies())
  }

  @Test func `the model's tokenizer is found once the model is known`() throws {
    try folder.write("{}", to: "tokenizer.json")
    let stage = try stage(.scalar("model", quoted: false))
    let error = #expect(throws: StageError.self) { try stage.dependencies() }
    #expect(error?.remedy?.contains("train: model:") == true)
    let resolved = stage.resolving(model: folder.path)
    #expect(try resolved.dependencies() == ["\(folder.path)/tokenizer.json"])
  }

  @Test func `a folder of any kind of tokenizer serves, with every file it is read from`() throws {
    try folder.write("[UNK]\n[CLS]\n[SEP]\na\n##b\n", to: "bert/vocab.txt")
    try folder.write(#"{"do_lower_case": true}"#, to: "bert/tokenizer_config.json")
    let stage = try stage(.scalar("bert", quoted: false))
    #expect(
      try Set(stage.dependencies())
        == ["\(folder.path)/bert/vocab.txt", "\(folder.path)/bert/tokenizer_config.json"])
    let record = Record.text("Ab c", id: "a:1")
    let plan = try stage.plan(collection([record]), context)
    guard case .keep(_, let note) = try stage.outcome(of: record, at: 0, plan, context) else {
      Issue.record("the record is not kept")
      return
    }
    #expect(note?["unknown"] == 1)
  }

  @Test func `a tokenizer that is not there is an error with its path`() throws {
    let stage = try stage(.scalar("none.json", quoted: false))
    let error = #expect(throws: StageError.self) { try stage.dependencies() }
    #expect(error?.message.contains("\(folder.path)/none.json") == true)
  }

  @Test func `wrong options are named`() {
    #expect(throws: Diagnostics.self) { try stage(learned, [("max-length", "0")]) }
    #expect(throws: Diagnostics.self) { try stage(.list([])) }
  }
}
