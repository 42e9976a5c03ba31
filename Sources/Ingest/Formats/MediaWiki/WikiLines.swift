/// Lines of wikitext without their marks.
enum WikiLines {
  /// Headings, list items and paragraphs as lines; blank lines run together.
  static func text(_ text: String) -> String {
    var lines: [Substring] = []
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      let line = plain(line)
      if line.isEmpty, lines.last?.isEmpty != false { continue }
      lines.append(line)
    }
    while let last = lines.last, last.isEmpty || isHeading(last) { lines.removeLast() }
    return lines.map { $0.drop { $0 == headingMark } }.joined(separator: "\n")
  }

  /// What marks a heading until those that nothing follows are gone; no text holds it.
  private static let headingMark: Character = "\u{0}"

  private static func isHeading(_ line: Substring) -> Bool { line.first == headingMark }

  /// A line without its mark; headings keep one of our own.
  private static func plain(_ line: Substring) -> Substring {
    var line = line.drop { $0 == " " }
    if line.hasPrefix("__"), line.hasSuffix("__") { return "" }
    if line.hasPrefix("="), line.hasSuffix("=") {
      line = line.drop { $0 == "=" || $0 == " " }
      while line.last == "=" || line.last == " " { line.removeLast() }
      return line.isEmpty ? "" : "\(headingMark)\(line)"
    }
    if line.hasPrefix("----") { return "" }
    let item = line.drop { "*#:;".contains($0) }
    return item.drop { $0 == " " }
  }
}
