/// `Prepend`: puts a text before every piece that is not empty.
struct PrependNormalizer: Normalizer, FileComponent {
  static let typeName = "Prepend"
  private let prefix: [UInt32]

  init(from reader: ComponentReader) throws(TokenizerError) {
    prefix = try reader.required("prepend").string().unicodeScalars.map(\.value)
  }

  /// Whether some bytes are what is put before a piece.
  func writes(_ bytes: [UInt8]) -> Bool { prefix == UTF8Scalars.scalars(bytes) }

  func normalize(_ text: inout AlignedText) { text.prepend(prefix) }
}

extension AlignedText {
  /// Puts scalars before a text that is not empty; they share the origin of its first scalar.
  mutating func prepend(_ prefix: [UInt32]) {
    guard !bytes.isEmpty else { return }
    if !tracks {
      var prefixed: [UInt8] = []
      prefixed.reserveCapacity(bytes.count + prefix.count * 4)
      for scalar in prefix { UTF8Scalars.append(scalar, to: &prefixed) }
      bytes = prefixed + bytes
      return
    }
    rewrite { rewriter in
      for scalar in prefix { rewriter.insertBefore(scalar) }
      rewriter.copy(to: rewriter.end)
    }
  }
}
