/// `TemplateProcessing`: special tokens around the texts, as two templates spell it.
enum TemplateProcessing: PostProcessor {
  static let typeName = "TemplateProcessing"

  static func read(_ reader: ComponentReader) throws(TokenizerError) -> PostProcessing {
    PostProcessing(
      single: try pieces(reader, "single"), pair: try pieces(reader, "pair"), hasTemplate: true)
  }

  private static func pieces(
    _ reader: ComponentReader, _ key: String
  ) throws(TokenizerError) -> [PostProcessing.Piece] {
    var pieces: [PostProcessing.Piece] = []
    for element in try reader.required(key).elements() {
      if let text = element.member("Sequence") {
        pieces.append(
          .text(try textNumber(text), typeId: Int32(try text.integer("type_id", default: 0))))
      } else {
        let special = try element.required("SpecialToken")
        let ids = try specialIds(reader, try special.required("id").string(), special)
        pieces.append(.special(ids, typeId: Int32(try special.integer("type_id", default: 0))))
      }
    }
    return pieces
  }

  private static func textNumber(_ reader: ComponentReader) throws(TokenizerError) -> Int {
    switch try reader.required("id").string() {
    case "A": 0
    case "B": 1
    default: throw reader.malformed("a template knows only the texts A and B", key: "id")
    }
  }

  /// The ids of a special token, of which one name may have several.
  private static func specialIds(
    _ reader: ComponentReader, _ name: String, _ use: ComponentReader
  ) throws(TokenizerError) -> [Int32] {
    guard let special = reader.member("special_tokens")?.member(name) else {
      throw use.malformed("the template uses '\(name)', which special_tokens does not explain")
    }
    var ids: [Int32] = []
    for id in try special.required("ids").elements() { ids.append(Int32(try id.integer())) }
    let tokens = try special.required("tokens").elements()
    for token in tokens { _ = try token.string() }
    guard tokens.count == ids.count else {
      throw special.malformed("'\(name)' has \(ids.count) ids and \(tokens.count) tokens")
    }
    return ids
  }
}
