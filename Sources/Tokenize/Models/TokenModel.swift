import Records

/// A token of a word: its id, and where it ends, in bytes from the word's start.
///
/// It begins where the one before it ends; of tokens that end alike, the later ones share the span of the
/// first, as the bytes of one unknown text do.
struct PieceToken: Sendable, Equatable {
  var id: Int32
  var end: Int32

  /// Both in one number, for the kernels; an id has 24 bits there, and a place eight.
  var packed: UInt32 { UInt32(bitPattern: id) << 8 | UInt32(bitPattern: end) }
}

/// The part of a tokenizer that turns words into ids.
///
/// Objects: threads that copied a model at every word would wait for one another at the counts of its tables.
protocol TokenModel: AnyObject, Sendable {
  /// The tokens and their ids.
  var vocabulary: Vocabulary { get }

  /// The id that stands for what has no token, or nil.
  var unknownId: Int32? { get }

  /// Whether an unknown token counts as the text it stands for where white space is trimmed from offsets.
  var spellsUnknown: Bool { get }

  /// Appends the tokens of one word.
  func tokenize(
    _ word: ByteRange, of text: borrowing Span<UInt8>, to tokens: inout [PieceToken])

  /// Finds the tokens of the open words of a memory.
  ///
  /// - Parameter raw: What marked words are, where they are no parts of words.
  func learn(in memory: inout WordMemory, raw: (any RawWords)?)

  /// Where a word may be cut without changing its tokens, or nil where that is not known.
  var seams: BytePairSeams? { get }

  /// Appends the tokens of a part of a word that lies between seams.
  func tokenizePart(
    _ part: ByteRange, of text: borrowing Span<UInt8>, to tokens: inout [PieceToken])

  /// Appends the tokens of one word, merges left out as drawn; models without merges draw nothing.
  func tokenize(
    _ word: ByteRange, of text: borrowing Span<UInt8>, to tokens: inout [PieceToken],
    drawing draws: inout MergeDraws)

  /// How likely it is, by the model's file, that a merge is left out in training.
  var dropoutRate: Double { get }
}

extension TokenModel {
  var spellsUnknown: Bool { false }

  func learn(in memory: inout WordMemory, raw: (any RawWords)?) {
    learnOneByOne(in: &memory, raw: raw)
  }

  /// Finds the tokens of words one after the other.
  func learnOneByOne(in memory: inout WordMemory, raw: (any RawWords)?) {
    memory.learn { bytes, isMarked, tokens in
      let word = ByteRange(0, bytes.count)
      if !isMarked {
        tokenize(word, of: bytes.span, to: &tokens)
      } else if let raw {
        raw.tokenize(bytes, self, to: &tokens)
      } else {
        tokenizePart(word, of: bytes.span, to: &tokens)
      }
    }
  }

  var seams: BytePairSeams? { nil }

  func tokenizePart(
    _ part: ByteRange, of text: borrowing Span<UInt8>, to tokens: inout [PieceToken]
  ) {
    tokenize(part, of: text, to: &tokens)
  }

  func tokenize(
    _ word: ByteRange, of text: borrowing Span<UInt8>, to tokens: inout [PieceToken],
    drawing draws: inout MergeDraws
  ) {
    tokenize(word, of: text, to: &tokens)
  }

  var dropoutRate: Double { 0 }
}

/// A model that tokenizer.json can name.
protocol FileModel: TokenModel {
  /// The `type` in tokenizer.json.
  static var typeName: String { get }

  /// Reads the model.
  init(from reader: ComponentReader, input: ModelInput) throws(TokenizerError)
}

/// What a model's words are made of.
enum ModelInput: Sendable {
  /// UTF-8 text, cut between scalars.
  case text
  /// Bytes, cut anywhere; the vocabulary spells them in GPT-2's alphabet.
  case bytes
}

/// The models that tokenizer files may name.
enum ModelRegistry {
  static let types: [any FileModel.Type] = [
    BytePairModel.self, Unigram.self, WordLevel.self, WordPiece.self,
  ]

  static func read(
    _ reader: ComponentReader, input: ModelInput
  ) throws(TokenizerError) -> any TokenModel {
    if let type = reader.member("type") { _ = try type.string() }
    let name = reader.type ?? guessedType(reader)
    guard let type = types.first(where: { $0.typeName == name }) else {
      throw reader.unknown("model", known: types.map { $0.typeName })
    }
    return try type.init(from: reader, input: input)
  }

  /// The type of a model that does not say it, as files written before version 0.10 do not.
  private static func guessedType(_ reader: ComponentReader) -> String {
    if reader.member("merges") != nil { return BytePairModel.typeName }
    if reader.value["vocab"]?.array != nil { return Unigram.typeName }
    return reader.member("max_input_chars_per_word") != nil
      ? WordPiece.typeName : WordLevel.typeName
  }
}
