import Parquet
import Records
import Stages
import TestSupport
import Testing
import Write

/// A data set that the stage wrote.
final class Written {
  let folder: TemporaryFolder
  var path: String { "\(folder.path)/dataset" }

  /// Runs the stage on records, as a pipeline would.
  init(_ records: [Record], _ parameters: [String: String] = [:], stage name: String = "write")
    throws
  {
    folder = try TemporaryFolder()
    let descriptor = try #require(writeStages.first)
    let stage = try #require(try descriptor.stage(parameters) as? WriteStage)
    var lines: [UInt8] = []
    for record in records { lines += JSONValue.object(record.object).bytes + [UInt8(ascii: "\n")] }
    let input = "\(folder.path)/records.lines"
    try AtomicFile.write(lines, to: input)
    try stage.plan(
      RecordCollection(path: input, count: records.count, threads: 3),
      StageContext(seed: 7, stage: name, threads: 3, artifacts: folder.path))
  }

  func names() throws -> [String] { try Folders.files(below: path) }
  func bytes(_ name: String) throws -> [UInt8] { try FileReader.contents("\(path)/\(name)") }
  func text(_ name: String) throws -> String { String(decoding: try bytes(name), as: UTF8.self) }

  func lines(_ name: String) throws -> [JSONObject] {
    try bytes(name).split(separator: UInt8(ascii: "\n")).compactMap {
      try JSONValue.parse($0).object
    }
  }
}

struct WriteStageTests {
  private func records(_ count: Int) -> [Record] {
    (1...count).map { index in
      var record = Record.instruction("q\(index)", output: "a\(index)", id: "f:\(index)")
      record.side = index % 5 == 0 ? .test : .train
      record.metadata = ["n": .integer(index), "tags": index % 2 == 0 ? [] : ["odd"]]
      return record
    }
  }

  @Test func `each side is divided into files of nearly equal size, in order`() throws {
    let set = try Written(records(25), ["shards": "3", "schema": "messages"])
    #expect(
      try set.names() == [
        "README.md", "anneal-dataset.json", "data/test-00000-of-00003.jsonl",
        "data/test-00001-of-00003.jsonl", "data/test-00002-of-00003.jsonl",
        "data/train-00000-of-00003.jsonl", "data/train-00001-of-00003.jsonl",
        "data/train-00002-of-00003.jsonl",
      ])
    let train = try (0..<3).map { try set.lines("data/train-0000\($0)-of-00003.jsonl") }
    #expect(train.map(\.count) == [6, 7, 7] || train.map(\.count).sorted() == [6, 7, 7])
    #expect(train.flatMap { $0 }.compactMap { $0["n"]?.int } == (1...25).filter { $0 % 5 != 0 })
    #expect(
      train[0].first.map { JSONValue.object($0).text }
        == #"{"messages":[{"role":"user","content":"q1"},{"role":"assistant","content":"a1"}],"#
        + #""n":1,"tags":["odd"]}"#)
  }

  @Test func `no file is empty, however many are asked for`() throws {
    let set = try Written(records(5), ["shards": "40", "format": "parquet"])
    #expect(try set.names().filter { $0.hasPrefix("data/test") }.count == 1)
    #expect(try set.names().filter { $0.hasPrefix("data/train") }.count == 4)
  }

  @Test(arguments: ["jsonl", "json", "csv", "parquet"])
  func `the same records give the same bytes`(_ format: String) throws {
    let first = try Written(records(30), ["format": format, "shards": "2"])
    let second = try Written(records(30), ["format": format, "shards": "2"])
    for name in try first.names() {
      #expect(try first.bytes(name) == second.bytes(name), "\(name)")
    }
  }

  @Test func `Parquet and JSON hold the rows that JSON lines hold`() throws {
    let lines = try Written(records(10)).lines("data/train-00000-of-00001.jsonl")
    let table = try Written(records(10), ["format": "parquet"])
    var rows: [JSONObject] = []
    try ParquetFile(
      MemorySource(try table.bytes("data/train-00000-of-00001.parquet")), name: "train"
    ).forEachRow { _, _, row in rows.append(row) }
    #expect(rows == lines)
    let list = try Written(records(10), ["format": "json"])
    let parsed = try JSONValue.parse(try list.bytes("data/train-00000-of-00001.json"))
    #expect(parsed.array?.compactMap(\.object) == lines)
  }

  @Test func `CSV quotes what needs quotes`() throws {
    var record = Record.text("a \"b\", c\nd", label: "")
    record.metadata = ["n": 1.5, "list": [1, "x"], "none": nil]
    let set = try Written([record], ["format": "csv"])
    #expect(
      try set.text("data/train-00000-of-00001.csv")
        == "text,label,n,list,none\n\"a \"\"b\"\", c\nd\",\"\",1.5,\"[1,\"\"x\"\"]\",\n")
  }

  @Test func `the card says what is in the folder`() throws {
    let set = try Written(
      records(10),
      ["format": "parquet", "license": "cc-by-4.0", "name": "Set: one", "language": "en"])
    let card = try set.text("README.md")
    for part in [
      "license: \"cc-by-4.0\"", "language:\n- \"en\"", "pretty_name: \"Set: one\"", "- n<1K",
      "  - split: train\n    path: data/train-*.parquet\n  - split: test",
      "  - name: \"instruction\"\n    dtype: string", "  - name: \"tags\"\n    list: string",
      "| train | 8 | 1 |", "- `test`: 10 records", "seed 7",
    ] { #expect(card.contains(part), "\(part) in \(card)") }
    let manifest = try JSONValue.parse(try set.bytes("anneal-dataset.json"))
    let hash = try ContentHash.ofFile("\(set.path)/data/train-00000-of-00001.parquet")
    #expect(manifest["files"]?["data/train-00000-of-00001.parquet"] == .string("sha256:\(hash)"))
    #expect(manifest["records"] == ["train": 8, "test": 2])
  }

  @Test func `a record that the schema cannot hold stops the stage, or is named in the card`()
    throws
  {
    let text = Record.text("t", id: "f:1")
    #expect {
      try Written([text], ["schema": "alpaca"])
    } throws: {
      "\($0)".contains("no place for a text without turns") && "\($0)".contains("lossy: true")
    }
    let set = try Written([text], ["schema": "messages", "lossy": "true"])
    #expect(try set.text("README.md").contains("`a text without turns`: 1 records without"))
  }

  @Test func `a second data set of a run has a folder of its own`() throws {
    let set = try Written(records(2), stage: "write#2")
    #expect(Folders.exists("\(set.folder.path)/dataset-2/README.md"))
  }

  @Test func `metadata can be left out`() throws {
    let set = try Written(records(1), ["metadata": "false", "schema": "completion"])
    #expect(
      try set.text("data/train-00000-of-00001.jsonl")
        == "{\"prompt\":\"q1\",\"completion\":\"a1\"}\n")
  }

  @Test func `quotes, bars and line ends are seen in cells whatever stands behind them`() throws {
    let record = Record.text(
      "a\"\u{301}b, c\r\nd", id: "f:1", label: "x|\u{301}y\r\nz", side: .train)
    let set = try Written([record], ["format": "csv"])
    let csv = try set.text("data/train-00000-of-00001.csv")
    #expect(csv.contains("\"a\"\"\u{301}b, c\r\nd\""))
    #expect(try set.text("README.md").contains("| x\\|\u{301}y  z | 1 |"))
  }
}
