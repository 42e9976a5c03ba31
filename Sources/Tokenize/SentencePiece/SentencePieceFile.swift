/// The contents of a sentencepiece `.model`, as far as texts are encoded and decoded with it.
struct SentencePieceFile: Sendable {
  /// What a piece is for.
  enum Kind: UInt64, Sendable {
    case normal = 1
    case unknown, control, userDefined, unused, byte
  }

  /// A piece with its score, a logarithm of its probability or the rank of its merge.
  struct Piece: Sendable {
    var bytes: [UInt8] = []
    var score: Float = 0
    var kind = Kind.normal
  }

  /// How the pieces of a text are found.
  enum Algorithm: UInt64, Sendable {
    case unigram = 1
    case pairs, words, characters
  }

  /// How a text is rewritten.
  struct Normalization: Sendable {
    var map: CharacterMap?
    var addsDummyPrefix = true
    var removesExtraSpaces = true
    var escapesSpaces = true
  }

  private(set) var pieces: [Piece] = []
  private(set) var algorithm = Algorithm.unigram
  private(set) var unknownSurface = Array(" \u{2047} ".utf8)
  /// What happens to a text before it is cut.
  private(set) var normalization = Normalization()
  /// What happens to a decoded text; it counts only where it has a map.
  private(set) var denormalization = Normalization()
  private(set) var treatsSpaceAsSuffix = false

  /// Reads a file.
  /// - Throws: `TokenizerError` for bytes that are no such file.
  init(_ bytes: [UInt8], file: String) throws(TokenizerError) {
    do { try read(bytes[...]) } catch {
      throw TokenizerError(
        .malformed, file: file, place: "byte \(error.offset)",
        reason: "the file is no sentencepiece model", remedy: "fetch it again")
    }
    try check(file)
  }

  /// The index of the piece that stands for the unknown.
  var unknownId: Int32? { pieces.firstIndex { $0.kind == .unknown }.map(Int32.init) }

  /// Whether what has no piece is spelled in bytes.
  var fallsBackToBytes: Bool { pieces.contains { $0.kind == .byte } }

  private func check(_ file: String) throws(TokenizerError) {
    func fault(_ reason: String, _ place: String = "pieces") -> TokenizerError {
      TokenizerError(
        .malformed, file: file, place: place, reason: reason, remedy: "fetch the file again")
    }
    guard unknownId != nil else { throw fault("no piece stands for the unknown") }
    guard pieces.count < 1 << 24 else { throw fault("there are \(pieces.count) pieces") }
    var seen = ByteStringTable(capacity: pieces.count)
    for (id, piece) in pieces.enumerated() {
      guard !piece.bytes.isEmpty, String(validating: piece.bytes, as: UTF8.self) != nil,
        !piece.score.isNaN
      else { throw fault("the piece is empty or broken", "pieces[\(id)]") }
      guard seen.insert(piece.bytes).isNew else {
        throw fault("the piece stands twice", "pieces[\(id)]")
      }
    }
  }

  private mutating func read(_ bytes: ArraySlice<UInt8>) throws(ProtobufError) {
    var reader = ProtobufReader(bytes)
    while let (field, value) = try reader.next() {
      guard case .bytes(let message) = value else { continue }
      switch field {
      case 1: pieces.append(try Self.piece(message))
      case 2: try readTraining(message)
      case 3: try normalization.read(message)
      case 5: try denormalization.read(message)
      default: break
      }
    }
  }

  private static func piece(_ message: ArraySlice<UInt8>) throws(ProtobufError) -> Piece {
    var reader = ProtobufReader(message)
    var piece = Piece()
    while let (field, value) = try reader.next() {
      switch (field, value) {
      case (1, .bytes(let bytes)): piece.bytes = Array(bytes)
      case (2, .fixed32(let bits)): piece.score = Float(bitPattern: bits)
      case (3, .number(let number)): piece.kind = Kind(rawValue: number) ?? .normal
      default: break
      }
    }
    return piece
  }

  private mutating func readTraining(_ message: ArraySlice<UInt8>) throws(ProtobufError) {
    var reader = ProtobufReader(message)
    while let (field, value) = try reader.next() {
      switch (field, value) {
      case (3, .number(let number)): algorithm = Algorithm(rawValue: number) ?? .unigram
      case (24, .number(let number)): treatsSpaceAsSuffix = number != 0
      case (44, .bytes(let bytes)):
        unknownSurface = Array(String(decoding: bytes, as: UTF8.self).utf8)
      default: break
      }
    }
  }
}

extension SentencePieceFile.Normalization {
  fileprivate mutating func read(_ message: ArraySlice<UInt8>) throws(ProtobufError) {
    var reader = ProtobufReader(message)
    while let (field, value) = try reader.next() {
      switch (field, value) {
      case (2, .bytes(let bytes)):
        guard !bytes.isEmpty else { break }
        guard let map = CharacterMap(Array(bytes)) else {
          throw ProtobufError(offset: bytes.startIndex)
        }
        self.map = map
      case (3, .number(let number)): addsDummyPrefix = number != 0
      case (4, .number(let number)): removesExtraSpaces = number != 0
      case (5, .number(let number)): escapesSpaces = number != 0
      default: break
      }
    }
  }
}
