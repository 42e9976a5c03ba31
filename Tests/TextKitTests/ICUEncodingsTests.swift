import Testing
import TextKit

@Suite struct ICUEncodingsTests {
  static let table: [(encoding: String, bytes: [UInt8], text: String)] = [
    ("latin-1", [0x4D, 0xFC, 0x6C, 0x6C, 0x65, 0x72], "Müller"),
    ("windows-1252", [0x80, 0x35], "€5"),
    ("gb18030", [0xD6, 0xD0, 0xCE, 0xC4], "中文"),
    ("shift_jis", [0x93, 0xFA, 0x96, 0x7B], "日本"),
    ("utf-16", [0xFF, 0xFE, 0x61, 0x00, 0x2D, 0x4E], "a中"),
    ("utf-16", [0xFE, 0xFF, 0x00, 0x61, 0x4E, 0x2D], "a中"),
    ("utf-16le", [0x3D, 0xD8, 0x00, 0xDE], "😀"),
  ]

  @Test(arguments: table.indices)
  func `bytes of an encoding become their text, whole or byte by byte`(_ index: Int) throws {
    let row = Self.table[index]
    let whole = try #require(TextDecoder(row.encoding))
    #expect(try whole.decode(row.bytes, atEnd: true) == Array(row.text.utf8))
    let pieces = try #require(TextDecoder(row.encoding))
    var output: [UInt8] = []
    for byte in row.bytes { output += try pieces.decode([byte], atEnd: false) }
    output += try pieces.decode([], atEnd: true)
    #expect(output == Array(row.text.utf8))
  }

  @Test func `a long text is converted in more than one step`() throws {
    let decoder = try #require(TextDecoder("gb18030"))
    let bytes = [UInt8](repeating: 0, count: 100_000).enumerated().map { i, _ in
      [UInt8(0xD6), 0xD0][i % 2]
    }
    let text = try decoder.decode(bytes, atEnd: true)
    #expect(String(decoding: text, as: UTF8.self) == String(repeating: "中", count: 50_000))
  }

  @Test func `bytes that are no text of the encoding are a fault`() throws {
    let decoder = try #require(TextDecoder("shift_jis"))
    #expect(throws: DecodingFault.self) { try decoder.decode([0x61, 0xFF, 0x61], atEnd: true) }
    let half = try #require(TextDecoder("utf-16le"))
    #expect(throws: DecodingFault.self) { try half.decode([0x61], atEnd: true) }
  }

  @Test func `an unknown name is no decoder`() {
    #expect(TextDecoder("utf-99") == nil)
    #expect(!TextEncoding.isKnown("nonsense"))
    #expect(TextEncoding.isUTF8("UTF-8"))
  }

  @Test func `German Latin-1 and Chinese GB18030 are guessed`() throws {
    let german: [UInt8] = Array(
      String(
        repeating: "Die Prüfung der Übergänge für größere Mengen wäre schön. ", count: 8
      ).unicodeScalars.map { UInt8($0.value) })
    #expect(try #require(TextEncoding.detect(german)).name.hasPrefix("ISO-8859-1"))
    let pairs: [UInt8] = [0xD6, 0xD0, 0xCE, 0xC4, 0xC4, 0xE3, 0xBA, 0xC3, 0xA1, 0xA3]
    let chinese = Array(repeatElement(pairs, count: 40).joined())
    #expect(try #require(TextEncoding.detect(chinese)).name.uppercased() == "GB18030")
  }
}
