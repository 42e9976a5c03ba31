import Records
import Stages
import TestSupport
import Testing
import TextKit

/// What datatrove makes of texts, as recorded by Scripts/textkit_datatrove_reference.py.
@Suite struct `Signatures of datatrove` {
  private func cases() throws -> [JSONValue] {
    let path = "\(Shared.project)/Tests/Fixtures/TextKit/datatrove_minhash.json"
    return try #require(JSONValue.parse(FileReader.contents(path))["cases"]?.array)
  }

  @Test func `words are those that spaCy finds in simplified texts`() throws {
    for sample in try cases() {
      let text = try #require(sample["text"]?.string)
      let words = DatatroveText.words(DatatroveText.simplify(text))
      #expect(words == sample["words"]?.array?.compactMap(\.string), "\(text)")
    }
  }

  @Test func `signatures are the same to the last bit`() throws {
    var signed = 0
    for sample in try cases() {
      let text = try #require(sample["text"]?.string)
      let set = DatatroveRule(threshold: nil).set(of: [text])
      let values = set.isEmpty ? [] : DatatroveRule.signature(set.span)
      #expect(values.prefix(8).map { "\($0)" } == sample["signature"]?.array?.compactMap(\.string))
      let hash = ContentHash.of(values.map { "\($0)" }.joined(separator: " "))
      #expect(hash == sample["sha256"]?.string, "\(text)")
      signed += set.isEmpty ? 0 : 1
    }
    #expect(signed > 40)
  }

  @Test(.enabled(if: Shared.exists, "needs ../shared"))
  func `texts are simplified as the recorded ones`() throws {
    let path = Shared.path("golden/data-pipelines/datatrove_text.json")
    let golden = try JSONValue.parse(FileReader.contents(path))
    for sample in try #require(golden["simplify"]?.array) {
      let text = try #require(sample["in"]?.string)
      #expect(DatatroveText.simplify(text) == sample["default"]?.string, "\(text)")
    }
  }

  @Test(.enabled(if: Shared.exists, "needs ../shared"))
  func `permutations and hashes are those recorded`() throws {
    let folder = "golden/data-pipelines"
    let parameters = try JSONValue.parse(
      FileReader.contents(Shared.path("\(folder)/datatrove_minhash_params.json")))
    func numbers(_ name: String) throws -> [UInt64] {
      try #require(parameters[name]?.array).compactMap { $0.string.flatMap { UInt64($0) } }
    }
    let (a, b) = (try numbers("a"), try numbers("b"))
    let hashes = try JSONValue.parse(
      FileReader.contents(Shared.path("\(folder)/hashes.json")))["xxhash64"]?.object
    for member in try #require(hashes).members {
      let hash = StableHash.hash(member.key)
      #expect("\(hash)" == member.value.string)
      let expected = zip(a, b).map { (hash &* $0 &+ $1) % 2_305_843_009_213_693_951 }
      #expect(DatatroveRule.signature([hash].span) == expected)
    }
  }
}
