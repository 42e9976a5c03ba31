extension String {
  /// The text in one line, a space for each character that a terminal would act upon.
  ///
  /// What a file holds is shown, not obeyed: escapes, line ends, and marks that turn the direction of
  /// what follows.
  var printable: String { spaced { $0.isActedUpon } }

  /// The same with its lines and tabs, for messages of several lines.
  var printableLines: String { spaced { $0.isActedUpon && $0 != "\n" && $0 != "\t" } }

  private func spaced(_ isSpaced: (Unicode.Scalar) -> Bool) -> String {
    var scalars = UnicodeScalarView()
    scalars.append(contentsOf: unicodeScalars.map { isSpaced($0) ? " " : $0 })
    return String(scalars)
  }
}

extension Unicode.Scalar {
  fileprivate var isActedUpon: Bool {
    switch properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator: true
    // Joiners only shape the letters and pictures beside them.
    case .format: self != "\u{200C}" && self != "\u{200D}"
    default: false
    }
  }
}
