import Records
import Stages
import TestSupport
import Testing

@Suite struct JSONTests {
  @Test func `each line is a record, blank ones are dropped and counted`() throws {
    let folder = try TemporaryFolder()
    let text =
      "\u{FEFF}{\"text\": \"one\", \"label\": 1}\r\n\n{\"text\":\"two\",\"more\":[1]}\n  \n{\"text\":\"three\"}"
    let result = try ingest(try folder.write(text, to: "a.jsonl"))
    #expect(result.texts == ["one", "two", "three"])
    #expect(result.lines == [1, 3, 5])
    #expect(result.records.map(\.id) == ["a.jsonl:1", "a.jsonl:3", "a.jsonl:5"])
    #expect(result.records[0].label?.name == "1")
    #expect(result.records[1].metadata["more"] == [1])
    #expect(result.dropped == ["blank-line": 2])
  }

  @Test func `U+2028 and U+0085 end no line`() throws {
    let folder = try TemporaryFolder()
    let result = try ingest(
      try folder.write("{\"text\":\"a\u{2028}b\u{85}c\"}\n", to: "a.jsonl"))
    #expect(result.texts == ["a\u{2028}b\u{85}c"])
  }

  @Test func `a broken line names file, line and byte, and the file goes on`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(
      "{\"text\":\"a\"}\n{\"text\": oops}\n{\"text\":\"b\"}\n[1]\n", to: "a.jsonl")
    let result = try ingest(path)
    #expect(result.texts == ["a", "b"])
    #expect(result.codes == ["invalid-json", "invalid-json"])
    #expect(result.faults[0].source == Source(file: "a.jsonl", line: 2))
    #expect(result.faults[0].message.contains("byte 10"))
  }

  static let shapes: [(text: String, texts: [String])] = [
    ("[{\"text\":\"a\"},{\"text\":\"b\"}]", ["a", "b"]),
    ("  [ ] [{\"text\":\"a\"}]", ["a"]),
    ("{\"version\": 1, \"data\": [{\"text\":\"a\"}, {\"text\":\"b\"}], \"x\": {}}", ["a", "b"]),
    ("{\"text\": \"alone\",\n \"tags\": [\"x\", \"y\"], \"n\": [[{}]]}", ["alone"]),
    ("{\"text\":\"a\"}\n{\"text\":\"b\"}\n", ["a", "b"]),
    ("{\n\"text\":\"a\"\n}\n{\n\"text\":\"b\"\n}", ["a", "b"]),
    ("[{\"text\":\"br{ack]et \\\" \\\\\"}, {\"text\":\"é\\u00e9\"}]", ["br{ack]et \" \\", "éé"]),
  ]

  @Test(arguments: shapes.indices)
  func `a JSON file may be a list, hold one, or be objects in a row`(_ index: Int) throws {
    let folder = try TemporaryFolder()
    let result = try ingest(try folder.write(Self.shapes[index].text, to: "a.json"))
    #expect(result.texts == Self.shapes[index].texts)
    #expect(result.lines == Array(1...Self.shapes[index].texts.count))
    #expect(result.faults.isEmpty)
  }

  @Test func `turns within an object are no list of records`() throws {
    let folder = try TemporaryFolder()
    let result = try ingest(
      try folder.write(
        "{\"messages\": [{\"role\":\"user\",\"content\":\"hi\"}]}", to: "a.json"))
    #expect(result.records.count == 1)
    #expect(result.records[0].schema == .messages)
  }

  @Test func `a list larger than the chunks it is read in comes out whole`() throws {
    let folder = try TemporaryFolder()
    let long = String(repeating: "x y ", count: 30_000)
    let elements = (0..<60).map { "{\"text\": \"\($0) \(long)\"}" }
    let path = try folder.write("[\n  \(elements.joined(separator: ",\n  "))\n]\n", to: "a.json")
    let result = try ingest(path)
    #expect(result.texts == (0..<60).map { "\($0) \(long)" })
  }

  static let broken: [(text: String, kept: Int)] = [
    ("[{\"text\":\"a\"}, {\"text\":\"b", 1), ("[{\"text\":\"a\"} {\"text\":\"b\"}]", 1),
    ("[{\"text\":\"a\"},", 1), ("hello", 0), ("{\"data\": [{\"text\":\"a\"}], ", 1),
    ("{\"a\": [{\"text\":\"a\"}], \"b\": [{\"text\":\"b\"}]}", 1), ("{\"text\" \"a\"}", 0),
    ("[,]", 0), ("[{\"text\":\"a\"}]]", 1),
  ]

  @Test(arguments: broken.indices)
  func `a broken structure keeps what came before and says what is wrong`(_ index: Int) throws {
    let folder = try TemporaryFolder()
    let result = try ingest(try folder.write(Self.broken[index].text, to: "a.json"))
    #expect(result.records.count == Self.broken[index].kept)
    #expect(result.codes == ["invalid-json"])
    #expect(result.faults.first?.remedy != nil)
  }

  @Test func `an element that is no object is one fault, the list goes on`() throws {
    let folder = try TemporaryFolder()
    let result = try ingest(
      try folder.write("[{\"text\":\"a\"}, 3, \"x\", tru, {\"text\":\"b\"}]", to: "a.json"))
    #expect(result.texts == ["a", "b"])
    #expect(result.codes == ["invalid-json", "invalid-json", "invalid-json"])
    #expect(result.faults.map { $0.source?.line } == [2, 3, 4])
  }

  @Test func `a line of ten megabytes is read`() throws {
    let folder = try TemporaryFolder()
    let long = String(repeating: "中文 text ", count: 800_000)
    let result = try ingest(try folder.write("{\"text\":\"\(long)\"}\n", to: "a.jsonl"))
    #expect(result.texts.first?.utf8.count == long.utf8.count)
  }
}
