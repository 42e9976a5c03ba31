import Foundation
import Records
import Stages
import TestSupport
import Testing

@Suite struct EncodingTests {
  struct Sample: Sendable, CustomTestStringConvertible {
    let language: String
    let encoding: String
    let text: String
    let bytes: [UInt8]

    var testDescription: String { "\(language) in \(encoding)" }
    var lines: [String] { text.split(separator: "\n").map(String.init) }
  }

  /// Written by Scripts/ingest_encodings.py.
  static let samples: [Sample] = {
    let path = "\(Shared.project)/Tests/Fixtures/Ingest/encodings.json"
    let rows = (try? JSONValue.parse(FileReader.contents(path)))?["samples"]?.array ?? []
    return rows.compactMap { row in
      guard let language = row["language"]?.string, let encoding = row["encoding"]?.string,
        let text = row["text"]?.string, let base64 = row["bytes"]?.string,
        let bytes = Data(base64Encoded: base64)
      else { return nil }
      return Sample(language: language, encoding: encoding, text: text, bytes: Array(bytes))
    }
  }()

  @Test func `there are samples`() { #expect(Self.samples.count == 35) }

  @Test(arguments: samples)
  func `what a text is in is found from its bytes`(_ sample: Sample) throws {
    let folder = try TemporaryFolder()
    let result = try ingest(try folder.write(bytes: sample.bytes, to: "a.txt"))
    #expect(result.faults.isEmpty, "\(result.faults.prefix(1))")
    #expect(result.texts == sample.lines)
    // The ledger says what was guessed for each record that this matters to.
    let isUTF8 = sample.encoding == "utf-8"
    let noted = result.notes.compactMap { $0?["encoding"]?.string }
    #expect(Set(noted).count == (isUTF8 ? 0 : 1), "\(Set(noted))")
  }

  @Test(arguments: samples)
  func `an encoding that is named is taken at its word`(_ sample: Sample) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(bytes: sample.bytes, to: "a.txt")
    let result = try ingest(
      path, ["encoding": sample.encoding.replacing("iso8859", with: "iso-8859")])
    #expect(result.texts == sample.lines)
    #expect(result.notes.allSatisfy { $0 == nil })
  }

