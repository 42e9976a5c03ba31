/// `NFD`: canonical decomposition.
struct CanonicalDecomposition: Normalizer, FileComponent {
  static let typeName = "NFD"

  init() {}
  init(from reader: ComponentReader) throws(TokenizerError) {}
  func normalize(_ text: inout AlignedText) { text.decompose(.canonical) }
}

/// `NFKD`: compatibility decomposition.
struct CompatibilityDecomposition: Normalizer, FileComponent {
  static let typeName = "NFKD"

  init(from reader: ComponentReader) throws(TokenizerError) {}
  func normalize(_ text: inout AlignedText) { text.decompose(.compatibility) }
}

/// `NFC`: canonical decomposition and composition.
struct CanonicalComposition: Normalizer, FileComponent {
  static let typeName = "NFC"

  init(from reader: ComponentReader) throws(TokenizerError) {}

  func normalize(_ text: inout AlignedText) {
    if text.isSettledNFC { return }
    text.compose(.canonical)
  }
}

/// `NFKC`: compatibility decomposition and canonical composition.
struct CompatibilityComposition: Normalizer, FileComponent {
  static let typeName = "NFKC"

  init(from reader: ComponentReader) throws(TokenizerError) {}

  func normalize(_ text: inout AlignedText) {
    if text.isASCII { return }
    text.compose(.compatibility)
  }
}
