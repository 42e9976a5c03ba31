import Records
import Stages
import TestSupport
import Testing

@Suite struct FieldMappingTests {
  private func ingestLine(_ line: String, _ fields: [(String, String)], schema: String = "auto")
    throws -> Ingested
  {
    let folder = try TemporaryFolder()
    return try ingest(
      try folder.write(line, to: "a.jsonl"), ["schema": schema], fields: TextMap(fields))
  }

  @Test func `mapped fields take their canonical names and leave the metadata`() throws {
    let result = try ingestLine(
      "{\"medical_abstract\":\"a\",\"condition_label\":\"5\",\"year\":2001}",
      [("text", "medical_abstract"), ("label", "condition_label")])
    let record = try #require(result.records.first)
    #expect(record.content == .text("a"))
    #expect(record.label == Label("5"))
    #expect(record.metadata == ["year": 2001])
  }

  @Test func `instruction and output make an alpaca record`() throws {
    let result = try ingestLine(
      "{\"q\":\"What?\",\"a\":\"That.\"}", [("instruction", "q"), ("output", "a")])
    let record = try #require(result.records.first)
    #expect(record.schema == .alpaca)
    #expect(
      record.content
        == .conversation(Conversation([Message(.user, "What?"), Message(.assistant, "That.")])))
  }

  @Test func `names may be swapped, lead into objects, and go to the metadata`() throws {
    let swapped = try ingestLine(
      "{\"text\":\"t\",\"title\":\"u\"}", [("text", "title"), ("title", "text")])
    #expect(swapped.texts == ["u"])
    #expect(swapped.records[0].metadata == ["title": "t"])
    let nested = try ingestLine(
      "{\"answer\":{\"text\":\"deep\"},\"id\":7}",
      [("text", "answer.text"), ("metadata.number", "id")])
    #expect(nested.texts == ["deep"])
    #expect(nested.records[0].metadata["number"] == 7)
    #expect(nested.records[0].metadata["answer"] == ["text": "deep"])
  }

  @Test func `a missing field is an error that names what is near`() throws {
    let result = try ingestLine("{\"medical_abstrct\":\"a\"}", [("text", "medical_abstract")])
    #expect(result.codes == ["missing-field"])
    #expect(result.faults[0].field == "medical_abstract")
    #expect(result.faults[0].remedy == "did you mean 'medical_abstrct'?")
    let explicit = try ingestLine("{\"txt\":\"a\"}", [], schema: "text")
    #expect(explicit.faults[0].remedy == "did you mean 'fields: {text: txt}'?")
  }

  @Test func `a field that would be overwritten is an error`() throws {
    let result = try ingestLine("{\"text\":\"t\",\"body\":\"b\"}", [("text", "body")])
    #expect(result.codes == ["ambiguous-field"])
    #expect(result.faults[0].field == "text")
  }

  @Test func `a record of no schema names its fields`() throws {
    let result = try ingestLine("{\"foo\":\"t\",\"bar\":\"b\"}", [])
    #expect(result.codes == ["unknown-schema"])
    #expect(result.faults[0].message.contains("foo, bar"))
    let number = try ingestLine("{\"text\":3}", [], schema: "text")
    #expect(number.codes == ["invalid-field"])
  }

  static let familiar: [(line: String, written: JSONObject)] = [
    (
      #"{"premise":"A","hypothesis":"B","label":1}"#,
      ["sentence1": "A", "sentence2": "B", "label": 1]
    ),
    (#"{"prompt":"A","response":"B"}"#, ["prompt": "A", "completion": "B"]),
    (#"{"input":"A","output":"B"}"#, ["instruction": "A", "output": "B"]),
    (
      #"{"system_prompt":"S","question":"A","response":"B"}"#,
      ["system": "S", "instruction": "A", "output": "B"]
    ),
    (
      #"{"query":"A","response":"B","history":[["C","D"]]}"#,
      ["instruction": "A", "output": "B", "history": [["C", "D"]]]
    ),
    (
      #"{"system":"S","question":"A","chosen":"B","rejected":"C"}"#,
      ["system": "S", "instruction": "A", "chosen": "B", "rejected": "C"]
    ),
    (
      #"{"system":"S","prompt":"A","response":"B"}"#,
      ["system": "S", "instruction": "A", "output": "B"]
    ),
    (#"{"content":"A","path":"p"}"#, ["text": "A", "path": "p"]),
    (#"{"question":"A","sentence":"B"}"#, ["sentence1": "A", "sentence2": "B"]),
    (#"{"question":"A","output":"B"}"#, ["instruction": "A", "output": "B"]),
    (#"{"input":"A","response":"B"}"#, ["instruction": "A", "output": "B"]),
    (
      #"{"conversation":"[{'role': 'user', 'content': 'A'}]","n":1}"#,
      ["conversations": [["role": "user", "content": "A"]], "n": 1]
    ),
  ]

  @Test(arguments: familiar.indices)
  func `names of well-known data sets need no mapping`(_ index: Int) throws {
    let (line, written) = Self.familiar[index]
    let result = try ingestLine(line, [])
    #expect(result.faults.isEmpty, "\(result.faults)")
    let record = try #require(result.records.first)
    let body = RecordBody(
      content: record.content, label: record.label, metadata: record.metadata)
    #expect(record.schema.write(body) == written)
  }

  @Test func `a name that says nothing sure is asked for`() throws {
    #expect(try ingestLine(#"{"a":"A","b":"B"}"#, []).codes == ["unknown-schema"])
    #expect(try ingestLine(#"{"premise":"A","hypothesis":2}"#, []).codes == ["unknown-schema"])
    // A turn by itself is no text, nor is one of two texts.
    #expect(try ingestLine(#"{"role":"user","content":"A"}"#, []).codes == ["unknown-schema"])
    #expect(try ingestLine(#"{"content":"A","summary":"B"}"#, []).codes == ["unknown-schema"])
    #expect(try ingestLine(#"{"sentence":"A","translation":"B"}"#, []).codes == ["unknown-schema"])
  }

  @Test func `every schema can be asked for`() throws {
    for schema in Schema.allCases {
      #expect(throws: Never.self) { try ingestStage(["/x"], ["schema": schema.rawValue]) }
    }
  }

  @Test func `what an earlier run wrote about a record is left behind`() throws {
    let result = try ingestLine("{\"text\":\"t\",\"anneal\":{\"id\":\"x:1\"}}", [])
    #expect(result.records[0].id == "a.jsonl:1")
    #expect(result.records[0].metadata.isEmpty)
  }
}
