import Records
import Stages
import TestSupport
import Testing

@Suite struct CSVTests {
  static let suite = [
    "comma_in_quotes", "empty", "empty_crlf", "escaped_quotes", "json", "location_coordinates",
    "newlines", "newlines_crlf", "quotes_and_newlines", "simple", "simple_crlf", "utf8",
  ]

  @Test(.enabled(if: Shared.exists, "needs ../shared"), arguments: suite)
  func `csv-spectrum is read as its JSON says`(_ name: String) throws {
    let root = Shared.path("data/ingest/csv_spectrum")
    let expected = try JSONValue.parse(FileReader.contents("\(root)/json/\(name).json"))
    let rows = expected.array ?? [expected]
    let columns = try #require(rows.first?.object).keys
    let folder = try TemporaryFolder()
    var bytes = try FileReader.contents("\(root)/csvs/\(name).csv")
    // The stored copies of these files have lost the carriage returns that they are about.
    if name.hasSuffix("_crlf") { bytes = bytes.flatMap { $0 == 0x0A ? [0x0D, 0x0A] : [$0] } }
    let result = try ingest(
      try folder.write(bytes: bytes, to: "a.csv"),
      fields: TextMap([("text", try #require(columns.first))]))
    #expect(result.faults.isEmpty)
    #expect(result.records.count == rows.count)
    for (record, row) in zip(result.records, rows) {
      guard case .text(let text) = record.content else { continue }
      // The first column of this one holds a telephone number that its CSV and JSON give apart.
      let isMasked = name == "location_coordinates"
      if !isMasked { #expect(row[columns[0]] == .string(text)) }
      #expect(record.metadata == row.object?.without([columns[0]]))
    }
  }

  @Test func `rows count physical lines`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(
      "text,label\r\n\"a\r\nb\",1\r\n\r\nc,2\r\n\"d \"\"q\"\"\",3", to: "a.csv")
    let result = try ingest(path)
    #expect(result.texts == ["a\r\nb", "c", "d \"q\""])
    #expect(result.lines == [2, 5, 6])
    #expect(result.dropped == ["blank-line": 1])
    #expect(result.records.map(\.label?.name) == ["1", "2", "3"])
  }

  @Test func `delimiters, tabs and files without a header`() throws {
    let folder = try TemporaryFolder()
    let tabs = try ingest(try folder.write("text\tlabel\na, b\tx\n", to: "a.tsv"))
    #expect(tabs.texts == ["a, b"])
    let semicolons = try ingest(
      try folder.write("label;text\nx;\"a;b\"\n", to: "b.csv"), ["delimiter": ";"])
    #expect(semicolons.texts == ["a;b"])
    let bare = try ingest(
      try folder.write("x,first\ny,second\n", to: "c.csv"), ["header": "false"],
      fields: TextMap([("text", "2"), ("label", "1")]))
    #expect(bare.texts == ["first", "second"])
    #expect(bare.records[1].label?.name == "y")
    let raw = try ingest(
      try folder.write("text\tn\n\"Open quote\t1\n", to: "d.tsv"), ["quotes": "false"])
    #expect(raw.texts == ["\"Open quote"])
  }

  @Test(arguments: [
    ("text;label\n\"a; b\";x\nc, d;y\n", ["a; b", "c, d"]),
    ("text|label\na, b|x\n", ["a, b"]), ("text\tlabel\na, b\tx\n", ["a, b"]),
    ("sep=;\r\ntext;label\r\na,b;x\r\n", ["a,b"]),
    // A comma goes first, and marks of prose are none.
    ("text,label\n\"a;b;c\",x\n", ["a;b;c"]),
    ("text\nhello; world\nfoo\n", ["hello; world", "foo"]),
    ("text\na;b\nc;d\n", ["a;b", "c;d"]), ("text\na\tb\nc\td\n", ["a\tb", "c\td"]),
    ("text,label\na;b,x\nc;d,y\n", ["a;b", "c;d"]),
  ]) func `the delimiter is what divides the first rows alike`(file: String, texts: [String]) throws
  {
    let folder = try TemporaryFolder()
    let result = try ingest(try folder.write(file, to: "a.csv"))
    #expect(result.texts == texts, "\(result.faults)")
  }

  @Test(arguments: [
    #"[{""from"":""human"",""value"":""hi""},{""from"":""gpt"",""value"":""it's""}]"#,
    // What pandas writes, and what it writes of arrays of numpy.
    #"[{'from': 'human', 'value': 'hi'}, {'from': 'gpt', 'value': ""it's""}]"#,
    #"[{'from': 'human', 'value': 'hi'}\#n {'from': 'gpt', 'value': 'it\'s'}]"#,
  ]) func `cells that hold lists of turns are conversations`(cell: String) throws {
    let folder = try TemporaryFolder()
    let result = try ingest(
      try folder.write("id,conversations\n1,\"\(cell)\"\n", to: "a.csv"))
    #expect(result.faults.isEmpty, "\(result.faults)")
    #expect(
      result.records.first?.content
        == .conversation(Conversation([Message(.user, "hi"), Message(.assistant, "it's")])))
  }

  @Test func `verdicts are true or false, texts that look like lists stay texts`() throws {
    let folder = try TemporaryFolder()
    let result = try ingest(
      try folder.write("prompt,completion,label\nq,\"[1, 2]\",True\nq,b,false\n", to: "a.csv"))
    #expect(result.records.map(\.schema) == [.kto, .kto])
    #expect(result.records.map(\.label) == [Label(.bool(true)), Label(.bool(false))])
    #expect(
      result.records[0].content
        == .conversation(Conversation([Message(.user, "q"), Message(.assistant, "[1, 2]")])))
  }

  @Test func `a single column without a name keeps its marks`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("one; two\nthree; four\n", to: "a.csv")
    let result = try ingest(path, ["header": "false"], fields: TextMap([("text", "1")]))
    #expect(result.texts == ["one; two", "three; four"])
  }

  @Test(arguments: [
    // An answer may be a list that was asked for, and metadata may look like one.
    #"{"prompt":"q","completion":"[{'role': 'user', 'content': 'a'}]"}"#,
    #"{"prompt":"[1]","completion":"[2]"}"#,
    #"{"prompt":"[{\"role\":\"owner\",\"content\":\"a\"}]","completion":"[{\"role\":\"user\"}]"}"#,
    #"{"text":"[1, 2]","labels":"[1]","messages":"[]"}"#,
    #"{"instruction":"[1]","output":"[2]","messages":"[]"}"#,
    #"{"chosen":"[1]","rejected":"b","prompt":"[3]"}"#,
  ]) func `a text that looks like a list stays one`(line: String) throws {
    let folder = try TemporaryFolder()
    let result = try ingest(try folder.write(line + "\n", to: "a.jsonl"))
    let record = result.records.first
    let body = record.map {
      RecordBody(content: $0.content, label: $0.label, metadata: $0.metadata)
    }
    let written = body.flatMap { record?.schema.write($0) }
    #expect(try written == JSONValue.parse(line).object, "\(result.faults)")
  }

  @Test func `both sides of a preference may be written lists`() throws {
    let folder = try TemporaryFolder()
    let turn = { (text: String) in "\"[{'role': 'assistant', 'content': '\(text)'}]\"" }
    let result = try ingest(
      try folder.write(
        "prompt,chosen,rejected,history\nq,\(turn("a")),\(turn("b")),\n", to: "a.csv"))
    guard case .preference(let pair)? = result.records.first?.content else {
      Issue.record("no preference: \(result.faults)")
      return
    }
    #expect(
      [pair.prompt, pair.chosen, pair.rejected].map { $0.messages.map(\.content) } == [
        ["q"], ["a"], ["b"],
      ])
    #expect(result.records.first?.metadata == ["history": ""])
    let turns = try ingest(
      try folder.write("instruction,output,history\nq,a,\nq,a,\"[['b', 'c']]\"\n", to: "b.csv"))
    #expect(turns.faults.isEmpty, "\(turns.faults)")
    #expect(
      turns.records.map { record in
        guard case .conversation(let conversation) = record.content else { return [] }
        return conversation.messages.map(\.content)
      } == [["q", "a"], ["b", "c", "q", "a"]])
  }

  @Test func `ragged rows, stray quotes and double names are faults with remedies`() throws {
    let folder = try TemporaryFolder()
    let ragged = try ingest(
      try folder.write("text,label\na,b,c\nd,e\nf\n\"g\"h,i\n", to: "a.csv"))
    #expect(ragged.codes == ["ragged-row", "ragged-row", "invalid-csv"])
    #expect(ragged.texts == ["d"])
    let open = try ingest(try folder.write("text,label\na,b\nc,\"d\ne,f\n", to: "b.csv"))
    #expect(open.texts == ["a", "e"])
    #expect(open.codes == ["invalid-csv"])
    #expect(open.faults[0].source == Source(file: "b.csv", line: 3))
    let double = try ingest(try folder.write("text,text\na,b\n", to: "c.csv"))
    #expect(double.codes == ["duplicate-column"])
  }

  @Test
  func `a row of very many cells takes no memory for them, and a first row of them is refused`()
    throws
  {
    let folder = try TemporaryFolder()
    let commas = String(repeating: ",", count: 2_000_000)
    let ragged = try ingest(try folder.write("text,label\n\(commas)\na,b\n", to: "a.csv"))
    #expect(ragged.codes == ["ragged-row"] && ragged.texts == ["a"])
    #expect(ragged.faults[0].message.contains("2000001 cells"), "\(ragged.faults)")
    let first = try ingest(try folder.write("\(commas)\na,b\n", to: "b.csv"))
    #expect(first.codes == ["too-many-columns"])
  }

  @Test func `cells longer than the chunks they are read in stay whole`() throws {
    let folder = try TemporaryFolder()
    let long = String(repeating: "a \"\" b\n", count: 400_000)
    let result = try ingest(try folder.write("text,label\n\"\(long)\",x\n", to: "a.csv"))
    #expect(
      result.texts.first?.utf8.elementsEqual(
        String(repeating: "a \" b\n", count: 400_000).utf8) == true)
  }
}