  /// Letters at which encodings differ that share most others; the bytes are those of Python's codecs.
  private static let twins: [(text: String, name: String, bytes: String)] = [
    (
      "Привіт, мій друже! Їжак з'їв яблуко, і ґанок залишився порожнім. Моєму братові п'ять років.",
      "KOI8-U",
      "8NLJ16bULCDNpsogxNLV1sUhILfWwcsg2ien1yDRwszVy88sIKYgrcHOz8sg2sHMydvJ19PRINDP0s/WzqbN"
        + "LiDtz6TN1SDC0sHUz9emINAn0dTYINLPy6bXLgo="
    ),
    (
      "Привет, мой друг! Ёжик съел яблоко, и крыльцо осталось пустым. Моему брату пять лет.",
      "KOI8-R",
      "8NLJ18XULCDNz8ogxNLVxyEgs9bJyyDT38XMINHCzM/LzywgySDL0tnM2MPPIM/T1MHMz9PYINDV09TZzS4g"
        + "7c/FzdUgwtLB1NUg0NHU2CDMxdQuCg=="
    ),
    (
      "Άφησε το αυτοκίνητο στο γκαράζ και πήγε στο σπίτι της Άννας.",
      "windows-1253",
      "ovbn8+Ug9O8g4fX07+rf7ef07yDz9O8g4+rh8dzmIOrh6SDw3uPlIPP07yDz8N/06SD05/Igou3t4fIuCg=="
    ),
    (
      "Άφησε το αυτοκίνητο στο γκαράζ και πήγε στο σπίτι της Άννας.",
      "ISO-8859-7",
      "tvbn8+Ug9O8g4fX07+rf7ef07yDz9O8g4+rh8dzmIOrh6SDw3uPlIPP07yDz8N/06SD05/Igtu3t4fIuCg=="
    ),
    (
      "Das Gerät kostet fünfzig € und wird später für die Küche benötigt, sagt der große Käufer.",
      "ISO-8859-15",
      "RGFzIEdlcuR0IGtvc3RldCBm/G5memlnIKQgdW5kIHdpcmQgc3DkdGVyIGb8ciBkaWUgS/xjaGUgYmVu9nRp"
        + "Z3QsIHNhZ3QgZGVyIGdyb99lIEvkdWZlci4K"
    ),
    (
      "Le cœur de la sœur est à l'œuvre près de l'église où l'été a été très agréable.",
      "ISO-8859-15",
      "TGUgY711ciBkZSBsYSBzvXVyIGVzdCDgIGwnvXV2cmUgcHLocyBkZSBsJ+lnbGlzZSBv+SBsJ+l06SBhIOl0"
        + "6SB0cuhzIGFnculhYmxlLgo="
    ),
    (
      "Le cœur de la sœur est à l’œuvre près de l’église où l’été a été très agréable, 5 €.",
      "windows-1252",
      "TGUgY5x1ciBkZSBsYSBznHVyIGVzdCDgIGySnHV2cmUgcHLocyBkZSBskulnbGlzZSBv+SBskul06SBhIOl0"
        + "6SB0cuhzIGFnculhYmxlLCA1IIAuCg=="
    ),
    (
      "שלום לכולם, זה המחיר של הספר: 50 ₪. הוא אמר “כן” והלך הביתה עם הילדים שלו.",
      "windows-1255",
      "+ezl7SDs6+Xs7Swg5uQg5O7n6fgg+ewg5PH0+DogNTAgpC4g5OXgIODu+CCT6++UIOXk7Oog5OHp+uQg8u0g"
        + "5Ons4+ntIPns5S4K"
    ),
    (
      "Šiandien gražus oras, todėl mes einame į parką. Vaikai žaidžia prie ežero, o jų tėvai sėdi ant suolo ir kalbasi apie vasarą. Vakare visi grįš namo ir gers arbatą su medumi.",
      "windows-1257",
      "0GlhbmRpZW4gZ3Jh/nVzIG9yYXMsIHRvZOtsIG1lcyBlaW5hbWUg4SBwYXJr4C4gVmFpa2FpIP5haWT+aWEg"
        + "cHJpZSBl/mVybywgbyBq+CB063ZhaSBz62RpIGFudCBzdW9sbyBpciBrYWxiYXNpIGFwaWUgdmFzYXLgLiBW"
        + "YWthcmUgdmlzaSBncuHwIG5hbW8gaXIgZ2VycyBhcmJhdOAgc3UgbWVkdW1pLgo="
    ),
    (
      "สวัสดีครับ วันนี้อากาศดีมาก เราจะไปเที่ยวทะเลด้วยกันกับเพื่อนของฉัน",
      "windows-874",
      "ysfRyrTVpMPRuiDH0bm51enN0qHSyLTVwdKhIODD0qjQ5Lvgt9Xowse30ODFtOnHwqHRuaHRuuC+1+jNuaLN"
        + "p6nRuQo="
    ),
    (
      "Сегодня хорошая погода, поэтому мы идём в парк. Дети играют у озера, а родители сидят на скамейке.",
      "IBM866",
      "kaWjrqSt7yDlruCu6KDvIK+uo66koCwgr67t4q6s4yCs6yCopPGsIKIgr6Dgqi4ghKXiqCCoo+Cg7uIg4yCup6"
        + "XgoCwgoCDgrqSo4qWrqCDhqKTv4iCtoCDhqqCspamqpS4K"
    ),
    (
      "이 영화는 정말 재미있고 배우들의 연기도 아주 좋았다. 다시 보고 싶다. 서비스가 느리고 음식도 맛이 없어서 다시 가고 싶지 않다.",
      "windows-949",
      "wMwgv7XIrbTCIMGkuLsgwOe5zMDWsO0guei/7LXpwMcgv6yx4rW1IL7GwdYgwcG+0rTZLiC02b3DILq4sO0g"
        + "vc202S4gvK268b26sKEgtMC4rrDtIMC9vcS1tSC4wMDMIL74vu68rSC02b3DILChsO0gvc3B9iC+yrTZLgo="
    ),
    (
      "Das Gerät kostet fünfzig Mark, wie geht´s später für die Küche, sagt der große Käufer aus München, wo es häufig regnet, und grüßt schön zurück.",
      "windows-1252",
      "RGFzIEdlcuR0IGtvc3RldCBm/G5memlnIE1hcmssIHdpZSBnZWh0tHMgc3DkdGVyIGb8ciBkaWUgS/xjaGUs"
        + "IHNhZ3QgZGVyIGdyb99lIEvkdWZlciBhdXMgTfxuY2hlbiwgd28gZXMgaOR1ZmlnIHJlZ25ldCwgdW5kIGdy"
        + "/N90IHNjaPZuIHp1cvxjay4K"
    ),
  ]

  @Test(arguments: twins)
  func `encodings that share most letters are told apart by the others`(
    _ text: String, _ name: String, _ bytes: String
  ) throws {
    let folder = try TemporaryFolder()
    let bytes = try #require(Data(base64Encoded: bytes))
    let result = try ingest(try folder.write(bytes: Array(bytes), to: "a.txt"))
    #expect(result.texts == [text])
    #expect(result.notes.compactMap { $0?["encoding"]?.string } == [name])
  }

