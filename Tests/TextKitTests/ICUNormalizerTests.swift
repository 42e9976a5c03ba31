import Testing
import TextKit

/// Examples of Unicode Standard Annex 15 (figures 3 to 6) and everyday text.
@Suite struct ICUNormalizerTests {
  static let table: [(text: String, nfc: String, nfd: String, nfkc: String, nfkd: String)] = [
    ("plain ASCII", "plain ASCII", "plain ASCII", "plain ASCII", "plain ASCII"),
    ("", "", "", "", ""),
    ("e\u{301}", "\u{E9}", "e\u{301}", "\u{E9}", "e\u{301}"),
    ("\u{E9}", "\u{E9}", "e\u{301}", "\u{E9}", "e\u{301}"),
    ("\u{FB01}", "\u{FB01}", "\u{FB01}", "fi", "fi"),
    ("2\u{2075}", "2\u{2075}", "2\u{2075}", "25", "25"),
    (
      "\u{1E9B}\u{323}", "\u{1E9B}\u{323}", "\u{17F}\u{323}\u{307}", "\u{1E69}", "s\u{323}\u{307}"
    ),
    ("ＡＢＣ１２３", "ＡＢＣ１２３", "ＡＢＣ１２３", "ABC123", "ABC123"),
    ("Mu\u{308}ller", "M\u{FC}ller", "Mu\u{308}ller", "M\u{FC}ller", "Mu\u{308}ller"),
    ("中文。", "中文。", "中文。", "中文。", "中文。"),
    ("\u{AC00}", "\u{AC00}", "\u{1100}\u{1161}", "\u{AC00}", "\u{1100}\u{1161}"),
    ("\u{212B}", "\u{C5}", "A\u{30A}", "\u{C5}", "A\u{30A}"),
    ("a\u{A0}b", "a\u{A0}b", "a\u{A0}b", "a b", "a b"),
  ]

  @Test(arguments: table.indices)
  func `each form is what Unicode says`(_ index: Int) {
    let row = Self.table[index]
    let expected: [(NormalizationForm, String)] = [
      (.nfc, row.nfc), (.nfd, row.nfd), (.nfkc, row.nfkc), (.nfkd, row.nfkd),
    ]
    for (form, expected) in expected {
      let normalizer = Normalizer(form)
      // Swift's == would call all canonical equivalents equal: compare bytes.
      #expect(Array(normalizer.normalize(row.text).utf8) == Array(expected.utf8), "\(form)")
      #expect(normalizer.isNormalized(expected), "\(form)")
    }
  }

  @Test(arguments: [NormalizationForm.nfc, .nfd, .nfkc, .nfkd])
  func `what is told without ICU is what ICU says`(_ form: NormalizationForm) {
    let normalizer = Normalizer(form)
    // The end is in no form as it stands, so that ICU has to look at all of the text.
    let (end, normal) = ("\u{1F71}\u{2126}", normalizer.normalize("\u{1F71}\u{2126}"))
    #expect(Array(end.utf8) != Array(normal.utf8))
    var told = 0
    for value in UInt32(0)...0x10FFFF {
      guard let scalar = Unicode.Scalar(value) else { continue }
      var text = String(scalar)
      guard text.withUTF8({ normalizer.leaves($0) }) else { continue }
      told += 1
      let result = normalizer.normalize("\(text)\(text)\(end)")
      if Array(result.utf8) != Array("\(text)\(text)\(normal)".utf8) {
        Issue.record("U+\(String(value, radix: 16)) changes in \(form)")
      }
    }
    #expect(told > 27_000)
  }

  @Test func `a text that grows eighteenfold still fits`() {
    let long = String(repeating: "\u{FDFA}", count: 1000)
    let normal = Normalizer(.nfkc).normalize(long)
    #expect(normal.unicodeScalars.count == 18_000)
    #expect(Normalizer(.nfkc).isNormalized(normal))
  }

  @Test func `NUL and the last code point survive`() {
    let text = "a\u{0}b\u{10FFFF}é"
    #expect(Array(Normalizer(.nfc).normalize(text).utf8) == Array(text.utf8))
  }
}
