/// sentencepiece's own normalization: its character map by longest match, and its way with spaces.
///
/// Unlike Hugging Face's `Precompiled` it knows no grapheme clusters.
struct SentencePieceNormalizer: Normalizer {
  private let map: CharacterMap?
  private let addsPrefix: Bool
  private let addsSuffix: Bool
  private let removesExtraSpaces: Bool
  private let space: [UInt8]
  /// Pieces that people defined, which are left as they are.
  private let defined: ByteTrie?

  /// What a file says is to be done before a text is cut.
  init(_ file: SentencePieceFile) {
    self.init(
      file.normalization, isSuffix: file.treatsSpaceAsSuffix, defined: file.definedPieces)
  }

  /// What a file says is to be done to a decoded text; nil where that is nothing.
  init?(decodedBy file: SentencePieceFile) {
    guard file.denormalization.map != nil else { return nil }
    self.init(file.denormalization, isSuffix: false, defined: nil)
  }

  private init(
    _ normalization: SentencePieceFile.Normalization, isSuffix: Bool, defined: ByteTrie?
  ) {
    map = normalization.map
    addsPrefix = normalization.addsDummyPrefix && !isSuffix
    addsSuffix = normalization.addsDummyPrefix && isSuffix
    removesExtraSpaces = normalization.removesExtraSpaces
    space = normalization.escapesSpaces ? SentencePieceSign.space : [0x20]
    self.defined = defined
  }

  func normalize(_ text: inout AlignedText) {
    let bytes = text.bytes
    text.rewrite { rewriter in
      if removesExtraSpaces { dropLeadingSpaces(&rewriter, bytes) }
      if rewriter.atEnd { return }
      if addsPrefix { rewriter.insertBytes(space) }
      var followsSpace = removesExtraSpaces
      while !rewriter.atEnd {
        let (length, replacement) = next(in: bytes.span, rewriter.place)
        var new = replacement[...]
        while followsSpace, new.first == 0x20 { new = new.dropFirst() }
        if let last = new.last { followsSpace = last == 0x20 && removesExtraSpaces }
        rewriter.replace(byteCount: length, with: escaped(new))
      }
      if removesExtraSpaces { removeTrailingSpaces(&rewriter) }
      if addsSuffix { rewriter.insertBytes(space) }
    }
  }

  private func escaped(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    bytes.contains(0x20) ? bytes.flatMap { $0 == 0x20 ? space : [$0] } : Array(bytes)
  }

  private func dropLeadingSpaces(_ rewriter: inout TextRewriter, _ bytes: [UInt8]) {
    while !rewriter.atEnd {
      let (length, replacement) = next(in: bytes.span, rewriter.place)
      guard replacement == [0x20] else { return }
      rewriter.replace(byteCount: length, with: [])
    }
  }

  private func removeTrailingSpaces(_ rewriter: inout TextRewriter) {
    while rewriter.bytes.suffix(space.count) == space[...] { rewriter.removeLast(space.count) }
  }

  /// The length of what is replaced at a place, and what replaces it.
  private func next(
    in bytes: borrowing Span<UInt8>, _ place: Int
  ) -> (length: Int, replacement: [UInt8]) {
    let rest = ByteRange(place, bytes.count)
    if let length = defined?.longestPrefix(of: rest, in: bytes) {
      return (length, (place..<place + length).map { bytes[$0] })
    }
    if let match = map?.match(rest, of: bytes, takesLongest: true) {
      return (match.length, Array(match.replacement))
    }
    let length = UTF8Scalars.length(leadByte: bytes[place])
    return (length, (place..<place + length).map { bytes[$0] })
  }
}

/// The sign that stands for a space in pieces.
enum SentencePieceSign {
  static let space: [UInt8] = [0xE2, 0x96, 0x81]
}

extension SentencePieceFile {
  /// The pieces that people defined; nil where there are none.
  var definedPieces: ByteTrie? {
    var trie: ByteTrie?
    for (id, piece) in pieces.enumerated() where piece.kind == .userDefined {
      if trie == nil { trie = ByteTrie() }
      trie?.insert(piece.bytes, value: Int32(id))
    }
    return trie
  }
}

extension ByteTrie {
  /// The length of the longest key that part of a text begins with, or nil.
  func longestPrefix(of range: ByteRange, in text: borrowing Span<UInt8>) -> Int? {
    var node = Self.root
    var best: Int?
    for place in range.indices {
      node = child(of: node, text[place])
      if node == Self.none { break }
      if value(of: node) >= 0 { best = place + 1 - Int(range.start) }
    }
    return best
  }
}
