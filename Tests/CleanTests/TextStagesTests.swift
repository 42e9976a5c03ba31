import Clean
import Records
import Stages
import TestSupport
import Testing

@Suite struct `White space` {
  @Test(arguments: [
    ("a\u{A0}\u{3000} b", "a b"), ("  lead and trail \t", "lead and trail"),
    ("one\r\ntwo\rthree", "one\ntwo\nthree"), ("a \n  b", "a\n  b"),
    ("zero\u{200B}width\u{FEFF}", "zerowidth"), ("bell\u{7}", "bell"),
    ("soft\u{AD}hyphen", "softhyphen"),
    ("\u{1F468}\u{200D}\u{1F469}", "\u{1F468}\u{200D}\u{1F469}"),
    ("第一行\u{2028}第二行", "第一行\n第二行"), ("", ""), (" \n\t ", ""),
  ])
  func `odd blanks become plain ones and control characters go`(text: String, expected: String)
    throws
  {
    let result = try #require(try clean("clean.whitespace", text))
    #expect(Array(result.utf8) == Array(expected.utf8))
  }

  @Test(arguments: [
    ("keep", "a\n\n\nb"), ("paragraphs", "a\n\nb"), ("blanks", "a b"),
  ])
  func `line breaks follow the rule`(rule: String, expected: String) throws {
    #expect(try clean("clean.whitespace", "a \n\n \nb", ["newlines": rule]) == expected)
  }

  @Test(arguments: [("  a  b ", " a b "), ("a  \n  \n b", "a \n  \n b"), ("  \n", " \n")])
  func `without stripping the ends stay`(text: String, expected: String) throws {
    #expect(try clean("clean.whitespace", text, ["strip": "false"]) == expected)
  }

  @Test(arguments: [
    ("def f(a):\n    if  a:\n\treturn  1 \n", "def f(a):\n    if a:\n\treturn 1"),
    ("a:\r\n\u{A0}\u{3000}b\u{200B} \n\n\n  c", "a:\n b\n\n\n  c"),
    // A function's body alone, and a text behind a slip.
    ("\n    while b:\n        a = b\n    return a", "    while b:\n        a = b\n    return a"),
    (" Like  so:\n    a = b", "Like so:\n    a = b"), ("  a\n\nb", "a\n\nb"),
    (
      "See:\n```make\nall:\tone  two \n```\nDone:\tone  two",
      "See:\n```make\nall:\tone  two\n```\nDone: one two"
    ),
    ("~~~\na  b\n```\nc  d\n~~~\ne  f", "~~~\na  b\n```\nc  d\n~~~\ne f"), ("``\na  b", "``\na b"),
    // A fence ends with one as long, behind which nothing stands; its info holds no backtick.
    ("````\n```\na  b\n````\nc  d", "````\n```\na  b\n````\nc d"),
    ("```\n```x\na  b\n``` \nc  d", "```\n```x\na  b\n```\nc d"),
    ("```a``` b\nc  d", "```a``` b\nc d"),
    // It may stand in a list or in a quote.
    ("1. ```\n   a  b\n   ```\nc  d", "1. ```\n   a  b\n   ```\nc d"),
    ("- > ~~~\n  > a  b\n  > ~~~\nc  d", "- > ~~~\n  > a  b\n  > ~~~\nc d"),
    ("-```\na  b", "-```\na b"),
    // It ends with the quote, and with the item where its code is indented.
    ("> ```\n> a  b\n\nc  d", "> ```\n> a  b\n\nc d"),
    ("- ```py\n  a  b\n\nc  d", "- ```py\n  a  b\n\nc d"),
    ("1. ```py\na  b\n```\nc  d", "1. ```py\na  b\n```\nc d"),
    ("```md\n> ```\n> a   b\n```\nc  d", "```md\n> ```\n> a   b\n```\nc d"),
    // Paragraphs of Chinese begin with wide blanks.
    ("\u{3000}\u{3000}\u{4ECA}\n\u{3000}\u{3000}\u{5929}", "\u{4ECA}\n\u{5929}"),
    ("```\na\u{3000}\u{3000}b", "```\na  b"),
    // Blanks of several bytes indent as plain ones do.
    ("\u{A0}\u{A0}a:\n\u{A0}\u{A0}b", "  a:\n  b"),
  ])
  func `code stays indented, and as it is between fences`(text: String, expected: String) throws {
    #expect(try clean("clean.whitespace", text) == expected)
  }

  @Test func `indentation goes where it is asked for`() throws {
    let text = "a:\n    b\n```\nc  d\n```"
    let collapsed = try clean("clean.whitespace", text, ["indentation": "collapse"])
    #expect(collapsed == "a:\nb\n```\nc d\n```")
    #expect(try clean("clean.whitespace", text, ["newlines": "blanks"]) == "a: b ``` c d ```")
  }

  @Test func `blank lines go from prose, not from fenced code`() throws {
    let text = "a\n\n\nb\n```\nc\n\n\nd\n```"
    let cleaned = try clean("clean.whitespace", text, ["newlines": "paragraphs"])
    #expect(cleaned == "a\n\nb\n```\nc\n\n\nd\n```")
  }
}

