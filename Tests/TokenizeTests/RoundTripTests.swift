import Records
import Testing
import Tokenize

struct RoundTripTests {
  private let tokenizer: Tokenizer

  init() throws {
    var options = VocabularyOptions(.bpe)
    options.vocabularySize = 700
    var trainer = try TokenizerTrainer(options)
    trainer.count(try #require(Fixture.load("training")["texts"]).strings)
    tokenizer = try trainer.train()
  }

  @Test(arguments: [
    "", " ", "\r\n\r\n", "a\u{0}b", "e\u{301} \u{e9}", "👨‍👩‍👧‍👦🏽🇩🇪", "中文\u{3000}字",
    "\u{FFFD}\u{FEFF}\u{200D}",
    "\u{301}\u{302}alone", "שָׁלוֹם हिन्दी ภาษา", "\u{10FFFF}\u{E000}\u{378}", "  two  spaces  ",
    "<|endo ftext|>",
  ])
  func `decoding gives back what was encoded`(text: String) {
    let encoding = tokenizer.encode(text)
    #expect(bytes(tokenizer.decode(encoding.ids)) == bytes(text))
    #expect(encoding.offsets.allSatisfy { Int($0.upperBound) <= text.unicodeScalars.count })
  }

  @Test func `decoding gives back a thousand random texts`() {
    var random = CounterRandom(seed: 7, purpose: "round trip", record: "test")
    for _ in 0..<1000 {
      var scalars = String.UnicodeScalarView()
      for _ in 0..<Int(random.next() % 40) {
        // Mostly small code points, so that letters, marks, spaces and signs meet each other.
        let limit: UInt64 = random.next() % 3 == 0 ? 0x110000 : 0x700
        if let scalar = Unicode.Scalar(UInt32(random.next() % limit)) { scalars.append(scalar) }
      }
      let text = String(scalars)
      #expect(bytes(tokenizer.decode(tokenizer.ids(of: text))) == bytes(text))
      #expect(tokenizer.encode(text).ids == tokenizer.ids(of: text))
    }
  }

  @Test func `ids of broken bytes decode to replacement characters`() throws {
    let half = try #require(tokenizer.ids(of: "é").count == 2 ? tokenizer.ids(of: "é") : nil)
    #expect(tokenizer.decode([half[0]]) == "\u{FFFD}")
    #expect(tokenizer.decode([half[0], 1 << 20, -1]) == "\u{FFFD}")
  }

  @Test(arguments: [1, 2, 7])
  func `threads change nothing`(threads: Int) throws {
    let texts = try #require(Fixture.load("training")["texts"]).strings
    let alone = texts.map { tokenizer.encode($0) }
    #expect(tokenizer.encodeBatch(texts, threads: threads) == alone)
    #expect(tokenizer.idsBatch(of: texts, threads: threads) == alone.map(\.ids))
  }

  @Test func `long words are merged in their order, not by luck`() {
    // Longer than the plain scan takes, so the heap does it; the words around stay below.
    let short = String(repeating: "patient", count: 9)
    let long = String(repeating: "patient", count: 40)
    let piece = tokenizer.ids(of: "patient")
    #expect(tokenizer.decode(tokenizer.ids(of: long)) == long)
    #expect(tokenizer.ids(of: long).count <= 40 * piece.count)
    #expect(tokenizer.ids(of: long).starts(with: tokenizer.ids(of: short)))
  }

  /// Compared as bytes: equality of strings would forgive a change of normal form.
  private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }
}
