import Clean
import Records
import Stages
import TestSupport
import Testing

@Suite struct `Mojibake` {
  @Test(
    .enabled(if: Shared.exists),
    arguments: [
      ("ftfy_default", [:]), ("datatrove", ["configuration": "datatrove"]),
      ("dj_nfc", ["normalization": "NFC"]), ("nfkc", ["normalization": "NFKC"]),
    ] as [(String, [String: String])])
  func `is mended as ftfy has it recorded`(_ column: String, _ parameters: [String: String]) throws
  {
    let bytes = try Shared.contents("golden/data-pipelines/ftfy.json")
    let rows = try #require(try JSONValue.parse(bytes).array)
    #expect(rows.count == 20)
    for row in rows {
      let text = try #require(row["in"]?.string)
      let expected = try #require(row[column]?.string)
      let found = try #require(try clean("clean.mojibake", text, parameters))
      #expect(Array(found.unicodeScalars) == Array(expected.unicodeScalars), "\(text)")
    }
  }

  /// Sentences in nineteen languages read in a wrong encoding, once and twice, cut, with lost bytes, and as
  /// they are: `Scripts/clean_mojibake_reference.py`.
  @Test(arguments: ["ftfy", "datatrove"])
  func `is mended as ftfy does in many languages and encodings`(_ configuration: String) throws {
    let rows = try fixture("Clean/mojibake.jsonl")
    #expect(rows.count > 400)
    var changed = 0
    for row in rows {
      let text = try #require(row["in"]?.string)
      let expected = row[configuration]?.string ?? text
      let found = try #require(
        try clean("clean.mojibake", text, ["configuration": configuration]))
      #expect(Array(found.unicodeScalars) == Array(expected.unicodeScalars), "\(text)")
      if found != text { changed += 1 }
    }
    #expect(changed > 200)
  }

  @Test(arguments: [
    ("fix-encoding", "schÃ¶n", "schÃ¶n"),
    ("restore-byte-a0", "Ã  la Ã©tÃ©", "à  la été"),
    ("replace-lossy-sequences", "â€œhere\u{FFFD}â€\u{FFFD}", "\"here\u{FFFD}â€\u{FFFD}"),
    ("fix-c1-controls", "caf\u{85} €", "caf\n €"), ("fix-latin-ligatures", "ﬁ", "ﬁ"),
    ("fix-character-width", "Ａ", "Ａ"), ("uncurl-quotes", "“a”", "“a”"),
    ("fix-line-breaks", "a\r\nb", "a\r\nb"), ("remove-control-chars", "a\u{7}", "a\u{7}"),
    ("remove-terminal-escapes", "\u{1B}[1mx", "[1mx"),
  ])
  func `a step is left out by its name`(_ step: String, _ text: String, _ expected: String) throws {
    let found = try #require(try clean("clean.mojibake", text, [step: "false"]))
    #expect(Array(found.unicodeScalars) == Array(expected.unicodeScalars))
  }

  @Test func `references are read up to the first line with a bracket, or as asked`() throws {
    let text = "&lt;\n<p> &amp;\n&gt;"
    #expect(try clean("clean.mojibake", text) == "<\n<p> &amp;\n&gt;")
    #expect(try clean("clean.mojibake", text, ["unescape-html": "always"]) == "<\n<p> &\n>")
    #expect(try clean("clean.mojibake", text, ["unescape-html": "never"]) == text)
    #expect(
      try clean("clean.mojibake", "P&EACUTE;REZ &nTILDE; &#59; &#x80;") == "PÉREZ &nTILDE; &#59; €")
  }

  @Test func `what looks odd and is meant stays`() throws {
    for text in ["¯\\_(ツ)_/¯", "(╯°□°)╯︵ ┻━┻", "Ä Ö Ü ß", "10 € – 20 £", "наука", "ΑΒΓ", "糖尿病、"] {
      #expect(try clean("clean.mojibake", text, ["configuration": "datatrove"]) == text)
    }
  }
}
