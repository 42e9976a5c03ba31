import Records
import Stages
import TestSupport
import Testing
import Tokenize
import Train

/// Pairs of sentences as classifiers read them.
struct PairTests {
  /// A tokenizer of words that puts `[SEP]` between two texts, or nothing.
  private func tokenizer(separates: Bool) throws -> Tokenizer {
    let words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "a", "b", "c", "d"]
    func piece(_ kind: String, _ id: String, _ type: Int) -> JSONValue {
      [kind: ["id": .string(id), "type_id": .integer(type)]]
    }
    func special(_ name: String, _ id: Int) -> JSONValue {
      ["id": .string(name), "ids": [.integer(id)], "tokens": [.string(name)]]
    }
    let template: JSONValue = [
      "type": "TemplateProcessing",
      "single": [
        piece("SpecialToken", "[CLS]", 0), piece("Sequence", "A", 0),
        piece("SpecialToken", "[SEP]", 0),
      ],
      "pair": [
        piece("SpecialToken", "[CLS]", 0), piece("Sequence", "A", 0),
        piece("SpecialToken", "[SEP]", 0), piece("Sequence", "B", 1),
        piece("SpecialToken", "[SEP]", 1),
      ],
      "special_tokens": ["[CLS]": special("[CLS]", 2), "[SEP]": special("[SEP]", 3)],
    ]
    let json: JSONValue = [
      "version": "1.0", "truncation": nil, "padding": nil, "added_tokens": [], "normalizer": nil,
      "pre_tokenizer": ["type": "Whitespace"], "post_processor": separates ? template : nil,
      "decoder": nil,
      "model": [
        "type": "WordLevel", "unk_token": "[UNK]",
        "vocab": .object(JSONObject(words.enumerated().map { ($1, .integer($0)) })),
      ],
    ]
    let folder = try TemporaryFolder()
    try folder.write(json.text, to: "tokenizer.json")
    return try Tokenizer.load(folder.path)
  }

  @Test func `are two segments where the tokenizer parts them`() throws {
    let encoder = SegmentEncoder(try tokenizer(separates: true), maximumLength: 16)
    let both = encoder.encode(ClassifiedText("a b", pair: "c"))
    #expect(both.ids == [2, 4, 5, 3, 6, 3])
    #expect(both.typeIds == [0, 0, 0, 0, 1, 1])
    #expect(encoder.encode(ClassifiedText("a b")).ids == [2, 4, 5, 3])
  }

  @Test func `are lines of one text where the tokenizer puts nothing between`() throws {
    let encoder = SegmentEncoder(try tokenizer(separates: false), maximumLength: 16)
    let both = encoder.encode(ClassifiedText("a b", pair: "c"))
    #expect(both.ids == encoder.encode(ClassifiedText("a b\nc")).ids)
    #expect(both.typeIds.allSatisfy { $0 == 0 })
  }

  @Test func `lose the end of the longer text where both do not fit`() throws {
    let encoder = SegmentEncoder(try tokenizer(separates: true), maximumLength: 7)
    let both = encoder.encode(ClassifiedText("a b c d a b c d", pair: "d"))
    #expect(both.ids == [2, 4, 5, 6, 3, 7, 3] && both.isTruncated)
  }

  @Test func `are learned from records of two sentences, whose order counts`() throws {
    let records = (0..<90).map { index -> Record in
      let (first, second) = ("w\(index % 7)", "w\(10 + index % 5)")
      let isForward = index % 2 == 0
      var record = Record.text("", id: "test:\(index)", label: isForward ? "on" : "back")
      record.schema = .sentencePair
      let turns = isForward ? [first, second] : [second, first]
      record.content = .conversation(Conversation(turns.map { Message(.user, $0) }))
      return record
    }
    let workshop = try Workshop(records)
    let json = classification(["epochs": 6, "dropout": 0])
    let result = try workshop.run("run", json).result
    let predictor = try Predictor(model: result.modelFolder, options: options(json))
    let found = try predictor.predict(workshop.test)
    let right = found.items.count { item in
      guard case .label(let reference, let predicted, _, _) = item else { return false }
      return reference == predicted
    }
    #expect(right == found.items.count, "\(right) of \(found.items.count)")
    let path = "\(workshop.folder.path)/predictions.jsonl"
    try found.write(workshop.test, to: path)
    let line = try JSONValue.parse(
      Array(FileReader.contents(path).prefix { $0 != UInt8(ascii: "\n") }))
    #expect(line["input"]?.string?.split(separator: "\n").count == 2)
  }
}
