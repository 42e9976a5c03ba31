/// `WordLevel`: one token a word.
final class WordLevel: FileModel {
  static let typeName = "WordLevel"
  let vocabulary: Vocabulary
  let unknownId: Int32?

  init(from reader: ComponentReader, input: ModelInput) throws(TokenizerError) {
    vocabulary = try Vocabulary(from: reader.required("vocab"))
    let unknown = try reader.string("unk_token", default: "<unk>")
    unknownId = vocabulary.id(of: Array(unknown.utf8))
  }

  func tokenize(
    _ word: ByteRange, of text: borrowing Span<UInt8>, to tokens: inout [PieceToken]
  ) {
    let bytes = word.indices.map { text[$0] }
    guard let id = vocabulary.id(of: bytes) ?? unknownId else { return }
    tokens.append(PieceToken(id: id, end: Int32(bytes.count)))
  }
}
