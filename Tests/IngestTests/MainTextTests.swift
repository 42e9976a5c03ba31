import Records
import Stages
import TestSupport
import Testing

@Suite struct MainTextTests {
  private static let sentence =
    "The committee, which met on Tuesday, agreed that the plan, though costly, should go ahead. "
  private static func paragraph(_ mark: String, _ count: Int = 2) -> String {
    "<p>\(mark): \(String(repeating: sentence, count: count))</p>"
  }

  private static var page: String {
    """
    <html><head><title>The plan goes ahead - Site</title></head><body class="has-sidebar">
    <nav><a href=/>Home</a> <a href=/a>About the site and its long history</a></nav>
    <div class="cookie-banner"><p>We use cookies, and partners do too, to make this site better.</p></div>
    <div id="content"><h1>The plan goes ahead</h1><div class="byline">By A. Writer</div>
    \(paragraph("First"))<p>Read more: <a href=/x>Another story</a></p>
    \(paragraph("Second"))<h2>Costs</h2><ul><li>ten of these</li><li>twenty of those</li></ul>
    <pre>let a = 1
      let b = 2</pre><table><tr><td>Item</td><td>Cost</td></tr></table>\(paragraph("Third"))
    <ul><li><a href=/1>A link to one</a></li><li><a href=/2>A link to two</a></li></ul>
    <h3>Related</h3></div>
    <div class="comments">\(paragraph("Comment", 6))</div>
    <div class="sidebar">\(paragraph("Aside", 1))</div><footer>Imprint, and the like</footer></body></html>
    """
  }

  private func texts(_ page: String, _ parameters: [String: String] = [:]) throws -> [String] {
    let folder = try TemporaryFolder()
    return try ingest(try folder.write(page, to: "a.html"), parameters).texts
  }

  @Test func `the main text is the article with its lists, tables and code`() throws {
    let text = try #require(try texts(Self.page).first)
    #expect(text.hasPrefix("First: "))
    let lines = text.split(separator: "\n").map { $0.prefix(6) }
    #expect(
      lines == [
        "First:", "Second", "Costs", "ten of", "twenty", "let a ", "  let ", "Item C", "Third:",
      ])
  }

  @Test func `the whole text has all that a reader sees`() throws {
    let text = try #require(try texts(Self.page, ["html": "whole"]).first)
    for part in ["Home", "cookies", "By A.", "Read more", "Comment", "Aside", "Imprint"] {
      #expect(text.contains(part))
    }
  }

  @Test func `a box named after its sidebar is still the article`() throws {
    let body = (0..<8).map { Self.paragraph("P\($0)") }.joined()
    let page = "<html><body><div class=\"content-with-sidebar\">\(body)</div></body></html>"
    let text = try #require(try texts(page).first)
    #expect(text.hasPrefix("P0") && text.contains("P7"))
  }

  @Test(.timeLimit(.minutes(1)))
  func `large and hostile pages end soon`() throws {
    let attributes = (0..<1_000_000).map { "a\($0)=b" }.joined(separator: " ")
    #expect(try texts("<p \(attributes)>x") == ["x"])
    let unclosed = String(repeating: "<div><p>\(Self.sentence)</p>", count: 1500)
    #expect(try texts("<html><body>\(unclosed)").first?.isEmpty == false)
    let cells = String(repeating: "<table><tr><td>", count: 600) + Self.sentence
    #expect(try texts(cells).first?.isEmpty == false)
    let links = String(repeating: "<a href=x>", count: 100_000)
    #expect(try texts("<p>text \(links)").count == 1)
    for piece in ["</p>", "<!--", "</b></i>", "&amp", "<li>", "<tr>", "<option>", "<b"] {
      let page = "text " + String(repeating: piece, count: 100_000)
      #expect(try texts(page).count == 1)
    }
  }

  @Test(.enabled(if: Shared.exists, "needs ../shared"))
  func `the gold pages are read as well as by the best extractors`() throws {
    let root = "data/ingest/article_extraction"
    let gold = try JSONValue.parse(Shared.contents("\(root)/ground-truth.json.gz"))
    let pages = try ingest(Shared.path("\(root)/html/*.html.gz"))
    #expect(pages.faults.isEmpty)
    #expect(pages.records.count == 181)
    var precision = 0.0
    var recall = 0.0
    for record in pages.records {
      guard case .text(let text) = record.content else { continue }
      let key = String(record.source.file.prefix { $0 != "." })
      let score = Self.score(try #require(gold[key]?["articleBody"]?.string), text)
      precision += score.precision / 181
      recall += score.recall / 181
    }
    let f1 = 2 * precision * recall / (precision + recall)
    #expect(f1 >= 0.96, "precision \(precision), recall \(recall)")
  }

  /// The measure of the article extraction benchmark: shingles of four words.
  private static func score(_ gold: String, _ found: String) -> (precision: Double, recall: Double)
  {
    let (gold, found) = (shingles(gold), shingles(found))
    let hits = Double(gold.reduce(0) { $0 + min($1.value, found[$1.key] ?? 0) })
    let (wanted, got) = (gold.values.reduce(0, +), found.values.reduce(0, +))
    return (hits / Double(max(got, 1)), hits / Double(max(wanted, 1)))
  }

  private static func shingles(_ text: String) -> [[String]: Int] {
    let words = text.unicodeScalars.split { scalar in
      !(scalar.properties.isAlphabetic || scalar == "_" || scalar.properties.numericType != nil)
    }.map { String($0) }
    var counts: [[String]: Int] = [:]
    for start in 0..<max(1, words.count - 3) {
      counts[Array(words[start...].prefix(4)), default: 0] += 1
    }
    return counts
  }
}
