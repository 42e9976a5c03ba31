import Records
import Testing
import Tokenize

/// Merges left out at random, against frequencies that Hugging Face's library has.
struct MergeDropoutTests {
  private let fixture: JSONValue
  private let tokenizer: Tokenizer
  private let text: String

  init() throws {
    fixture = try Fixture.load("dropout")
    tokenizer = try Tokenizer(json: try #require(fixture["file"]).bytes)
    text = try #require(fixture["text"]?.string)
  }

  private func ids(_ text: String, rate: Double, record: Int, seed: UInt64 = 5) -> [Int32] {
    var options = EncodingOptions()
    options.dropout = MergeDropout(rate: rate, seed: seed, purpose: "test", record: "\(record)")
    return tokenizer.encode(text, options: options).ids
  }

  @Test func `a file with dropout loads, says so, and is encoded alike each time`() {
    #expect(tokenizer.dropoutRate == 0.5)
    let ids = tokenizer.ids(of: text)
    #expect(tokenizer.encode(text).ids == ids)
    #expect(ids.count == 2)
  }

  @Test func `a rate of 0 leaves out nothing, and a rate of 1 leaves characters`() {
    #expect(ids(text, rate: 0, record: 1) == tokenizer.ids(of: text))
    #expect(ids(text, rate: 1, record: 1).count == text.unicodeScalars.count)
  }

  @Test func `seed and record decide, and nothing else`() {
    let texts = (0..<50).map { ids(text, rate: 0.5, record: $0) }
    #expect(texts == (0..<50).map { ids(text, rate: 0.5, record: $0) })
    #expect(Set(texts).count > 10)
    #expect(texts != (0..<50).map { ids(text, rate: 0.5, record: $0, seed: 6) })
    #expect(texts.allSatisfy { $0.compactMap { tokenizer.token(of: $0) }.joined() == text })
  }

  @Test(arguments: [0, 1, 2])
  func `every spelling comes up as often as in Hugging Face's library`(number: Int) throws {
    let test = try #require(fixture["cases"]?.array)[number]
    let rate = try #require(test["rate"]?.double)
    let draws = 4000
    var counts: [[Int32]: Int] = [:]
    for record in 0..<draws { counts[ids(text, rate: rate, record: record), default: 0] += 1 }
    let spellings = try #require(test["spellings"]?.array)
    #expect(spellings.count >= 15)
    for spelling in spellings {
      let tokens = try #require(spelling["tokens"]).strings.compactMap { tokenizer.id(of: $0) }
      let share = try #require(spelling["share"]?.double)
      let found = Double(counts[tokens, default: 0]) / Double(draws)
      // Four and a half standard deviations: less than one in a thousand runs of another seed would fail.
      let deviation = (share * (1 - share) / Double(draws)).squareRoot()
      #expect(abs(found - share) < 4.5 * deviation + 1e-3, "\(spelling.text)")
    }
  }

  @Test func `offsets stay those of the parts`() {
    var options = EncodingOptions()
    options.dropout = MergeDropout(rate: 0.5, seed: 1, purpose: "test", record: "a")
    let encoding = tokenizer.encode("patients tens", pair: "tens patients", options: options)
    let lengths = encoding.offsets.map { $0.upperBound - $0.lowerBound }
    #expect(lengths.reduce(0, +) == 26)
    #expect(
      zip(encoding.ids, lengths).allSatisfy { id, length in
        tokenizer.token(of: id)?.unicodeScalars.count == Int(length)
      })
  }
}