  @Test func `Korean of Windows is read by each of its names`() throws {
    let folder = try TemporaryFolder()
    // 똠방, of which the first is no syllable of EUC-KR.
    let path = try folder.write(bytes: [0x8C, 0x63, 0xB9, 0xE6, 0x0A], to: "a.txt")
    for name in ["cp949", "uhc", "ms949", "euc-kr", "windows-949"] {
      #expect(try ingest(path, ["encoding": name]).texts == ["똠방"], "\(name)")
    }
  }

  @Test func `ASCII at first leaves open what follows`() throws {
    let folder = try TemporaryFolder()
    let sample = try #require(Self.samples.first { $0.encoding == "koi8-r" })
    // More than two chunks of a file.
    let plain = Array(repeatElement(Array("plain\n".utf8), count: 400_000).joined())
    let path = try folder.write(bytes: plain + sample.bytes, to: "a.txt")
    let result = try ingest(path)
    #expect(result.texts.count == 400_000 + sample.lines.count)
    #expect(Array(result.texts.suffix(sample.lines.count)) == sample.lines)
    #expect(result.notes.compactMap { $0 }.count == sample.lines.count)
  }

  @Test func `one broken record does not make a file of UTF-8 another`() throws {
    let folder = try TemporaryFolder()
    let bytes = Array("Prüfung\nÄrzte\n".utf8) + [0x61, 0xFC, 0x0A] + Array("schön\n".utf8)
    let path = try folder.write(bytes: bytes, to: "a.txt")
    let strict = try ingest(path)
    #expect(strict.texts == ["Prüfung", "Ärzte", "schön"])
    #expect(strict.codes == ["invalid-utf8"])
    #expect(strict.faults.first?.source?.line == 3)
    let replaced = try ingest(path, ["errors": "replace"])
    #expect(replaced.texts == ["Prüfung", "Ärzte", "a\u{FFFD}", "schön"])
    #expect(replaced.notes.map { $0?["replaced"]?.int } == [nil, nil, 1, nil])
  }

