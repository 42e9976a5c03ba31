import Records
import Stages
import TestSupport
import Testing

/// Records larger than the limit, and quotes that never close: one fault each, and the file goes on.
@Suite struct BoundsTests {
  private static let long = String(repeating: "x", count: 3 << 20)
  private static let limit = ["largest-record": "1"]

  @Test func `a line over the limit is a fault, and the file goes on`() throws {
    let folder = try TemporaryFolder()
    let text = "{\"text\":\"a\"}\n{\"text\":\"\(Self.long)\"}\n{\"text\":\"b\"}\n"
    let result = try ingest(try folder.write(text, to: "a.jsonl"), Self.limit)
    #expect(result.texts == ["a", "b"])
    #expect(result.codes == ["too-large"])
    #expect(result.faults.first?.source == Source(file: "a.jsonl", line: 2))
    #expect(result.lines == [1, 3])
    let last = try ingest(try folder.write("a\n\(Self.long)", to: "a.txt"), Self.limit)
    #expect(last.texts == ["a"])
    #expect(last.codes == ["too-large"])
  }

  @Test func `an element over the limit is a fault, and the list goes on`() throws {
    let folder = try TemporaryFolder()
    let text = "{\"data\": [{\"text\":\"a\"}, {\"text\":\"\(Self.long)\"}, {\"text\":\"b\"}]}"
    let result = try ingest(try folder.write(text, to: "a.json"), Self.limit)
    #expect(result.texts == ["a", "b"])
    #expect(result.codes == ["too-large"])
  }

  @Test func `a paragraph over the limit is a fault, and the text goes on`() throws {
    let folder = try TemporaryFolder()
    let lines = repeatElement("line of text\n", count: 200_000).joined()
    let path = try folder.write("a\n\n\(lines)\n\n\(Self.long)\nb\n\nc\n", to: "a.txt")
    let result = try ingest(path, ["largest-record": "1", "split": "paragraph"])
    #expect(result.texts == ["a", "c"])
    #expect(result.codes == ["too-large", "too-large"])
  }

  @Test func `a row over the limit is a fault, and the table goes on`() throws {
    let folder = try TemporaryFolder()
    let text = "text,label\na,1\n\(Self.long),2\nb,3\n"
    let result = try ingest(try folder.write(text, to: "a.csv"), Self.limit)
    #expect(result.texts == ["a", "b"])
    #expect(result.codes == ["too-large"])
    #expect(result.lines == [2, 4])
  }

  @Test func `a quote that never closes costs one row`() throws {
    let folder = try TemporaryFolder()
    let rows = (1...200_000).map { "row \($0),1\n" }.joined()
    let text = "text,label\na,1\n\"open,2\n\(rows)\"whole\ncell\",3\nc,\"4\nd,5\n"
    for limit in ["1", "64"] {
      let result = try ingest(try folder.write(text, to: "a.csv"), ["largest-record": limit])
      // Quotes come in pairs: which one was forgotten shows only where none is left to pair with.
      #expect(result.records.first?.source.line == 2)
      #expect(result.texts.last == "d")
      #expect(result.codes.allSatisfy { $0 == "invalid-csv" || $0 == "ragged-row" })
      #expect(result.faults.count <= 3, "\(result.faults)")
      if limit == "1" { #expect(result.texts.count == 200_003) }
    }
  }

  @Test func `a hundred open quotes end the file with a fault`() throws {
    let folder = try TemporaryFolder()
    let filler = String(repeating: "y", count: 1 << 20)
    let text =
      "text,label\n" + (1...101).map { _ in "\"open,1\n\(filler),2\n\(filler),3\n" }.joined()
    let result = try ingest(try folder.write(text, to: "a.csv"), Self.limit)
    #expect(
      result.faults.contains { $0.message.contains("the rest is not read") }
        || !result.texts.isEmpty)
  }

  @Test func `line ends of every kind divide rows`() throws {
    let folder = try TemporaryFolder()
    let text = "text,label\r\na,1\rb,2\nc,3\r\n\"d\re\",4\r"
    let result = try ingest(try folder.write(text, to: "a.csv"))
    #expect(result.texts == ["a", "b", "c", "d\re"])
    #expect(result.faults.isEmpty)
    // Chunks may end between a carriage return and its newline.
    let rows = repeatElement("0123456789,1\r\n", count: 500_000).joined()
    let many = try ingest(try folder.write("text,label\r\n" + rows, to: "b.csv"))
    #expect(many.records.count == 500_000)
    #expect(many.dropped.isEmpty && many.faults.isEmpty)
    #expect(many.lines.last == 500_001)
  }

  @Test func `zero bytes are text, marks at the start are none`() throws {
    let folder = try TemporaryFolder()
    let bytes = [0xEF, 0xBB, 0xBF] + Array("text,label\na\u{0}b,1\n".utf8)
    let result = try ingest(try folder.write(bytes: bytes, to: "a.csv"))
    #expect(result.texts == ["a\u{0}b"])
    let json = [0xEF, 0xBB, 0xBF] + Array("{\"text\":\"a\\u0000b\"}\r\n{\"text\":\"c\"}".utf8)
    #expect(try ingest(try folder.write(bytes: json, to: "a.jsonl")).texts == ["a\u{0}b", "c"])
  }
}
