/// `BertProcessing`: `[CLS] A [SEP]` and `[CLS] A [SEP] B [SEP]`.
enum BertProcessing: PostProcessor {
  static let typeName = "BertProcessing"

  static func read(_ reader: ComponentReader) throws(TokenizerError) -> PostProcessing {
    let begin = try reader.tokenId("cls")
    let separator = try reader.tokenId("sep")
    let first: [PostProcessing.Piece] = [
      .special([begin], typeId: 0), .text(0, typeId: 0), .special([separator], typeId: 0),
    ]
    return PostProcessing(
      single: first,
      pair: first + [.text(1, typeId: 1), .special([separator], typeId: 1)],
      hasTemplate: true)
  }
}

/// `RobertaProcessing`: `<s> A </s>` and `<s> A </s> </s> B </s>`, all of segment 0, offsets trimmed.
enum RobertaProcessing: PostProcessor {
  static let typeName = "RobertaProcessing"

  static func read(_ reader: ComponentReader) throws(TokenizerError) -> PostProcessing {
    var result = try ByteLevelProcessing.read(reader)
    let begin = try reader.tokenId("cls")
    let separator = try reader.tokenId("sep")
    result.single = [
      .special([begin], typeId: 0), .text(0, typeId: 0), .special([separator], typeId: 0),
    ]
    result.pair =
      result.single + [
        .special([separator], typeId: 0), .text(1, typeId: 0), .special([separator], typeId: 0),
      ]
    result.hasTemplate = true
    return result
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
