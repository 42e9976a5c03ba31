import Records
import Testing
import Tokenize

/// Every normalizer and pre-tokenizer by itself, before a model that spells words out.
///
/// The ids then show the characters of each word, offsets where they came from, and words the cuts.
struct ComponentTests {
  private static let fixture = try? Fixture.load("components")
  private static let names = (fixture?["cases"]?.array ?? []).map { $0["name"]?.string ?? "" }

  @Test(arguments: names)
  func `a component gives the ids, offsets and words that Hugging Face gives`(name: String) throws {
    let fixture = try #require(Self.fixture)
    let cases = try #require(fixture["cases"]?.array)
    let test = try #require(cases.first { $0["name"]?.string == name })
    let tokenizer = try tokenizer(with: test)
    let texts = try #require(fixture["texts"]).strings
    let results = try #require(test["results"]?.array)
    #expect(results.count == texts.count)
    for (text, result) in zip(texts, results) {
      let encoding = tokenizer.encode(text)
      #expect(encoding.ids == result["ids"]?.integers, "\(text.debugDescription)")
      #expect(encoding.flatOffsets == result["offsets"]?.integers, "\(text.debugDescription)")
      #expect(encoding.wordIds == result["words"]?.integers, "\(text.debugDescription)")
      #expect(tokenizer.ids(of: text) == encoding.ids, "\(text.debugDescription)")
    }
  }

  @Test func `all components are tested`() {
    #expect(Self.names.count == 54)
  }

  private func tokenizer(with test: JSONValue) throws -> Tokenizer {
    var root: JSONObject = ["version": "1.0", "model": SpellingModel.json]
    if let part = test["part"]?.string {
      root[part] = test["component"]
    } else {
      root.merge(try #require(test["parts"]?.object))
    }
    return try Tokenizer(json: JSONValue.object(root).bytes)
  }
}

/// A model without merges whose tokens are GPT-2's byte characters and `<0x00>` to `<0xFF>`.
enum SpellingModel {
  static let json: JSONValue = {
    let printable = [0x21...0x7E, 0xA1...0xAC, 0xAE...0xFF].flatMap(Array.init)
    let characters = printable + (0x100..<0x100 + 256 - printable.count)
    var vocabulary: [(String, JSONValue)] = []
    for scalar in characters.compactMap(Unicode.Scalar.init) {
      vocabulary.append((String(scalar), .integer(vocabulary.count)))
    }
    for byte in 0..<256 {
      let digits = String(byte, radix: 16, uppercase: true)
      vocabulary.append(("<0x\(byte < 16 ? "0" : "")\(digits)>", .integer(256 + byte)))
    }
    return [
      "type": "BPE", "byte_fallback": true, "merges": [],
      "vocab": .object(JSONObject(vocabulary)),
    ]
  }()
}