  @Test func `halves of surrogate pairs are replaced where asked, and counted`() throws {
    let folder = try TemporaryFolder()
    let lines = [
      #"{"text": "a\ud800b \udc00\uD800 \ud83d\ude00 \ud800\u0041"}"#,
      #"{"text": "\\ud800 c"}"#, #"{"text": "d é\udfff"}"#, #"{"text": "cut off \"#,
    ]
    let path = try folder.write(lines.joined(separator: "\n") + "\n", to: "a.jsonl")
    #expect(try ingest(path).codes == ["invalid-json", "invalid-json", "invalid-json"])
    let result = try ingest(path, ["errors": "replace"])
    #expect(result.codes == ["invalid-json"])
    #expect(
      result.texts == [
        "a\u{FFFD}b \u{FFFD}\u{FFFD} \u{1F600} \u{FFFD}A", #"\ud800 c"#, "d é\u{FFFD}",
      ])
    #expect(result.notes == [["replaced": 4], nil, ["replaced": 1]])
  }

  @Test func `only what was replaced is counted as that`() throws {
    let folder = try TemporaryFolder()
    let bytes = Array("a\u{FFFD}\nb\u{FFFD}".utf8) + [0xFC, 0x0A]
    let result = try ingest(try folder.write(bytes: bytes, to: "a.txt"), ["errors": "replace"])
    #expect(result.texts == ["a\u{FFFD}", "b\u{FFFD}\u{FFFD}"])
    #expect(result.notes.map { $0?["replaced"]?.int } == [nil, 1])
    // Of UTF-16 with a mark, half a character is no text.
    let wide: [UInt8] = [0xFF, 0xFE, 0x61, 0, 0x00, 0xDC, 0x62, 0]
    let other = try ingest(try folder.write(bytes: wide, to: "b.txt"), ["errors": "replace"])
    #expect(other.texts == ["a\u{FFFD}b"])
    #expect(other.notes.map { $0?["replaced"]?.int } == [1])
  }

  @Test(arguments: ["a.html", "a.md"])
  func `what is no text is replaced in pages and documents too`(_ name: String) throws {
    let folder = try TemporaryFolder()
    let fine = "Süß, böse, übel, größer, älter, öfter, müde, heiß, weiß, Fuß. "
    let bytes = Array("\(fine)Pr".utf8) + [0xFC] + Array("f".utf8)
    let path = try folder.write(bytes: bytes, to: name)
    #expect(try ingest(path).codes == ["invalid-utf8"])
    let result = try ingest(path, ["errors": "replace"])
    #expect(result.texts == ["\(fine)Pr\u{FFFD}f"])
    #expect(result.notes.map { $0?["replaced"]?.int } == [1])
  }

  @Test func `what a page declares counts before anything is replaced`() throws {
    let folder = try TemporaryFolder()
    let bytes = Array("<meta charset=latin1><p>Pr".utf8) + [0xFC] + Array("fung".utf8)
    let result = try ingest(try folder.write(bytes: bytes, to: "a.html"), ["errors": "replace"])
    #expect(result.texts == ["Prüfung"])
    #expect(result.notes == [nil])
  }

  @Test func `bytes that are no text of the encoding are replaced and counted where asked`() throws
  {
    let folder = try TemporaryFolder()
    let path = try folder.write(bytes: [0x61, 0x0A, 0x62, 0xFF, 0x63, 0xFE, 0x0A], to: "a.txt")
    let result = try ingest(path, ["encoding": "shift_jis", "errors": "replace"])
    #expect(result.faults.isEmpty)
    #expect(result.texts == ["a", "b\u{FFFD}c\u{FFFD}"])
    #expect(result.notes.last??["replaced"]?.int == 2)
  }

  /// Samples that begin as ASCII may.
  static let narrow = samples.filter {
    !$0.encoding.hasPrefix("utf-16") && !$0.encoding.hasPrefix("utf-32")
  }

  /// More than is looked at before a file is read, with what terminals are told.
  private static let plain =
    Array(String(repeating: "\u{1B}[31mred\u{1B}[0m\u{1B}(B plain\n", count: 4000).utf8)
    + Array(String(repeating: "plain\n", count: 100).utf8)

  /// Writes ASCII and then bytes that are read in pieces: each is a member of gzip.
  private func write(_ bytes: [UInt8], in size: Int, to folder: TemporaryFolder) throws -> String {
    let ascii = GzipBytes.members(Self.plain, of: 50_000)
    return try folder.write(bytes: ascii + GzipBytes.members(bytes, of: size), to: "a.txt")
  }

  @Test(arguments: narrow)
  func `what a text is in does not depend on the pieces it is read in`(_ sample: Sample) throws {
    let folder = try TemporaryFolder()
    for size in [1, 7, 1000] {
      let result = try ingest(try write(sample.bytes, in: size, to: folder))
      #expect(result.faults.isEmpty, "\(size): \(result.faults.prefix(1))")
      #expect(result.texts.count == 4100 + sample.lines.count)
      #expect(Array(result.texts.suffix(sample.lines.count)) == sample.lines, "\(size)")
      // The ledger notes the guess on the records that it matters to.
      #expect(result.notes.prefix(4100).allSatisfy { $0 == nil })
      let isUTF8 = sample.encoding == "utf-8"
      let isNoted = result.notes.last??["encoding"] != nil
      #expect(isNoted == !isUTF8)
    }
  }

  @Test func `one letter far ahead of others is enough to wait for them`() throws {
    let folder = try TemporaryFolder()
    let first: [UInt8] = Array("caf".utf8) + [0xE9, 0x0A]
    let more: [UInt8] = "Die Größe der Tage für alle\n".unicodeScalars.map { UInt8($0.value) }
    let lines = Array(repeatElement(more, count: 5000).joined())
    for size in [first.count, 7000, 65_000] {
      let result = try ingest(try write(first + lines, in: size, to: folder))
      #expect(result.faults.isEmpty, "\(size): \(result.faults.prefix(1))")
      #expect(result.texts.count == 4100 + 5001)
      #expect(result.texts[4100] == "café")
      #expect(result.texts.last == "Die Größe der Tage für alle")
    }
    // The same where a file's chunk ends right behind the first letter.
    let ascii = Array(String(repeating: "plain\n", count: 200_000).utf8)
    for gap in [2, 5, 8] {
      let bytes = Array(ascii.prefix((1 << 20) - gap)) + first + lines
      let result = try ingest(try folder.write(bytes: bytes, to: "b.txt"))
      #expect(result.faults.isEmpty, "\(gap): \(result.faults.prefix(1))")
    }
  }

  @Test func `what is said of one broken line is an encoding that lines can be in`() throws {
    let folder = try TemporaryFolder()
    // ICU takes these for UTF-16BE and GB18030, and says that it does not believe it.
    for line in ["50 µm\n", "20°C\n", "Öl\n", "café\n"] {
      let bytes = line.unicodeScalars.map { UInt8($0.value) }
      let result = try ingest(try folder.write(bytes: bytes, to: "a.txt"))
      #expect(result.codes == ["invalid-utf8"])
      #expect(result.faults.first?.remedy == "say what the file is in, as 'encoding: latin-1'")
    }
  }

  @Test func `JSON in UTF-16 without a mark is JSON`() throws {
    let folder = try TemporaryFolder()
    let bytes = "{\"text\":\"ü\"}\n{\"text\":\"中\"}\n".utf16.flatMap {
      [UInt8($0 & 255), UInt8($0 >> 8)]
    }
    #expect(try ingest(try folder.write(bytes: bytes, to: "a")).texts == ["ü", "中"])
    #expect(try ingest(try folder.write(bytes: bytes, to: "a.jsonl")).texts == ["ü", "中"])
  }
}
