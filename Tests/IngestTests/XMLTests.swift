import Records
import Stages
import TestSupport
import Testing

@Suite struct XMLTests {
  private static let corpus = """
    <?xml version="1.0"?>
    <Corpus xmlns:x="urn:x"><Document id="d1"><Question qid="7">What &amp; why?</Question>
      <Answers><Answer lang="en"> Because <b>so</b>. </Answer><Answer>Also.</Answer></Answers>
    </Document>
    <x:Document><Question><![CDATA[a < b?]]></Question></x:Document></Corpus>
    """

  @Test func `elements of a path are records, mapped by child and attribute`() throws {
    let folder = try TemporaryFolder()
    let result = try ingest(
      try folder.write(Self.corpus, to: "a.xml"), ["record": "//Corpus/Document"],
      fields: TextMap([
        ("text", "Question"), ("metadata.answers", "Answers/Answer"), ("metadata.id", "@id"),
      ]))
    let record = try #require(result.records.first)
    #expect(record.content == .text("What & why?"))
    #expect(record.metadata == ["answers": "Because so.\nAlso.", "id": "d1"])
    // The second document has neither answers nor an id.
    #expect(result.codes == ["missing-field"])
  }

  @Test func `a tag of very many attributes is refused before the library compares each with each`()
    throws
  {
    let folder = try TemporaryFolder()
    func read(_ content: String) throws -> Ingested {
      try ingest(try folder.write("<r>\(content)</r>", to: "a.xml"), ["record": "//q"])
    }
    func attributes(_ count: Int) -> String {
      (0..<count).map { " a\($0)='='" }.joined()
    }
    let many = try read("<q\(attributes(100_000))>x</q>")
    #expect(many.codes == ["invalid-xml"])
    #expect(many.faults[0].message.contains("more than 1000 attributes"), "\(many.faults)")
    #expect(try read("<q\(attributes(1000))><text>x</text></q>").texts == ["x"])
    // What looks like attributes elsewhere is none.
    let code = String(repeating: "<a b = 'c = ", count: 2000)
    for text in [
      "<![CDATA[\(code)]]]>", "<!-- \(code.replacing("--", with: "")) -->", "<?p \(code)??>",
    ] {
      let result = try read("<q><text>x\(text)</text></q><q><text>y</text></q>")
      #expect(result.texts.map { $0.prefix(1) } == ["x", "y"], "\(result.faults)")
    }
  }

