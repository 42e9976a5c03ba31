import Records
import TestSupport
import Testing
import Tokenize

/// A small WordPiece tokenizer with added tokens of every kind, a template and a decoder.
struct WordPieceTests {
  private let fixture: JSONValue
  private let tokenizer: Tokenizer

  init() throws {
    fixture = try Fixture.load("wordpiece")
    tokenizer = try Tokenizer(json: #require(fixture["file"]).bytes)
  }

  private func check(_ encoding: Encoding, _ expected: JSONValue) {
    #expect(encoding.ids == expected["ids"]?.integers, "\(expected.text)")
    #expect(encoding.flatOffsets == expected["offsets"]?.integers, "\(expected.text)")
    #expect(encoding.wordIds == expected["words"]?.integers, "\(expected.text)")
    #expect(encoding.typeIds == expected["types"]?.integers, "\(expected.text)")
    #expect(encoding.specialMask == expected["special"]?.integers, "\(expected.text)")
    #expect(encoding.attentionMask == expected["attention"]?.integers, "\(expected.text)")
  }

  @Test func `texts and added tokens are encoded as Hugging Face does`() throws {
    let cases = try #require(fixture["singles"]?.array)
    #expect(cases.count == 10)
    for test in cases {
      let text = try #require(test["text"]?.string)
      let encoding = tokenizer.encode(text)
      check(encoding, test)
      // There a token that is looked for in normalized text decodes to its normal form.
      guard let normalized = tokenizer.id(of: "É"), !encoding.ids.contains(normalized) else {
        continue
      }
      #expect(tokenizer.decode(encoding.ids) == test["decoded"]?.string)
    }
  }

  @Test func `pairs are encoded as Hugging Face does`() throws {
    let cases = try #require(fixture["pairs"]?.array)
    #expect(cases.count == 4)
    for test in cases {
      let text = try #require(test["text"]?.string)
      check(tokenizer.encode(text, pair: test["pair"]?.string), test)
    }
  }

  @Test func `texts are cut by every strategy as Hugging Face does`() throws {
    let cases = try #require(fixture["cut"]?.array)
    #expect(cases.count > 50)
    let strategies: [String: Truncation.Strategy] = [
      "longest_first": .longestFirst, "only_first": .onlyFirst, "only_second": .onlySecond,
    ]
    for test in cases {
      var options = EncodingOptions()
      options.truncation = Truncation(
        maximumLength: try #require(test["length"]?.int),
        strategy: try #require(strategies[test["strategy"]?.string ?? ""]),
        cutsLeft: test["direction"]?.string == "left")
      let text = try #require(test["text"]?.string)
      let encoding = tokenizer.encode(text, pair: test["pair"]?.string, options: options)
      #expect(encoding.ids == test["ids"]?.integers, "\(test.text)")
    }
  }

  @Test(arguments: [1, 3])
  func `a batch is filled up to its longest text`(threads: Int) throws {
    let texts = try #require(fixture["padded_texts"]).strings
    var options = EncodingOptions()
    options.padding = Padding(multiple: 4, padsLeft: true)
    let encodings = tokenizer.encodeBatch(texts, options: options, threads: threads)
    for (encoding, expected) in zip(encodings, try #require(fixture["padded"]?.array)) {
      check(encoding, expected)
    }
  }

  @Test func `cutting and filling up are read from the file but not applied unasked`() {
    #expect(tokenizer.truncation == Truncation(maximumLength: 8, stride: 0))
    #expect(tokenizer.padding == Padding())
    #expect(tokenizer.encode(String(repeating: "a ", count: 40)).count == 42)
  }

  @Test func `a cut text says so`() {
    var options = EncodingOptions()
    options.truncation = tokenizer.truncation
    #expect(tokenizer.encode("a a a a a a", options: options).isTruncated == false)
    #expect(tokenizer.encode("a a a a a a a", options: options).isTruncated)
  }

  @Test func `special tokens from strangers can be plain text`() {
    var options = EncodingOptions()
    options.addSpecialTokens = false
    let recognised = tokenizer.encode("[SEP]", options: options)
    options.treatsSpecialTokensAsText = true
    let plain = tokenizer.encode("[SEP]", options: options)
    #expect(recognised.ids == [tokenizer.specialTokens.separator])
    #expect(plain.ids.contains(recognised.ids[0]) == false)
  }

  @Test func `tokens with a role are found by the names everyone uses`() {
    #expect(tokenizer.specialTokens.classification == tokenizer.id(of: "[CLS]"))
    #expect(tokenizer.specialTokens.padding == 0)
    #expect(tokenizer.specialTokens.end == nil)
    #expect(tokenizer.unknownId == tokenizer.id(of: "[UNK]"))
    #expect(tokenizer.token(of: 2) == "[CLS]")
  }

  @Test func `a word of a megabyte costs no more than its length`() throws {
    var file = try #require(fixture["file"]?.object)
    var model = try #require(file["model"]?.object)
    model["max_input_chars_per_word"] = 10_000_000
    file["model"] = .object(model)
    let patient = try Tokenizer(json: JSONValue.object(file).bytes)
    let word = "b" + String(repeating: "ab", count: 500_000)
    let seconds = ProcessorTime.seconds {
      #expect(patient.ids(of: word, addSpecialTokens: false).count == 1_000_001)
    }
    // Quadratic work would take hours; a second or two is a slow machine's debug build.
    #expect(seconds < 60)
  }
}
