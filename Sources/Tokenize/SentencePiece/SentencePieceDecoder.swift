/// Puts pieces together as sentencepiece does: signs become spaces, and the first of them goes.
struct SentencePieceDecoder: TokenDecoder {
  private let kinds: [SentencePieceFile.Kind]
  private let pieces: ByteStringTable
  private let unknownSurface: [UInt8]
  private let dropsFirstSpace: Bool
  private let dropsLeadingSpaces: Bool
  private let denormalizer: SentencePieceNormalizer?

  init(_ file: SentencePieceFile) {
    var pieces = ByteStringTable(capacity: file.pieces.count)
    for piece in file.pieces { pieces.insert(piece.bytes) }
    self.pieces = pieces
    kinds = file.pieces.map(\.kind)
    unknownSurface = file.unknownSurface
    let normalization = file.normalization
    dropsFirstSpace = normalization.addsDummyPrefix || normalization.removesExtraSpaces
    dropsLeadingSpaces = normalization.removesExtraSpaces
    denormalizer = SentencePieceNormalizer(decodedBy: file)
  }

  /// Control pieces end the bytes that stand before them.
  func drops(_ token: [UInt8]) -> Bool { pieces.index(of: token).map { kinds[$0] } == .control }

  func decode(_ tokens: [[UInt8]]) -> [[UInt8]] {
    var text: [UInt8] = []
    var bytes: [UInt8] = []
    var expectsSpace = true
    var sawSpace = false
    func flush() {
      UTF8Scalars.appendRepaired(bytes, to: &text)
      bytes = []
    }
    for token in tokens {
      let kind = pieces.index(of: token).map { kinds[$0] }
      if kind == .byte, let byte = ByteFallback.byte(of: token) {
        bytes.append(byte)
        continue
      }
      flush()
      if sawSpace || !text.isEmpty { expectsSpace = false }
      sawSpace = false
      switch kind {
      case .control: break
      case .unknown: text += unknownSurface
      case nil: text += token
      default:
        var piece = token[...]
        if expectsSpace, dropsFirstSpace, piece.starts(with: SentencePieceSign.space) {
          piece = piece.dropFirst(SentencePieceSign.space.count)
          sawSpace = !dropsLeadingSpaces
        }
        text += Array(piece).replacing(bytes: SentencePieceSign.space, with: [0x20])
      }
    }
    flush()
    return [denormalized(text)]
  }

  private func denormalized(_ bytes: [UInt8]) -> [UInt8] {
    guard let denormalizer else { return bytes }
    var text = AlignedText(bytes: bytes, tracks: false)
    denormalizer.normalize(&text)
    return text.bytes
  }
}
