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

  @Test(arguments: ["a.txt", "a.jsonl", "a.csv"])
  func `very many blank lines in a row are reported as one`(_ name: String) throws {
    let folder = try TemporaryFolder()
    let first = name == "a.csv" ? "text\n" : ""
    let record = name == "a.jsonl" ? "{\"text\": \"one\"}\n" : "one\n"
    let blanks = String(repeating: "\n", count: 1000)
    let path = try folder.write(
      "\(first)\(record)\(blanks)\(record)\n\n\(record)\(blanks)", to: name)
    let result = try ingest(path)
    #expect(result.texts == ["one", "one", "one"])
    let line = name == "a.csv" ? 2 : 1
    #expect(result.lines == [line, line + 1001, line + 1004])
    // Of each long row a hundred lines of their own and one for the rest.
    #expect(result.dropped == ["blank-line": 101 + 2 + 101])
    let reasons = result.reasons.filter { !$0.detail.isEmpty }
    #expect(reasons.map(\.detail) == [["lines": 900], ["lines": 900]])
    #expect(try ingest(path, ["limit": "1"]).texts == ["one"])
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
      // The superset of ISO 8859-1 that files use.
      #expect(result.faults[0].remedy?.contains("encoding: windows-1252") == true)
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
    let unknown = try ingest(try folder.write(bytes: [0x7F, 0x45, 0, 1], to: "a"))
    #expect(unknown.codes == ["unknown-format"])
    #expect(unknown.faults[0].remedy?.hasPrefix("convert it") == true)
    let document = try ingest(try folder.write("%PDF-1.7\n", to: "a.jsonl"))
    #expect(document.codes == ["unsupported-format"])
    #expect(document.faults[0].remedy?.contains("format: pdf") == true)
  }

  @Test func `sentences are records, lines of a paragraph run together`() throws {
    let folder = try TemporaryFolder()
    let text = "It was\nlate. Was it? Mr. Fox said so.\n\n他来了。她走了。\n"
    let result = try ingest(try folder.write(text, to: "a.txt"), ["split": "sentence"])
    #expect(result.texts.first == "It was late.")
    #expect(result.texts.suffix(2) == ["他来了。", "她走了。"])
    #expect(result.lines.last == 4)
  }

  @Test func `chapters begin at lines of a pattern`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("Intro\n\nCHAPTER I. A\none\n\nChapter 2\ntwo\n", to: "a.txt")
    let result = try ingest(path, ["split": "chapter"])
    #expect(result.texts == ["Intro", "CHAPTER I. A\none", "Chapter 2\ntwo"])
    #expect(result.lines == [1, 3, 6])
    #expect(
      try ingest(path, ["split": "chapter", "chapter": "^(one|two)$"]).texts
        == ["Intro\n\nCHAPTER I. A", "one\n\nChapter 2", "two"])
    #expect(throws: (any Error).self) {
      try ingest(path, ["split": "chapter", "chapter": "("])
    }
  }

  @Test(arguments: [(20, 0), (20, 8), (50, 10), (7, 6), (1, 0)])
  func `windows hold the text, each within its size`(_ size: Int, _ overlap: Int) throws {
    let folder = try TemporaryFolder()
    let text = "One two three four five six.\nSeven eight nine ten 中文字符没有空格的一行文字 end.\n"
    let result = try ingest(
      try folder.write(text, to: "a.txt"),
      ["split": "window", "window": "\(size)", "overlap": "\(overlap)"])
    #expect(result.texts.allSatisfy { $0.unicodeScalars.count <= size && !$0.isEmpty })
    let letters = text.filter { !$0.isWhitespace }
    let joined = result.texts.joined().filter { !$0.isWhitespace }
    if overlap == 0 { #expect(joined == letters) } else { #expect(joined.count >= letters.count) }
    #expect(result.texts.first?.hasPrefix("O") == true)
    #expect(result.texts.last?.last == ".")
  }

  @Test func `windows name the line that their text begins on`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("aaaa aaaa\nbbbb bbbb\n\n\ncccc cccc\n", to: "a.txt")
    let result = try ingest(path, ["split": "window", "window": "12"])
    #expect(result.texts == ["aaaa aaaa", "bbbb bbbb", "cccc cccc"])
    #expect(result.lines == [1, 2, 5])
  }

  @Test func `records of one line have ids of their own, whichever are taken`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("One. Two. Three.\n\nFour.\n\nFive. Six.\n", to: "a.txt")
    let sentences = try ingest(path, ["split": "sentence"])
    let ids = ["a.txt:1", "a.txt:1#2", "a.txt:1#3", "a.txt:3", "a.txt:5", "a.txt:5#2"]
    #expect(sentences.records.map(\.id) == ids)
    #expect(sentences.lines == [1, 1, 1, 3, 5, 5])
    let some = try ingest(path, ["split": "sentence", "every": "2"])
    #expect(some.records.map(\.id) == [ids[0], ids[2], ids[4]])
    let windows = try ingest(path, ["split": "window", "window": "5"]).records.map(\.id)
    #expect(Set(windows).count == windows.count && windows.count >= 6)
  }

  @Test(arguments: [1 << 59, 10_000_001, 0])
  func `a window has bounds`(_ size: Int) throws {
    #expect(throws: Diagnostics.self) {
      try ingestStage(["a.txt"], ["split": "window", "window": "\(size)"])
    }
  }

  @Test func `every book of a file is read, each line by its number`() throws {
    let folder = try TemporaryFolder()
    func book(_ text: String) -> String {
      "Title\n*** START OF THE PROJECT GUTENBERG EBOOK X ***\n\(text)"
        + "*** END OF THE PROJECT GUTENBERG EBOOK X ***\nLicence\n"
    }
    let path = try folder.write(book("one\n") + book("") + book("two\nthree\n"), to: "a.txt")
    let result = try ingest(path)
    #expect(result.texts == ["one", "two", "three"])
    #expect(result.lines == [3, 12, 13])
    // Books without a line, one behind the other, cost no depth.
    let empty = String(repeating: book(""), count: 50_000)
    #expect(try ingest(try folder.write(empty + book("end\n"), to: "b.txt")).texts == ["end"])
  }

  @Test(.timeLimit(.minutes(1)))
  func `a line of many megabytes is divided in linear time`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(String(repeating: "some words ", count: 500_000), to: "a.txt")
    let result = try ingest(path, ["split": "window", "window": "100", "overlap": "20"])
    #expect(result.records.count > 50_000)
  }

  @Test(.enabled(if: Shared.exists, "needs ../shared"))
  func `books of Project Gutenberg are read without its header and footer`() throws {
    let root = "data/ingest/gutenberg"
    let alice = try ingest(Shared.path("\(root)/11_11-0.txt.gz"), ["split": "chapter"])
    #expect(alice.texts.count { $0.hasPrefix("CHAPTER") } >= 12)
    for name in ["11_11-0.txt.gz", "11_11.txt.gz", "1342_1342-0.txt.gz", "84_84.txt.gz"] {
      let text = try #require(
        try ingest(Shared.path("\(root)/\(name)"), ["split": "file"]).texts.first)
      #expect(!text.contains("START OF TH") && !text.contains("END OF TH"))
      #expect(!text.lowercased().contains("gutenberg-tm"))
      #expect(text.utf8.count > 140_000)
      let whole = try #require(
        try ingest(Shared.path("\(root)/\(name)"), ["split": "file", "gutenberg": "keep"])
          .texts.first)
      #expect(whole.lowercased().contains("gutenberg-tm"))
    }
  }
}
