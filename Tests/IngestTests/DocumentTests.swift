import Ingest
import Records
import Stages
import TestSupport
import Testing

/// DOCX, EPUB and PDF, on files that `Scripts/ingest_documents.py` writes.
@Suite struct DocumentTests {
  private static func path(_ name: String) -> String {
    "\(Shared.project)/Tests/Fixtures/Documents/\(name)"
  }

  // MARK: - DOCX

  @Test func `a DOCX is its paragraphs, lists, tables and notes in order`() throws {
    let result = try ingest(Self.path("report.docx"))
    #expect(
      result.texts == [
        """
        A report
        First bold text.[1]
        Methods
        1. one
        2. two
        1. inner
        3. three
        - bullet
        kept end\ttab
        line
        open
        Name\tDose
        A & B\t5 mg
        in a box
        Größe, 大小
        a link
        [1] A note.
        """
      ])
    #expect(result.records[0].metadata == ["title": "Report of 2026", "author": "Ada Example"])
  }

  @Test func `the sections of a DOCX begin at its headings`() throws {
    let result = try ingest(Self.path("report.docx"), ["parts": "true"])
    #expect(
      result.records.map { $0.metadata["section"] } == ["A report", "Methods", "Größe, 大小"])
    #expect(result.texts[2] == "Größe, 大小\na link\n[1] A note.")
  }

  @Test func `other office files and entities in a DOCX are refused`() throws {
    let sheet = try ingest(Self.path("table.xlsx.docx"))
    #expect(sheet.codes == ["invalid-docx"])
    #expect(sheet.faults[0].message.contains("spreadsheet"))
    #expect(try ingest(Self.path("bomb.docx")).codes == ["xml-entities"])
  }

  @Test(arguments: ["9223372036854775807", "-900000000", "-9223372036854775808", "12", "x", ""])
  func `a level of a list that no document has is the nearest that is one`(_ level: String) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(bytes: WordFile.bytes(levels: ["0", level, "0"]), to: "a.docx")
    let isDeep = Int(level).map { $0 > 0 } == true
    #expect(
      try ingest(path).texts
        == [isDeep ? "1. item\n1. item\n2. item" : "1. item\n2. item\n3. item"])
  }

  // MARK: - EPUB

  @Test func `a book is its chapters in the order they are read`() throws {
    let result = try ingest(Self.path("book.epub"))
    #expect(result.texts == ["One\nIt began & went on.\n\nTwo\nIt ended."])
    #expect(
      result.records[0].metadata
        == ["title": "The Book", "author": "Ann Author, Ben Writer", "language": "en"])
    let chapters = try ingest(Self.path("book.epub"), ["parts": "true"])
    #expect(chapters.texts == ["One\nIt began & went on.", "Two\nIt ended."])
    #expect(chapters.records.map { $0.metadata["chapter"] } == ["One", "Two"])
  }

  @Test func `locked and incomplete books say what is wrong`() throws {
    #expect(try ingest(Self.path("locked.epub")).codes == ["encrypted-epub"])
    let missing = try ingest(Self.path("missing.epub"))
    #expect(missing.codes == ["invalid-epub"])
    #expect(missing.faults[0].message.contains("second part.xhtml"))
  }

  @Test func `chapters are found from the top of the archive, and none is left out unsaid`() throws
  {
    let folder = try TemporaryFolder()
    let absolute = BookFile.bytes(["<p>a</p>"], folder: "/OEBPS/")
    #expect(try ingest(try folder.write(bytes: absolute, to: "a.epub")).texts == ["a"])
    let unlisted = BookFile.bytes(["<p>a</p>"], spine: ["c0", "other"])
    let result = try ingest(try folder.write(bytes: unlisted, to: "b.epub"))
    #expect(result.codes == ["invalid-epub"])
    #expect(result.faults[0].message.contains("'other'"))
  }

  @Test(arguments: [
    ("properties=\"svg nav\" id=\"c0\"", "", false),
    // Books of EPUB 2 have it at the head of a file that may hold all the text.
    ("id=\"c0\"", "<guide><reference type=\"toc\" href=\"0.xhtml\"/></guide>", true),
  ]) func `tables of contents are no text`(item: String, guide: String, isRead: Bool) throws {
    let folder = try TemporaryFolder()
    func book(_ chapters: [String]) throws -> String {
      let members = BookFile.members(chapters).map {
        (
          name: $0.name,
          text: $0.text.replacing("id=\"c0\"", with: item)
            .replacing("</package>", with: "\(guide)</package>")
        )
      }
      return try folder.write(bytes: storedZip(members), to: "\(chapters.count).epub")
    }
    let text = try ingest(try book(["<p>Contents</p>", "<p>a</p>"])).texts.joined()
    #expect(text.contains("Contents") == isRead)
    #expect(text.contains("a"))
    // Where there is nothing else it is what the book holds.
    #expect(try ingest(try book(["<nav>All</nav>"])).texts == ["All"])
  }

  // MARK: - PDF

  static let hasProgram = TextProgram.find("pdftotext") != nil

  @Test(.enabled(if: hasProgram, "needs pdftotext"))
  func `a PDF is its pages`() throws {
    #expect(
      try ingest(Self.path("pages.pdf")).texts == ["Page one.\nSecond line.\n\nPage three."])
    let pages = try ingest(Self.path("pages.pdf"), ["parts": "true"])
    #expect(pages.texts == ["Page one.\nSecond line.", "Page three."])
    #expect(pages.records.map { $0.metadata["page"] } == [1, 3])
  }

  @Test(.enabled(if: hasProgram, "needs pdftotext"))
  func `locked, broken and scanned PDFs say what is wrong`() throws {
    #expect(try ingest(Self.path("locked.pdf")).codes == ["encrypted-pdf"])
    #expect(try ingest(Self.path("scanned.pdf")).codes == ["no-text"])
    let folder = try TemporaryFolder()
    let broken = try folder.write(bytes: Array("%PDF-1.4\nnonsense".utf8), to: "a.pdf")
    #expect(try ingest(broken).codes == ["invalid-pdf"])
  }

  // MARK: - Hostile files

  @Test(.timeLimit(.minutes(2)), arguments: ["report.docx", "book.epub"])
  func `broken copies end in records and faults`(_ name: String) throws {
    let folder = try TemporaryFolder()
    let bytes = try FileReader.contents(Self.path(name))
    var random = CounterRandom(seed: 5, purpose: "documents", record: name)
    for _ in 0..<200 {
      var copy = bytes
      for _ in 0...random.below(3) { copy[random.below(copy.count)] = UInt8(random.below(256)) }
      if random.below(4) == 0 { copy.removeLast(random.below(copy.count)) }
      let result = try ingest(
        try folder.write(bytes: copy, to: name),
        ["format": name.hasSuffix("docx") ? "docx" : "epub"])
      #expect(result.records.count + result.faults.count + result.dropped.count > 0)
    }
  }
}
