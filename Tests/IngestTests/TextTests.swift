import Records
import Stages
import TestSupport
import Testing

@Suite struct TextTests {
  private static let poem = "One\r\nTwo\r\n\r\n\r\nThree\nVier\n\n"

  @Test func `plain text is divided as asked`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(Self.poem, to: "a.txt")
    let lines = try ingest(path)
    #expect(lines.texts == ["One", "Two", "Three", "Vier"])
    #expect(lines.lines == [1, 2, 5, 6])
    #expect(lines.dropped == ["blank-line": 3])
    let paragraphs = try ingest(path, ["split": "paragraph"])
    #expect(paragraphs.texts == ["One\nTwo", "Three\nVier"])
    #expect(paragraphs.lines == [1, 5])
    #expect(try ingest(path, ["split": "file"]).texts == [Self.poem])
  }

  static let encodings: [(encoding: String, bytes: [UInt8])] = [
    ("latin-1", Array("Pr".utf8) + [0xFC] + Array("fung\n".utf8)),
    ("auto", [0xFF, 0xFE] + "Prüfung\n".utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }),
    ("auto", [0xFE, 0xFF] + "Prüfung\n".utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] }),
    ("auto", [0xEF, 0xBB, 0xBF] + Array("Prüfung\n".utf8)),
    ("utf-8", [0xEF, 0xBB, 0xBF] + Array("Prüfung\n".utf8)),
    ("UTF-16LE", "Prüfung\n".utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }),
  ]

  @Test(arguments: encodings.indices)
  func `files in another encoding are converted`(_ index: Int) throws {
    let folder = try TemporaryFolder()
    let row = Self.encodings[index]
    let path = try folder.write(bytes: row.bytes, to: "a.txt")
    #expect(try ingest(path, ["encoding": row.encoding]).texts == ["Prüfung"])
  }

  @Test func `GB18030 is converted across chunks`() throws {
    let folder = try TemporaryFolder()
    // An odd start makes every chunk end within a character.
    let bytes = [0x61] + Array(repeatElement([UInt8(0xD6), 0xD0], count: 1_200_000).joined())
    let result = try ingest(
      try folder.write(bytes: bytes, to: "a.txt"), ["encoding": "gb18030"])
    #expect(result.texts.first?.utf8.count == 1 + 3 * 1_200_000)
  }

  @Test func `bytes that are not UTF-8 name line and byte, and what they look like`() throws {
    let folder = try TemporaryFolder()
    let german = "Die Übergröße der Prüfung für die Ärzte ist schön und größer als früher."
    // Too little of it stands among UTF-8 for the file to be taken for something else.
    let fine = "fine, süß, böse, übel, größer, älter, öfter, müde, heiß, weiß, Fuß\n"
    let bytes = Array(fine.utf8) + german.unicodeScalars.map { UInt8($0.value) }
    for (name, format) in [("a.txt", "auto"), ("a.csv", "text")] {
      let result = try ingest(try folder.write(bytes: bytes, to: name), ["format": format])
      #expect(result.texts == [String(fine.dropLast())])
      #expect(result.codes == ["invalid-utf8"])
      #expect(result.faults[0].source?.line == 2)
      #expect(result.faults[0].message.contains("byte 5 of the record (0xDC)"))
      #expect(result.faults[0].remedy?.contains("encoding: ISO-8859-1") == true)
    }
    let json = Array("{\"text\":\"a\"}\n{\"text\":\"".utf8) + [0xE9] + Array("\"}\n".utf8)
    let result = try ingest(try folder.write(bytes: json, to: "b.jsonl"))
    #expect(result.codes == ["invalid-utf8"])
    #expect(result.texts == ["a"])
  }

  @Test func `bytes that are no text of the encoding named end the file`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(bytes: [0x61, 0x0A, 0xFF, 0xFF], to: "a.txt")
    #expect(try ingest(path, ["encoding": "shift_jis"]).codes == ["invalid-encoding"])
  }

  @Test func `what is neither text nor known says so`() throws {
    let folder = try TemporaryFolder()
    for (bytes, code) in [
      (Array("%PDF-1.7\n".utf8), "unsupported-format"), ([0x7F, 0x45, 0, 1], "unknown-format"),
    ] {
      let result = try ingest(try folder.write(bytes: bytes, to: "a"))
      #expect(result.codes == [code])
      #expect(result.faults[0].remedy?.hasPrefix("convert it") == true)
    }
  }
}
