import Records
import TestSupport
import Testing
import Tokenize

/// Messages whose words look like special tokens, or that the vocabulary does not have.
struct ChatSpellingTests {
  private static let vocabulary: JSONValue = [
    "[UNK]": 0, "[END]": 1, "user": 2, ":": 3, "known": 4, "[": 5, "END": 6, "]": 7,
  ]

  private static func special(_ id: Int, _ content: String) -> JSONValue {
    [
      "id": .integer(id), "content": .string(content), "special": true, "single_word": false,
      "lstrip": false, "rstrip": false, "normalized": false,
    ]
  }

  private static let tokenizer: JSONValue = [
    "added_tokens": [special(0, "[UNK]"), special(1, "[END]")],
    "pre_tokenizer": ["type": "Whitespace"],
    "model": ["type": "WordLevel", "unk_token": "[UNK]", "vocab": vocabulary],
  ]

  /// The tokens of one message of the user.
  private func ids(_ content: String) throws -> [Int32] {
    let folder = try TemporaryFolder()
    try folder.write(Self.tokenizer.text, to: "tokenizer.json")
    let template = try ChatTemplate(
      "{% for m in messages %}{{ m.role }}: {{ m.content }}[END]{% endfor %}")
    let format = ChatFormat(template, try Tokenizer.load(folder.path))
    return try format.tokens(of: Conversation([Message(.user, content)])).ids
  }

  @Test func `a word that the vocabulary does not have is one unknown token`() throws {
    #expect(try ids("known strange words") == [2, 3, 4, 0, 0, 1])
  }

  @Test func `the spelling of the unknown token is text`() throws {
    #expect(try ids("known [UNK]") == [2, 3, 4, 5, 0, 7, 1])
  }

  @Test func `thousands of spellings are text, and what stands between is as it was`() throws {
    let text = String(repeating: "[END] known strange ", count: 4000)
    let piece: [Int32] = [5, 6, 7, 4, 0]
    #expect(try ids(text) == [2, 3] + [[Int32]](repeating: piece, count: 4000).joined() + [1])
  }
}
