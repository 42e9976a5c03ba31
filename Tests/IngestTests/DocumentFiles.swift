/// DOCX made of a few members.
enum WordFile {
  private static let space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"

  /// Paragraphs, each of a style.
  static func bytes(_ paragraphs: [(style: String, text: String)]) -> [UInt8] {
    bytes(
      body: paragraphs.map {
        "<w:p><w:pPr><w:pStyle w:val=\"\($0.style)\"/></w:pPr><w:r><w:t>\($0.text)</w:t></w:r></w:p>"
      }.joined())
  }

  /// Items of a list, each of a level as it is written.
  static func bytes(levels: [String]) -> [UInt8] { bytes(body: items(levels)) }

  /// Items of a list, each of a level as it is written.
  static func items(_ levels: [String]) -> String {
    levels.map {
      "<w:p><w:pPr><w:numPr><w:ilvl w:val=\"\($0)\"/><w:numId w:val=\"1\"/></w:numPr></w:pPr>"
        + "<w:r><w:t>item</w:t></w:r></w:p>"
    }.joined()
  }

  static func bytes(body: String) -> [UInt8] { storedZip(members(body)) }

  /// The members of a document with one numbering.
  static func members(_ body: String) -> [(name: String, text: String)] {
    [
      // By this member an archive is told to be a document.
      ("[Content_Types].xml", "<Types/>"),
      (
        "word/document.xml",
        "<w:document xmlns:w=\"\(space)\"><w:body>\(body)</w:body></w:document>"
      ),
      (
        "word/numbering.xml",
        "<w:numbering xmlns:w=\"\(space)\"><w:abstractNum w:abstractNumId=\"0\">"
          + "<w:lvl w:ilvl=\"0\"><w:numFmt w:val=\"decimal\"/></w:lvl></w:abstractNum>"
          + "<w:num w:numId=\"1\"><w:abstractNumId w:val=\"0\"/></w:num></w:numbering>"
      ),
    ]
  }
}

/// EPUB made of a few members.
enum BookFile {
  /// A book of chapters, which `spine` names by their numbers from 0, in a folder `OEBPS`.
  static func bytes(
    _ chapters: [String], spine: [String]? = nil, folder: String = ""
  ) -> [UInt8] {
    storedZip(members(chapters, spine: spine, folder: folder))
  }

  static func members(
    _ chapters: [String], spine: [String]? = nil, folder: String = ""
  ) -> [(name: String, text: String)] {
    let items = chapters.indices.map { "<item id=\"c\($0)\" href=\"\(folder)\($0).xhtml\"/>" }
    let order = (spine ?? chapters.indices.map { "c\($0)" }).map { "<itemref idref=\"\($0)\"/>" }
    let book: [(name: String, text: String)] = [
      (
        "META-INF/container.xml",
        "<container><rootfiles><rootfile full-path=\"OEBPS/a.opf\"/></rootfiles></container>"
      ),
      (
        "OEBPS/a.opf",
        "<package><metadata/><manifest>\(items.joined())</manifest>"
          + "<spine>\(order.joined())</spine></package>"
      ),
    ]
    return book
      + chapters.enumerated().map {
        ("OEBPS/\($0.offset).xhtml", "<html><body>\($0.element)</body></html>")
      }
  }
}