@Suite struct `Unicode forms` {
  @Test(arguments: [
    ("NFC", "Äpfel", "\u{C4}pfel"), ("NFD", "Ä", "A\u{308}"), ("NFKC", "ﬁne Ａ①", "fine A1"),
    ("NFC", "ﬁ", "ﬁ"), ("NFKC", "１２３", "123"), ("NFC", "中文，。", "中文，。"),
  ])
  func `a text takes the form`(form: String, text: String, expected: String) throws {
    let result = try #require(try clean("clean.unicode", text, ["form": form]))
    #expect(Array(result.unicodeScalars) == Array(expected.unicodeScalars))
  }
}

@Suite struct `HTML` {
  @Test(arguments: [
    ("<p>One</p><p>Two</p>", "One\nTwo"), ("a<br>b<BR/>c", "a\nb\nc"), ("<b>bold</b>ly", "boldly"),
    ("a < b and c > d", "a < b and c > d"),
    ("List<Int> and <your name>", "List<Int> and <your name>"),
    ("x <y and z> w", "x <y and z> w"), ("&lt;b&gt; &amp;amp; &quot;", "<b> &amp; \""),
    ("caf&eacute; &#233; &#xE9; &#x80;", "café é é €"),
    ("AT&T &unknown; &copy2 ?a=1&copy=2", "AT&T &unknown; &copy2 ?a=1&copy=2"),
    ("fish &amp chips", "fish & chips"), ("<script>alert('<p>')</script>after", "after"),
    ("<!-- gone -->kept<!DOCTYPE html>", "kept"),
    ("`<b>` and\n```html\n<p>x</p>\n```", "`<b>` and\n```html\n<p>x</p>\n```"),
    ("<a href=\"x>y\" title='<'>link</a>", "link"), ("<b unclosed", "<b unclosed"), ("", ""),
    ("<ul><li>eins<li>zwei</ul>", "eins\nzwei"), ("头痛&nbsp;怎么办<br/>？", "头痛\u{A0}怎么办\n？"),
    ("&#0; &#xD800; &#99999999;", "\u{FFFD} \u{FFFD} \u{FFFD}"), ("<style>p{}", ""),
  ])
  func `markup goes and text stays`(text: String, expected: String) throws {
    #expect(try clean("clean.html", text) == expected)
  }

  @Test func `text of many brackets and quotes takes linear time`() throws {
    let text = String(repeating: "<a '\"`<!--&", count: 100_000)
    #expect(try clean("clean.html", text) != nil)
  }

  @Test func `only the chosen field is changed`() throws {
    let descriptor = try #require(cleanStages.first { $0.name == "clean.html" })
    let stage = try #require(try descriptor.stage(["fields": "input"]) as? any RecordStage)
    let record = Record.instruction("Use <b>", input: "a &amp; b", output: "&lt;")
    guard case .keep(let result, _) = try stage.outcome(of: record, .test()) else {
      Issue.record("dropped")
      return
    }
    #expect(result.fields().map(\.text) == ["Use <b>", "a & b", "&lt;"])
  }
}

@Suite struct `Length` {
  @Test(arguments: [
    ("three little words", "3", true), ("two words", "3", false),
    ("我们今天学习大模型", "3", true), ("！？", "1", false), ("Straßenbahn-Haltestelle", "2", true),
  ])
  func `words are counted in any script`(text: String, least: String, kept: Bool) throws {
    #expect((try clean("clean.length", text, ["min-words": least]) != nil) == kept)
  }

  @Test func `a dropped record says what was measured`() throws {
    let descriptor = try #require(cleanStages.first { $0.name == "clean.length" })
    let stage = try #require(try descriptor.stage(["max-characters": "3"]) as? any RecordStage)
    guard case .drop(let reason) = try stage.outcome(of: .text("four"), .test()) else {
      Issue.record("kept")
      return
    }
    #expect(reason == Reason("max-characters", ["characters": 4, "max-characters": 3]))
  }

  @Test(
    arguments: [("3", nil, true), ("4", nil, false), (nil, "3", true), (nil, "2", false)]
      as [(String?, String?, Bool)])
  func `tokens are counted by the tokenizer that is named`(
    least: String?, most: String?, kept: Bool
  ) throws {
    var parameters = ["tokenizer": "words"]
    parameters["min-tokens"] = least
    parameters["max-tokens"] = most
    #expect((try clean("clean.length", "don't-stop it now", parameters) != nil) == kept)
  }

  @Test func `tokens of several texts are added, and the ledger has value and threshold`() throws {
    let descriptor = try #require(cleanStages.first { $0.name == "clean.length" })
    let parameters = ["max-tokens": "4", "tokenizer": "words"]
    let stage = try #require(try descriptor.stage(parameters) as? any RecordStage)
    let record = Record.instruction("one two", output: "three four five", id: "a")
    guard case .drop(let reason) = try stage.outcome(of: record, .test()) else {
      Issue.record("kept")
      return
    }
    #expect(reason == Reason("max-tokens", ["tokens": 5, "max-tokens": 4]))
    #expect(try stage.dependencies() == ["words.json"])
  }

  @Test func `a tokenizer is asked for only where tokens are bounded`() throws {
    let descriptor = try #require(cleanStages.first { $0.name == "clean.length" })
    #expect(try descriptor.stage(["min-words": "1"]).dependencies() == [])
    let stage = try descriptor.stage(["min-tokens": "1"])
    let error = #expect(throws: StageError.self) { try stage.dependencies() }
    #expect(error?.remedy?.contains("train: model:") == true)
    let model = try #require(stage as? any ModelTokenizerStage)
    #expect(try model.resolving(model: "/m").dependencies() == ["/m.json"])
  }
}
