import Records
import TestSupport
import Testing
import TextKit

@Suite struct ComparableTextTests {
  static let table: [(String, String)] = [
    ("", ""), ("   ", ""), ("Hello", "hello"), ("  Hello,\t\r\nWORLD  ", "hello, world"),
    ("What?", "what?"), ("Ｈｅｌｌｏ　ｗｏｒｌｄ", "hello world"), ("ﬁne", "fine"), ("①", "1"),
    ("STRASSE straße", "strasse strasse"), ("ΣΊΣΥΦΟΣ", "σίσυφοσ"), ("Σίσυφος", "σίσυφοσ"),
    ("e\u{301}tude", "étude"), ("ÉTUDE", "étude"), ("a\u{A0}b\u{2003}c", "a b c"),
    ("你好　世界", "你好 世界"), ("K\u{212A}", "kk"), ("x\u{0}y", "x y"),
  ]

  @Test(arguments: table.indices)
  func `spellings of one text have one form`(_ index: Int) {
    let (text, form) = Self.table[index]
    #expect(Array(ComparableText.form(text).utf8) == Array(form.utf8))
    #expect(Array(ComparableText.form(form).utf8) == Array(form.utf8))
  }

  static let words: [(String, String)] = [
    ("what helps against pain?", "what helps against pain"), ("a - b", "a b"), ("\"a\", b!", "a b"),
    ("don't", "dont"), ("?!", "?!"), ("", ""), ("你好，世界！", "你好世界"), ("é e\u{301}", "é e\u{301}"),
    ("? a", "a"), ("3.5 mg", "35 mg"),
  ]

  @Test(arguments: words.indices)
  func `the words of a form are left without punctuation`(_ index: Int) {
    let (form, words) = Self.words[index]
    #expect(Array(ComparableText.words(ofForm: form).utf8) == Array(words.utf8))
  }

  @Test func `what a record asks is its text or the user's side`() {
    #expect(ComparableText.form(ofInputsOf: .text("A  b")) == "a b")
    let instruction = Record.instruction("Say", input: "IT", output: "it")
    #expect(ComparableText.form(ofInputsOf: instruction) == "say\u{1}it")
    var monologue = instruction
    monologue.content = .conversation(Conversation([Message(.assistant, "Hello")]))
    #expect(ComparableText.form(ofInputsOf: monologue) == "hello")
  }

  @Test func `parts of a question do not run together`() {
    let left = Record.instruction("a b", input: "c", output: "")
    let right = Record.instruction("a", input: "b c", output: "")
    #expect(ComparableText.form(ofInputsOf: left) != ComparableText.form(ofInputsOf: right))
  }
}
