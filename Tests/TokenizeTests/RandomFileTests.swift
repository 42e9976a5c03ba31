import Records
import Testing
import Tokenize

/// Tokenizers of random parts against Hugging Face's library, as Scripts/tokenize_fuzz.py recorded them.
struct RandomFileTests {
  private static let fixture = try? Fixture.load("random")
  private static let cases = fixture?["cases"]?.array ?? []

  @Test(arguments: cases.indices)
  func `random parts together give what they give in Hugging Face's library`(index: Int) throws {
    let test = Self.cases[index]
    let tokenizer = try Tokenizer(json: try #require(test["file"]).bytes)
    for result in try #require(test["results"]?.array) {
      let text = try #require(result["text"]?.string)
      let comment = Comment(rawValue: text.debugDescription)
      let encoding = tokenizer.encode(text)
      let offsets = result["offsets"]?.array?.flatMap(\.integers)
      #expect(encoding.ids == result["ids"]?.integers, comment)
      #expect(tokenizer.ids(of: text) == encoding.ids, comment)
      #expect(tokenizer.idsBatch(of: [text], threads: 1) == [encoding.ids], comment)
      #expect(encoding.flatOffsets == offsets, comment)
      #expect(encoding.typeIds == result["type_ids"]?.integers, comment)
      #expect(encoding.specialMask == result["special_mask"]?.integers, comment)
      #expect(tokenizer.decode(encoding.ids) == result["decoded"]?.string, comment)
      let raw = tokenizer.decode(encoding.ids, skipSpecialTokens: false)
      #expect(raw == result["decoded_raw"]?.string, comment)
    }
  }

  @Test func `the random files are there`() { #expect(Self.cases.count == 90) }

  private static let cut = (try? Fixture.load("windows"))?["cases"]?.array ?? []

  @Test(arguments: cut.indices)
  func `windows of what is cut off are those of Hugging Face's library, offsets trimmed in each`(
    index: Int
  ) throws {
    let test = Self.cut[index]
    let tokenizer = try Tokenizer(json: try #require(test["file"]).bytes)
    var options = EncodingOptions()
    options.truncation = tokenizer.truncation
    for result in try #require(test["results"]?.array) {
      let text = try #require(result["text"]?.string)
      let encoding = tokenizer.encode(text, pair: result["pair"]?.string, options: options)
      expect(encoding, result, Comment(rawValue: text.debugDescription))
    }
  }

  /// Whether an encoding is one of the library, and each of its windows, and of theirs, as well.
  private func expect(_ found: Encoding, _ wanted: JSONValue, _ comment: Comment) {
    #expect(found.ids == wanted["ids"]?.integers, comment)
    #expect(found.flatOffsets == wanted["offsets"]?.array?.flatMap(\.integers), comment)
    #expect(found.typeIds == wanted["type_ids"]?.integers, comment)
    #expect(found.specialMask == wanted["special_mask"]?.integers, comment)
    let windows = wanted["overflowing"]?.array ?? []
    #expect(found.overflowing.count == windows.count, comment)
    for (found, wanted) in zip(found.overflowing, windows) { expect(found, wanted, comment) }
  }

  @Test func `the files that cut are there`() { #expect(Self.cut.count == 24) }
}
