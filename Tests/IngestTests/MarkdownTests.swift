import Ingest
import Records
import TestSupport
import Testing

@Suite struct MarkdownTests {
  private struct Example {
    let number: Int
    let markdown: String
    let html: String
  }

  /// The examples of the specification.
  private static func examples() throws -> [Example] {
    let text = String(
      decoding: try Shared.contents("data/ingest/markdown/commonmark_spec.txt.gz"), as: UTF8.self)
    let fence = String(repeating: "`", count: 32)
    var examples: [Example] = []
    var current: [Substring]?
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line == "\(fence) example" {
        current = []
      } else if line == fence, let lines = current, let dot = lines.firstIndex(of: ".") {
        func joined(_ lines: ArraySlice<Substring>) -> String {
          lines.map { "\($0)\n" }.joined().replacing("→", with: "\t")
        }
        examples.append(
          Example(
            number: examples.count + 1, markdown: joined(lines[..<dot]),
            html: joined(lines[(dot + 1)...])))
        current = nil
      } else {
        current?.append(line)
      }
    }
    return examples
  }

  @Test(.enabled(if: Shared.exists, "needs ../shared"))
  func `all examples of the CommonMark specification come out as they say`() throws {
    let examples = try Self.examples()
    #expect(examples.count == 655)
    var wrong: [Int] = []
    for example in examples {
      let html = String(
        decoding: MarkdownHTML.html(of: Array(example.markdown.utf8)), as: UTF8.self)
      if html != example.html { wrong.append(example.number) }
    }
    #expect(wrong.isEmpty, "\(wrong.count) wrong: \(wrong)")
  }

  private static let note = """
    ---
    title: "A note: first"
    tags: [one, 'two, three']
    authors:
      - Ada
      - Ben
    summary: >
      folded
      text
    draft: true # not yet
    ---
    Intro with *words* and `code`.

    # Heading

    1. one
    2. two

    ```swift
    let a = 1
      let b = 2
    ```

    | a | b |
    |---|:-:|
    | 1 | 2 |

    Under
    -----
    End &amp; [link](http://x.y "t").
    """

  static let images = [
    (
      "![a ![b *c* `d`](e) [f](g)](h \"t\")",
      "<img src=\"h\" alt=\"a b c d f\" title=\"t\" />"
    ),
    (
      "![a ](b)\n*c ![d](e)* ![",
      "<img src=\"b\" alt=\"a \" />\n<em>c <img src=\"e\" alt=\"d\" /></em> !["
    ),
    (
      "[a ![b](c) [d](e)](f)",
      "[a <img src=\"c\" alt=\"b\" /> <a href=\"e\">d</a>](f)"
    ),
    (
      "[a [b](c) ![[d](e)](f) [g](h)",
      "[a <a href=\"c\">b</a> <img src=\"f\" alt=\"d\" /> <a href=\"h\">g</a>"
    ),
  ]

  @Test(arguments: images)
  func `images and links may lie in images, links not in links`(_ text: String, _ html: String) {
    #expect(
      String(decoding: MarkdownHTML.html(of: Array(text.utf8)), as: UTF8.self)
        == "<p>\(html)</p>\n")
  }

  @Test func `lists within lists are loose where blank lines divide their items`() {
    let text = "- a\n  - b\n    - c\n\n- d\n\n\n1. e\n   - f\n     - g\n2. h\n"
    #expect(
      String(decoding: MarkdownHTML.html(of: Array(text.utf8)), as: UTF8.self)
        == "<ul>\n<li>\n<p>a</p>\n<ul>\n<li>b\n<ul>\n<li>c</li>\n</ul>\n</li>\n</ul>\n</li>\n"
        + "<li>\n<p>d</p>\n</li>\n</ul>\n<ol>\n<li>e\n<ul>\n<li>f\n<ul>\n<li>g</li>\n</ul>\n"
        + "</li>\n</ul>\n</li>\n<li>h</li>\n</ol>\n")
  }

  @Test func `front matter becomes fields, marks go, code and tables stay`() throws {
    let folder = try TemporaryFolder()
    let result = try ingest(try folder.write(Self.note, to: "a.md"))
    let record = try #require(result.records.first)
    #expect(
      result.texts == [
        "Intro with words and code.\nHeading\none\ntwo\nlet a = 1\n  let b = 2\na b\n1 2\nUnder\n"
          + "End & link."
      ])
    #expect(record.metadata["title"] == "A note: first")
    #expect(record.metadata["tags"] == ["one", "two, three"])
    #expect(record.metadata["authors"] == ["Ada", "Ben"])
    #expect(record.metadata["summary"] == "folded text")
    #expect(record.metadata["draft"] == "true")
  }

  @Test func `front matter may be TOML, and blanks may stand behind its rules`() throws {
    let folder = try TemporaryFolder()
    let toml = try ingest(
      try folder.write(
        "+++\ntitle = \"A # b\"\ntags = [\n  'x',\n  'y',\n]\n# none\nlong = \"\"\"\none\ntwo\n\"\"\"\n"
          + "[extra]\nn = 1\n+++\n\nBody\n", to: "a.md"))
    #expect(toml.texts == ["Body"])
    #expect(
      toml.records[0].metadata
        == ["title": "A # b", "tags": ["x", "y"], "long": "one\ntwo", "extra": "n = 1"])
    let yaml = try ingest(try folder.write("--- \ntitle: x\n---\t\nBody\n", to: "b.md"))
    #expect(yaml.texts == ["Body"])
    #expect(yaml.records[0].metadata == ["title": "x"])
    let commented = try ingest(
      try folder.write(
        "+++\ntags = [\"a\", # \"x\"\n  \"b # c\"] # list\nlong = \"\"\"one\"\"\" # long\n"
          + "title = \"X\" # the title\ndate = 2024-01-01\n+++\nBody\n", to: "d.md"))
    let fields = commented.records.first?.metadata
    #expect(fields?["tags"] == ["a", "b # c"] && fields?["long"] == "one")
    #expect(fields?["title"] == "X" && fields?["date"] == "2024-01-01")
    let open = try ingest(try folder.write("+++\ntitle = 'x'\nBody\n", to: "c.md"))
    #expect(open.texts == ["+++ title = 'x' Body"])
  }

  @Test func `each heading begins a section`() throws {
    let folder = try TemporaryFolder()
    let result = try ingest(try folder.write(Self.note, to: "a.md"), ["parts": "true"])
    #expect(result.texts.map { $0.prefix(5) } == ["Intro", "Headi", "Under"])
    #expect(result.lines == [12, 14, 28])
    #expect(result.records.allSatisfy { $0.metadata["title"] == "A note: first" })
  }

  @Test(.timeLimit(.minutes(1)))
  func `hostile Markdown ends soon`() throws {
    for piece in [
      "[", "![", "*a **b ", "> ", "- ", "`", "<!--", "[a](<b", "_a*", "[a](b \"", "&#1",
    ] {
      let text = String(repeating: piece, count: 20_000)
      #expect(!MarkdownHTML.html(of: Array(text.utf8)).isEmpty)
    }
    let images = [("![a", 200_000), ("](x)", 200_000)].map { String(repeating: $0, count: $1) }
    let html = String(decoding: MarkdownHTML.html(of: Array(images.joined().utf8)), as: UTF8.self)
    let words = String(repeating: "a", count: 200_000)
    #expect(html == "<p><img src=\"x\" alt=\"\(words)\" /></p>\n")
    let links = [("[", 200_000), ("[a](b)", 200_000)].map { String(repeating: $0, count: $1) }
    #expect(!MarkdownHTML.html(of: Array(links.joined().utf8)).isEmpty)
    let definitions = (0..<20_000).map { "[a\($0)]: b\n" }.joined()
    #expect(MarkdownHTML.html(of: Array(definitions.utf8)).isEmpty)
  }

  @Test(.enabled(if: Shared.exists, "needs ../shared"))
  func `real readmes are read whole and by sections`() throws {
    for name in ["readme_llamafactory_en", "readme_llamafactory_zh"] {
      let path = Shared.path("data/ingest/markdown/\(name).md.gz")
      let text = try #require(try ingest(path).texts.first)
      #expect(text.utf8.count > 10_000)
      #expect(!text.contains("](") && !text.contains("|---"))
      #expect(try ingest(path, ["parts": "true"]).records.count > 30)
    }
  }
}