  @Test func `without fields children and attributes are the fields`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(
      "<r><i n='1'><text>a</text></i><i><text>b</text><label>x</label></i></r>", to: "a.xml")
    let result = try ingest(path)
    #expect(result.texts == ["a", "b"])
    #expect(result.lines == [1, 2])
    #expect(result.records[0].metadata == ["@n": "1"])
    #expect(result.records[1].label == Label("x"))
  }

  static let paths: [(path: String, texts: [String])] = [
    ("//Question", ["What & why?", "a < b?"]),
    ("/Corpus/Document/Question", ["What & why?", "a < b?"]),
    ("Document/*", ["What & why?", "Because so.\nAlso.", "a < b?"]), ("/Question", []),
    ("//Answers/Answer", ["Because so.", "Also."]),
  ]

  @Test(arguments: paths.indices)
  func `paths name elements by their ancestors`(_ index: Int) throws {
    let folder = try TemporaryFolder()
    let result = try ingest(
      try folder.write(Self.corpus, to: "a.xml"), ["record": Self.paths[index].path],
      fields: TextMap([("text", ".")]))
    #expect(result.texts == Self.paths[index].texts)
    #expect(result.codes == (Self.paths[index].texts.isEmpty ? ["empty-file"] : []))
  }

  static let parts: [(path: String, text: String)] = [
    ("@id", "d1"), ("Answers/Answer[@lang='en']", "Because so."), ("Answers/Answer[2]", "Also."),
    (".//Answer", "Because so.\nAlso."), ("Answers//b", "so"), ("Question/@qid", "7"),
    ("Answers/Answer[not(b)]", "Also."), ("Answers/Answer[b='so']/@lang", "en"),
    ("Nothing ?? none", "none"), ("Nothing ?? ' a '", " a "), ("Question ?? none", "What & why?"),
    ("Question | Answers/Answer[2]", "What & why?\nAlso."),
    ("Answers/Answer[1]/text()", "Because ."),
    ("x:Nothing | Answers/*[2]", "Also."),
  ]

  @Test(arguments: parts.indices)
  func `fields are found by paths, conditions and defaults`(_ index: Int) throws {
    let folder = try TemporaryFolder()
    let result = try ingest(
      try folder.write(Self.corpus, to: "a.xml"), ["record": "Document[@id]"],
      fields: TextMap([("text", Self.parts[index].path)]))
    #expect(result.texts == [Self.parts[index].text])
  }

  @Test func `a path that cannot be read is told by name`() throws {
    let folder = try TemporaryFolder()
    let result = try ingest(
      try folder.write(Self.corpus, to: "a.xml"), fields: TextMap([("text", "a[b")]))
    #expect(result.codes == ["invalid-path"])
  }

  @Test func `elements beside each other are lines, elements in text are not`() throws {
    let folder = try TemporaryFolder()
    let xml = "<r><s><title>Aims</title><p>To <i>see</i>.</p>\n  <p>To tell.</p></s></r>"
    #expect(
      try ingest(try folder.write(xml, to: "a.xml"), fields: TextMap([("text", ".")])).texts
        == ["Aims\nTo see.\nTo tell."])
  }

  @Test func `a file in Latin-1 says so itself`() throws {
    let folder = try TemporaryFolder()
    let bytes =
      Array("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><r><i>Gr".utf8) + [0xF6, 0xDF]
      + Array("e</i></r>".utf8)
    let result = try ingest(try folder.write(bytes: bytes, to: "a.xml"))
    #expect(result.texts == ["Größe"])
    let told = try ingest(
      try folder.write(
        bytes: Array("<r><i>".utf8) + [0xD6, 0xD0] + Array("</i></r>".utf8), to: "b.xml"),
      ["encoding": "gb18030"])
    #expect(told.texts == ["中"])
  }

  static let bombs: [(name: String, xml: String)] = [
    (
      "laughs",
      "<!DOCTYPE r [<!ENTITY a \"lol\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\">"
        + "<!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;\"><!ENTITY d \"&c;&c;&c;&c;&c;&c;&c;&c;\">]>"
        + "<r><i>&d;</i></r>"
    ),
    ("external", "<!DOCTYPE r [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><r><i>&x;</i></r>"),
    (
      "parameter",
      "<!DOCTYPE r [<!ENTITY % p SYSTEM \"file:///etc/passwd\"> %p;]><r><i>text</i></r>"
    ),
    (
      "loop", "<!DOCTYPE r [<!ENTITY a \"&b;\"><!ENTITY b \"&a;\">]><r><i>&a;</i></r>"
    ),
  ]

  @Test(.timeLimit(.minutes(1)), arguments: bombs.indices)
  func `files that define entities are refused`(_ index: Int) throws {
    let folder = try TemporaryFolder()
    let result = try ingest(try folder.write(Self.bombs[index].xml, to: "a.xml"))
    #expect(result.records.isEmpty)
    #expect(result.codes == ["xml-entities"])
  }

  @Test func `an outside definition is not fetched`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(
      "<!DOCTYPE r SYSTEM \"file:///etc/passwd\"><r><i>text</i></r>", to: "a.xml")
    #expect(try ingest(path).texts == ["text"])
  }

  static let broken = [
    "<r><i>a</i><i>b</r>", "<r><i>a</i>", "no xml", "<r><i>&undefined;</i></r>",
    "<r><i>a</i></r><r>", String(repeating: "<a>", count: 100_000),
  ]

  @Test(arguments: broken.indices)
  func `broken files are a fault with its line`(_ index: Int) throws {
    let folder = try TemporaryFolder()
    let result = try ingest(try folder.write(Self.broken[index], to: "a.xml"))
    #expect(result.codes == ["invalid-xml"])
    #expect(result.faults[0].source?.line ?? 0 > 0)
  }

  @Test(.enabled(if: Shared.exists, "needs ../shared"))
  func `articles of PubMed Central give their abstracts`() throws {
    let result = try ingest(
      Shared.path("data/medical/pubmed_xml/*.nxml.gz"), ["record": "/article"],
      fields: TextMap([
        ("text", "front/article-meta/abstract"),
        ("title", "front/article-meta/title-group/article-title"), ("type", "@article-type"),
      ]))
    #expect(result.faults.isEmpty)
    #expect(result.records.count == 8)
    #expect(result.texts.allSatisfy { $0.utf8.count > 500 })
    #expect(result.records.allSatisfy { $0.metadata["type"] == "research-article" })
  }

  @Test func `records before the fault are kept`() throws {
    let folder = try TemporaryFolder()
    let items = (0..<1000).map { "<i>\($0)</i>\n" }.joined()
    let result = try ingest(try folder.write("<r>\(items)<broken</r>", to: "a.xml"))
    #expect(result.codes == ["invalid-xml"])
    #expect(result.records.count == 1000)
    #expect(result.faults[0].source?.line == 1001)
  }

  @Test(arguments: [
    ("<i>b</j>", ["a"]), ("<i>b &none;</i>", ["a"]), ("<i>b", ["a"]),
    ("<i>b</i></r>x", ["a", "b"]), ("<i>b <e k='", ["a"]), ("<i>b <e k='<'/></i></r>", ["a"]),
    ("<i>b</i><e k='", ["a", "b"]), ("<i>b <e !/></i></r>", ["a"]),
    ("<i>b\u{1}</i><i>c</i></r>", ["a"]), ("<s><i>b</i><i>c</s></r>", ["a", "b"]),
  ]) func `in a short file too, and none that is not whole`(rest: String, texts: [String]) throws {
    let folder = try TemporaryFolder()
    let result = try ingest(
      try folder.write("<r>\n<i>a</i>\n\(rest)", to: "a.xml"), ["record": "//i"])
    #expect(result.texts == texts)
    #expect(result.codes == ["invalid-xml"])
    #expect(result.faults[0].source?.line == 3)
  }

  @Test func `a file of many records is read across chunks`() throws {
    let folder = try TemporaryFolder()
    let items = (0..<20_000).map { "<i n=\"\($0)\">text <b>number</b> \($0) 中文</i>\n" }
    let result = try ingest(
      try folder.write("<r>\(items.joined())</r>", to: "a.xml"),
      fields: TextMap([("text", "."), ("label", "@n")]))
    #expect(result.texts == (0..<20_000).map { "text number \($0) 中文" })
    #expect(result.records.last?.label == Label("19999"))
  }
}
