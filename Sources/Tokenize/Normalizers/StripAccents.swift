/// `StripAccents`: removes marks that stand alone; usually after NFD or NFKD.
struct StripAccents: Normalizer, FileComponent {
  static let typeName = "StripAccents"

  init(from reader: ComponentReader) throws(TokenizerError) {}

  func normalize(_ text: inout AlignedText) {
    if text.isASCII { return }
    text.removeScalars(of: .accent)
  }
}

extension AlignedText {
  /// Removes the scalars of some classes.
  mutating func removeScalars(of classes: ScalarClasses) {
    let table = ScalarClasses.table
    rewrite { rewriter in
      while !rewriter.atEnd {
        if table[rewriter.scalar].isDisjoint(with: classes) {
          rewriter.copy()
        } else {
          rewriter.drop()
        }
      }
    }
  }
}
