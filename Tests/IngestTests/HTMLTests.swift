import Ingest
import Records
import Stages
import TestSupport
import Testing

@Suite struct HTMLTests {
  private func text(_ html: String) throws -> String? {
    let folder = try TemporaryFolder()
    return try ingest(try folder.write(html, to: "a.html")).texts.first
  }

  static let table: [(html: String, text: String)] = [
    ("<p>One<p>Two", "One\nTwo"),
    ("<html><head><title>T</title></head><body><h1>A</h1><p>b <b>c</b>d</p></body>", "A\nb cd"),
    ("a<script>x < y</script><style>p {}</style><noscript>n</noscript>b", "ab"),
    ("<ul><li>one</li><li>two</li></ul>after", "one\ntwo\nafter"),
    ("  a\n  b\t c  ", "a b c"),
    ("<pre>a\n  b</pre>c", "a\n  b\nc"),
    ("a<br>b<br/>c", "a\nb\nc"),
    ("&lt;b&gt; &amp;amp; &eacute;&#x4E2D;&#8364;&nbsp;x", "<b> &amp; é中€\u{A0}x"),
    ("<table><tr><td>1</td><td>2</td></tr><tr><td>3</td></tr></table>", "1 2\n3"),
    ("<p>Größe</p><p>你好，世界</p>", "Größe\n你好，世界"),
    ("<!-- <p>no</p> --><p>yes</p>", "yes"),
    ("<div>unclosed <b>bold <i>both", "unclosed bold both"),
  ]

  @Test(arguments: table.indices)
  func `a page is what a reader sees of it`(_ index: Int) throws {
    #expect(try text(Self.table[index].html) == Self.table[index].text)
  }

  @Test func `the title is kept beside the text`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(
      "<html><title> A  title </title><body>text</body></html>", to: "a.html")
    let record = try #require(try ingest(path).records.first)
    #expect(record.metadata == ["title": "A title"])
    #expect(record.content == .text("text"))
  }

  @Test func `a page says itself what it is in`() throws {
    let folder = try TemporaryFolder()
    let page = Array("<meta charset=\"iso-8859-1\"><p>Gr".utf8) + [0xF6, 0xDF, 0x65]
    #expect(try ingest(try folder.write(bytes: page, to: "a.html")).texts == ["Größe"])
    let silent = Array("<p>Gr".utf8) + [0xF6, 0xDF, 0x65]
    #expect(try ingest(try folder.write(bytes: silent, to: "b.html")).codes == ["invalid-utf8"])
  }

  @Test func `a page without text is dropped and counted`() throws {
    let folder = try TemporaryFolder()
    let result = try ingest(try folder.write("<script>x</script>", to: "a.html"))
    #expect(result.dropped == ["no-text": 1])
  }

  @Test(.timeLimit(.minutes(1)))
  func `deep, wide and broken pages end`() throws {
    let nested = String(repeating: "<div>", count: 1000) + "x"
    #expect(try text(nested) == "x")
    let folder = try TemporaryFolder()
    for deep in ["<div>", "<b><i>&amp;</p>", "<table><tr><td>"] {
      let page = String(repeating: deep, count: 50_000)
      #expect(try ingest(try folder.write(page, to: "a.html")).codes == ["html-too-deep"])
    }
    let attributes = "<p " + String(repeating: "a=b ", count: 50_000) + ">x"
    #expect(try text(attributes) == "x")
    let unclosed = "x" + String(repeating: "<", count: 100_000)
    #expect(try text(unclosed) != nil)
  }

  @Test(
    .enabled(if: Shared.exists, "needs ../shared"),
    arguments: ["tests1", "tests2", "test-yahoo-jp"])
  func `what pages are in is found as html5lib says`(_ file: String) throws {
    let data = try Shared.contents("data/ingest/html5lib/encoding/\(file).dat.gz")
    let mark = Array("#data\n".utf8)
    var rest = data[...]
    var count = 0
    while let start = rest.firstRange(of: mark)?.upperBound {
      let end = rest[start...].firstRange(of: Array("#encoding\n".utf8))
      let next = try #require(end)
      let line = rest[next.upperBound...].prefix { $0 != 0x0A }
      let page = Array(rest[start..<next.lowerBound].dropLast())
      rest = rest[line.endIndex...]
      // A byte order mark is read before the page is.
      if page.starts(with: [0xEF, 0xBB, 0xBF]) { continue }
      let wanted = String(decoding: line, as: UTF8.self).lowercased()
      let found = HTMLEncoding.declared(page) ?? "windows-1252"
      let spelled = found.replacing("iso8859", with: "iso-8859")
      #expect(spelled == wanted, "\(String(decoding: page.prefix(200), as: UTF8.self))")
      count += 1
    }
    #expect(count > 0)
  }

  @Test(.enabled(if: Shared.exists, "needs ../shared"))
  func `real pages hold most of the text of their articles where all is asked for`() throws {
    let root = Shared.path("data/ingest/article_extraction")
    let gold = try JSONValue.parse(Self.unzipped("\(root)/ground-truth.json.gz"))
    let pages = try ingest("\(root)/html/*.html.gz", ["html": "whole"])
    #expect(pages.faults.isEmpty)
    #expect(pages.records.count == 181)
    var shares: [Double] = []
    for record in pages.records {
      let key = String(record.source.file.prefix { $0 != "." })
      guard case .text(let text) = record.content,
        let body = gold[key]?["articleBody"]?.string
      else { continue }
      let words = Set(body.split(whereSeparator: \.isWhitespace))
      let found = Set(text.split(whereSeparator: \.isWhitespace))
      shares.append(Double(words.intersection(found).count) / Double(max(1, words.count)))
    }
    #expect(shares.count == 181)
    #expect(shares.count { $0 > 0.9 } > 165, "\(shares.sorted().prefix(20))")
  }

  /// What a gzip holds, read as one record of plain text.
  private static func unzipped(_ path: String) throws -> String {
    try #require(try ingest(path, ["format": "text", "split": "file"]).texts.first)
  }
}
