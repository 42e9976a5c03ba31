import Pipeline
import Records
import Stages
import TestSupport
import Testing

@Suite struct `Lengths in tokens` {
  private let folder: TemporaryFolder
  private var run: String { "\(folder.path)/run" }

  /// "ab" is two tokens, "ba" is one and "c" is unknown; special tokens are not counted.
  init() throws {
    folder = try TemporaryFolder()
    let vocabulary = ###"{"[UNK]": 0, "[CLS]": 1, "a": 2, "##b": 3, "ba": 4}"###
    try folder.write(
      """
      {"pre_tokenizer": {"type": "WhitespaceSplit"}, "post_processor": {"type": "BertProcessing", \
      "sep": ["[CLS]", 1], "cls": ["[CLS]", 1]}, "model": {"type": "WordPiece", "vocab": \(vocabulary)}}
      """, to: "bert/tokenizer.json")
    let texts = ["ba", "ab", "ab ba", "ab ba c ab"]
    try folder.write(texts.map { "{\"text\": \"\($0)\"}\n" }.joined(), to: "data.jsonl")
  }

  private func plan(_ options: String) throws -> PipelinePlan {
    let text = """
      stages:
        - ingest: {path: data.jsonl}
        - clean.length: {\(options)}
      """
    return try Planner.plan(PipelineFile(text: text, path: "p", base: folder.path))
  }

  private func execute(_ options: String) throws {
    _ = try PipelineRun(plan: plan(options), folder: run, threads: 2, observer: Silent()).execute()
  }

  @Test(arguments: ["bert", "bert/tokenizer.json"])
  func `are bounded by the tokenizer of a path`(tokenizer: String) throws {
    try execute("tokenizer: \(tokenizer), min-tokens: 2, max-tokens: 5")
    let table = try LedgerTable(run: run, by: .reason, samples: 1)
    let found = table.rows.map { "\($0.group) \($0.count)" }
    #expect(
      Set(found) == ["kept 2", "clean.length: min-tokens 1", "clean.length: max-tokens 1"])
    let detail = table.rows.first { $0.group.contains("max") }?.samples.first?["detail"]
    #expect(detail == ["tokens": 6, "max-tokens": 5])
    let lock = try String(decoding: FileReader.contents("\(run)/pipeline.lock.yaml"), as: UTF8.self)
    #expect(lock.contains("\(folder.path)/\(tokenizer)"))
  }

  @Test func `answer what another bound would change, without the data`() throws {
    try execute("tokenizer: bert, min-tokens: 2")
    try Folders.remove("\(folder.path)/data.jsonl")
    let stricter = try WhatIf(run: run, settings: ["clean.length.min-tokens=3"], threads: 2)
    #expect(stricter.lost == ["data.jsonl:2"] && stricter.gainedCount == 0)
    let looser = try WhatIf(run: run, settings: ["clean.length.min-tokens=1"], threads: 2)
    #expect(looser.gained == ["data.jsonl:1"])
  }

  @Test func `are counted anew where the tokenizer is another`() throws {
    func kept() throws -> Int {
      try execute("tokenizer: bert, min-tokens: 2")
      return try LedgerTable(run: run, by: .fate).rows.first { $0.group == "kept" }?.count ?? 0
    }
    #expect(try kept() == 3)
    try folder.write(
      #"{"pre_tokenizer": {"type": "WhitespaceSplit"}, "model": {"type": "WordPiece", "vocab": {"[UNK]": 0}}}"#,
      to: "bert/tokenizer.json")
    #expect(try kept() == 2)
  }

  @Test func `name what was looked for where there is no tokenizer`() throws {
    func fault(_ options: String) -> String {
      do {
        try execute(options)
        return ""
      } catch { return "\(error)" }
    }
    let missing = fault("tokenizer: no-such-model, min-tokens: 2")
    #expect(missing.contains("'no-such-model' is neither the path of a tokenizer"))
    #expect(
      missing.contains(
        "Give the path of a tokenizer.json or of a folder that holds a tokenizer, or the name of a "
          + "model that a cache holds."))
    #expect(!missing.contains("safetensors"))
    try folder.write("{}", to: "broken/tokenizer.json")
    #expect(fault("tokenizer: broken, min-tokens: 2").contains("broken/tokenizer.json: "))
    #expect(fault("min-tokens: 2").contains("train: model:"))
    try execute("min-words: 2")
  }
}
