/// `BertProcessing`: `[CLS] A [SEP]` and `[CLS] A [SEP] B [SEP]`.
enum BertProcessing: PostProcessor {
  static let typeName = "BertProcessing"

  static func read(_ reader: ComponentReader) throws(TokenizerError) -> PostProcessing {
    let begin = try reader.tokenId("cls")
    let separator = try reader.tokenId("sep")
    let first: [PostProcessing.Piece] = [
      .special([begin], typeId: 0), .text(0, typeId: 0), .special([separator], typeId: 0),
    ]
    return .around(first, [.text(1, typeId: 1), .special([separator], typeId: 1)])
  }
}

/// `RobertaProcessing`: `<s> A </s>` and `<s> A </s> </s> B </s>`, all of segment 0, offsets trimmed.
enum RobertaProcessing: PostProcessor {
  static let typeName = "RobertaProcessing"

  static func read(_ reader: ComponentReader) throws(TokenizerError) -> PostProcessing {
    let trim = try ByteLevelProcessing.read(reader).trim
    let begin = try reader.tokenId("cls")
    let separator = try reader.tokenId("sep")
    let end = PostProcessing.Piece.special([separator], typeId: 0)
    var result = PostProcessing.around(
      [.special([begin], typeId: 0), .text(0, typeId: 0), end], [end, .text(1, typeId: 0), end])
    result.trim = trim
    result.typesWindows = true
    return result
  }
}

extension PostProcessing {
  /// What stands around the first text, which may stand alone, and around the second.
  fileprivate static func around(_ first: [Piece], _ second: [Piece]) -> PostProcessing {
    PostProcessing(
      single: first, pair: first + second, hasTemplate: true,
      surrounded: ([first], [first, second]))
  }
}

extension ComponentReader {
  /// The id in a member of the form `["[CLS]", 101]`.
  fileprivate func tokenId(_ key: String) throws(TokenizerError) -> Int32 {
    let member = try required(key)
    let parts = try member.elements()
    guard parts.count == 2 else { throw member.expected("a token and its id") }
    _ = try parts[0].string()
    return Int32(try parts[1].integer())
  }
}
