import Records
import Stages
import TestSupport
import Testing

/// Records larger than the limit, and quotes that never close: one fault each, and the file goes on.
@Suite struct BoundsTests {
  private static let long = String(repeating: "x", count: 3 << 20)
  private static let limit = ["largest-record": "1"]

  /// A file, what comes of it with a limit of 1 MB, and on which lines.
  struct Bound: CustomTestStringConvertible {
    let testDescription: String
    let file: String
    let text: String
    var options: [String: String] = [:]
    let texts: [String]
    let codes: [String]
    let lines: [Int]
    /// The lines of the faults.
    let faults: [Int]

    init(
      _ name: String, _ file: String, _ text: String, _ options: [String: String] = [:],
      texts: [String] = ["a", "b"], codes: [String] = ["too-large"], lines: [Int] = [1, 3],
      faults: [Int] = [2]
    ) {
      testDescription = name
      self.file = file
      self.text = text
      self.options = options
      self.texts = texts
      self.codes = codes
      self.lines = lines
      self.faults = faults
    }
  }

  private static func warc(_ texts: String...) -> String {
    texts.map { text in
      "WARC/1.0\r\nWARC-Type: conversion\r\nContent-Type: text/plain\r\n"
        + "Content-Length: \(text.utf8.count)\r\n\r\n\(text)\r\n\r\n"
    }.joined()
  }

  private static let manyLines = repeatElement("line of text\n", count: 200_000).joined()
  private static let manyItems = repeatElement("<p>item of text</p>", count: 200_000).joined()

  static let bounds = [
    Bound("a line", "a.jsonl", "{\"text\":\"a\"}\n{\"text\":\"\(long)\"}\n{\"text\":\"b\"}\n"),
    Bound("the last line", "a.txt", "a\n\(long)", texts: ["a"], lines: [1]),
    Bound(
      "an element", "a.json",
      "{\"data\": [{\"text\":\"a\"}, {\"text\":\"\(long)\"}, {\"text\":\"b\"}]}",
      // A fault of JSON is told by its line in the file, all of which is one here.
      faults: [1]),
    Bound(
      "paragraphs", "a.txt", "a\n\n\(manyLines)\n\n\(long)\nb\n\nc\n", ["split": "paragraph"],
      texts: ["a", "c"], codes: ["too-large", "too-large"], lines: [1, 200_008],
      faults: [3, 200_005]),
    Bound("a row", "a.csv", "text,label\na,1\n\(long),2\nb,3\n", lines: [2, 4], faults: [3]),
    Bound(
      "a record of an archive", "a.warc", warc("a", long, "b")),
    Bound(
      "a chapter of many lines", "a.txt", "a\nChapter 1\n\(manyLines)Chapter 2\nb\n",
      ["split": "chapter"], texts: ["a", "Chapter 2\nb"], lines: [1, 200_003]),
    Bound(
      "a chapter of one line", "a.txt", "a\nChapter 1\n\(long)\nmore\nChapter 2\nb\n",
      ["split": "chapter"], texts: ["a", "Chapter 2\nb"], lines: [1, 5]),
    Bound("a line between windows", "a.txt", "a\n\(long)\nb\n", ["split": "window"]),
    Bound("a text of XML", "a.xml", "<r><i>a</i><i>\(long)</i><i>b</i></r>"),
    Bound(
      "many texts of XML", "a.xml",
      "<r><i><p>a</p></i><i>\(manyItems)</i><i><p>b</p></i></r>", ["fields": "p"]),
    Bound(
      "a section", "a.md", "# a\n# \(long)\n# b\n", ["parts": "true"]),
    Bound("a document", "a.md", "# a\n\n\(long)\n", texts: [], lines: [], faults: [0]),
  ]

  @Test(arguments: bounds)
  func `what is over the limit is a fault, and the file goes on`(_ bound: Bound) throws {
    let folder = try TemporaryFolder()
    var options = bound.options.merging(Self.limit) { $1 }
    let field = options.removeValue(forKey: "fields")
    let result = try ingest(
      try folder.write(bound.text, to: bound.file), options,
      fields: TextMap(field.map { [("text", $0)] } ?? []))
    #expect(result.texts == bound.texts)
    #expect(result.codes == bound.codes)
    #expect(result.lines == bound.lines)
    #expect(result.faults.map { $0.source?.line } == bound.faults)
  }

  @Test(arguments: [false, true])
  func `a document over the limit is a fault, of its parts the large ones`(_ parts: Bool) throws {
    let folder = try TemporaryFolder()
    let options = ["largest-record": "1", "parts": "\(parts)"]
    let texts = parts ? ["a", "b"] : []
    let path = try folder.write(
      bytes: WordFile.bytes([("Heading1", "a"), ("Heading1", Self.long), ("Heading1", "b")]),
      to: "a.docx")
    let document = try ingest(path, options)
    #expect(document.texts == texts)
    #expect(document.codes == ["too-large"])
    let book = try ingest(
      try folder.write(
        bytes: BookFile.bytes(["<p>a</p>", "<p>\(Self.long)</p>", "<p>b</p>"]), to: "a.epub"),
      options)
    #expect(book.texts == texts)
    #expect(book.codes == ["too-large"])
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
    #expect(result.faults.count == 101)
    #expect(result.faults.last?.message.contains("the rest is not read") == true)
    let lines = Array(3...299).filter { $0 % 3 != 2 }
    #expect(result.lines == lines)
    #expect(result.texts.allSatisfy { $0 == filler })
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
