import Records
import Testing
import Tokenize

/// What a tokenizer remembers of words must not show in what it says.
struct WordMemoryTests {
  /// A byte-level model that knows letters, digits, the space as `Ġ`, and some pairs of them.
  private static func file(
    tokens: [String] = [], merges: [String], ignoresMerges: Bool = false
  ) -> [UInt8] {
    let letters = "abcdefghijklmnopqrstuvwxyz0123456789Ġ".map { String($0) }
    let made = merges.map { $0.replacing(" ", with: "") }
    let names = letters + tokens + made
    let root: JSONValue = [
      "pre_tokenizer": ["type": "ByteLevel", "add_prefix_space": false, "use_regex": true],
      "model": [
        "type": "BPE", "ignore_merges": .bool(ignoresMerges),
        "vocab": .object(
          JSONObject(names.enumerated().map { ($0.element, .integer($0.offset)) })),
        "merges": .array(merges.map { .string($0) }),
      ],
    ]
    return root.bytes
  }

  @Test func `more words than are remembered have the tokens they have alone`() throws {
    let tokenizer = try Tokenizer(json: Self.file(merges: ["Ġ w", "1 2", "a b", "ab c"]))
    // Two bytes to twelve, of one token to twelve, and each twice.
    let words = (0..<400_000).map { " w\($0 % 200_000)" + ["", "abc", "xyzab"][$0 % 3] }
    let together = tokenizer.ids(of: words.joined())
    var place = 0
    for word in words {
      let alone = tokenizer.ids(of: word)
      guard together[place..<place + alone.count].elementsEqual(alone) else {
        Issue.record("\(word) is \(alone) alone")
        return
      }
      place += alone.count
    }
    #expect(place == together.count)
    #expect(tokenizer.ids(of: " w12").count == 2)
  }

  @Test func `threads that fill one table after the other find what one thread finds`() throws {
    let file = Self.file(merges: ["Ġ w", "1 2", "a b", "ab c"])
    // Over 600,000 words, half of those of each text in the next one too.
    let texts = (0..<64).map { text in
      (0..<20_000).map { " w\(text * 10_000 + $0)" + ["", "abc", "xyzab"][$0 % 3] }.joined()
    }
    let wanted = try Tokenizer(json: file).idsBatch(of: texts, threads: 1)
    let tokenizer = try Tokenizer(json: file)
    #expect(wanted.allSatisfy { $0.count > 20_000 })
    for _ in 0..<2 { #expect(tokenizer.idsBatch(of: texts, threads: 4) == wanted) }
  }

  @Test func `more parts of long words than are remembered have the tokens they have alone`() throws
  {
    let digits = "abcdefghij".map { String($0) }
    let tokenizer = try Tokenizer(
      json: Self.file(merges: digits.flatMap { left in digits.map { "\(left) \($0)" } }))
    // Long words, each of five parts that no other word has, between which no token lies.
    let words = (0..<130_000).map { word in
      let parts = (0..<5).map { part in
        String(100_000 + word * 5 + part).map { digits[$0.wholeNumberValue ?? 0] }.joined()
      }
      return " " + parts.joined(separator: "x")
    }
    let together = tokenizer.ids(of: words.joined())
    var place = 0
    for word in words {
      let alone = tokenizer.ids(of: word)
      // The sign before the word, two tokens or more of each part, and the letters between.
      guard alone.count >= 15, together[place..<place + alone.count].elementsEqual(alone) else {
        Issue.record("\(word) is \(alone) alone")
        return
      }
      place += alone.count
    }
    #expect(place == together.count)
  }

  @Test func `a part of a long word is no word`() throws {
    let tokenizer = try Tokenizer(
      json: Self.file(tokens: ["xy"], merges: ["a b"], ignoresMerges: true))
    let letters = try ["x", "y"].map { try #require(tokenizer.id(of: $0)) }
    let whole = try #require(tokenizer.id(of: "xy"))
    // No merge makes the token, so that only a word which is just that has it.
    #expect(tokenizer.ids(of: "xy") == [whole])
    let long = String(repeating: "xy", count: 20)
    #expect(tokenizer.ids(of: long) == (0..<20).flatMap { _ in letters })
    #expect(tokenizer.encode(long).ids == tokenizer.ids(of: long))
    #expect(tokenizer.ids(of: "xy") == [whole])
  }

  @Test func `words of 14 to 17 bytes and of 63 to 66 keep their offsets`() throws {
    let tokenizer = try Tokenizer(json: Self.file(merges: ["a b", "ab a", "b a"]))
    for length in [14, 15, 16, 17, 63, 64, 65, 66, 300] {
      let word = String(String(repeating: "ab", count: 200).prefix(length))
      for _ in 0..<2 {
        let encoding = tokenizer.encode(word)
        #expect(encoding.ids == tokenizer.ids(of: word))
        #expect(encoding.offsets.first?.lowerBound == 0)
        #expect(encoding.offsets.last?.upperBound == Int32(length))
        #expect(
          zip(encoding.offsets, encoding.offsets.dropFirst()).allSatisfy {
            $0.upperBound == $1.lowerBound
          })
      }
    }
  }
}
