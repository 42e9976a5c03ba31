import Records
import Stages
import TestSupport
import Testing

@Suite struct MediaWikiTests {
  private static func page(_ text: String, more: String = "<ns>0</ns>") -> String {
    let escaped = text.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
    return "<page><title>T</title>\(more)<id>7</id><revision><id>1</id><timestamp>2026</timestamp>"
      + "<text xml:space=\"preserve\">\(escaped)</text></revision></page>"
  }

  private func read(_ pages: String...) throws -> Ingested {
    let folder = try TemporaryFolder()
    let dump = "<mediawiki xmlns=\"http://www.mediawiki.org/xml/export-0.10/\">"
    return try ingest(try folder.write(dump + pages.joined() + "</mediawiki>", to: "a.xml"))
  }

  static let table: [(wikitext: String, text: String)] = [
    ("'''Bold''' and ''slanted'' '''''both'''''", "Bold and slanted both"),
    ("See [[Page]] and [[Page|words]], [[:Category:X|x]].", "See Page and words, x."),
    ("[http://a.b words] [http://a.b]", "words"),
    ("a{{cite|b{{c}}|d}}e {{lang|de|Größe}} {{convert|30|km}}", "ae Größe 30 km"),
    ("a<ref>no</ref>b<ref name=x/>c<!-- no -->d", "abcd"),
    ("== Head ==\nText\n=== Empty ===\n== Empty too ==\n", "Head\nText"),
    ("* one\n** two\n# three\n: four", "one\ntwo\nthree\nfour"),
    ("x\n{| class=a\n| cell\n{| inner\n|}\n|}\ny", "x\n\ny"),
    ("{|\n| a {{b|\n|}}\n| c\n{{d\n| e\n|}}\n|}\nend", "end"),
    ("a\n : {|\n| b |} c\n|}\nd {| e\n|} f", "a\n\nd {| e\n|} f"),
    ("[[a [[b|c]]", "a c"), ("[[a|b [[c|d]] e]]", "b d e"),
    ("[[File:a.png|thumb|A [[link]] here]]text[[Category:X]][[de:Seite]]", "text"),
    ("a &nbsp;b &amp; <b>c</b><br>d", "a \u{A0}b & c\nd"),
    ("open {{ never [[ closed {| at", "open never closed {| at"),
    ("one\n\n\n\ntwo", "one\n\ntwo"),
  ]

  @Test(arguments: table.indices)
  func `wikitext becomes the text a reader sees`(_ index: Int) throws {
    #expect(try read(Self.page(Self.table[index].wikitext)).texts == [Self.table[index].text])
  }

  @Test func `articles are kept, redirects and other pages counted`() throws {
    let result = try read(
      Self.page("text"), Self.page("#REDIRECT [[X]]"),
      Self.page("x", more: "<ns>0</ns><redirect title=\"X\"/>"),
      Self.page("talk", more: "<ns>1</ns>"))
    #expect(result.texts == ["text"])
    #expect(result.dropped == ["no-article": 3])
    #expect(result.records[0].metadata == ["title": "T", "id": "7", "timestamp": "2026"])
  }

  @Test(.timeLimit(.minutes(1)))
  func `hostile wikitext ends soon`() throws {
    for piece in ["{{", "[[", "<ref>", "{|\n", "<!--", "'''", "[http", " : {|"] {
      let result = try read(Self.page("x" + String(repeating: piece, count: 50_000)))
      #expect(result.records.count + result.dropped.count == 1)
    }
    for (open, close) in [("[[a|", "]]"), ("[[a", "]]"), ("{{a|", "}}"), ("{|\n", "\n|}")] {
      let text = [open, close].map { String(repeating: $0, count: 300_000) }.joined()
      #expect(try read(Self.page("x\n\(text)")).records.count == 1)
    }
  }

  @Test(.enabled(if: Shared.exists, "needs ../shared"), .timeLimit(.minutes(1)))
  func `a dump of Wikipedia gives its articles without markup`() throws {
    let folder = try TemporaryFolder()
    let dump = "data/ingest/wiki_dump/enwiki-shortened.xml.bz2"
    try Shared.unpack(dump, into: folder.path)
    let result = try ingest("\(folder.path)/enwiki-shortened.xml")
    #expect(result.records.count == 106)
    #expect(result.dropped == ["no-article": 100])
    let marked = result.texts.filter {
      $0.contains("{{") || $0.contains("[[Category") || $0.contains("<ref")
    }
    #expect(marked.isEmpty, "\(marked.map { $0.prefix(60) })")
  }
}
