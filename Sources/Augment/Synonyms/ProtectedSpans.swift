import Stages

/// Finds the stretches of a text that must stay as they are.
///
/// Always: code between back-ticks and fences, lines that are code, `{placeholders}`, `<tags>` and what
/// stands inside `<code>` and its like, `[PLACEHOLDERS]`, TeX, and what stands in double quotation
/// marks. URLs, addresses, paths and numbers need no span: `TextScanner` never makes words of them.
struct ProtectedSpans: Sendable {
  /// Texts, or patterns in which `*` stands for anything within a line.
  private let patterns: [SpanPattern]

  init(_ patterns: [String] = []) { self.patterns = patterns.map(SpanPattern.init) }

  /// The stretches in UTF-8 bytes, in order and without overlap; `names` are protected like patterns.
  /// - Parameter quotations: Whether what stands in double quotation marks is one; else what is found within them is.
  func find(
    in bytes: [UInt8], names: [String] = [], quotations: Bool = true
  ) -> [Range<Int>] {
    let signs = Signs(in: bytes)
    if signs.isEmpty, patterns.isEmpty, names.isEmpty { return [] }
    var spans: [Range<Int>] = []
    if signs.contains(.mark) {
      spans = Self.marked(bytes, quotations ? Self.allByFirstByte : Self.plainByFirstByte)
    }
    if signs.contains(.code) { spans += CodeLines.find(in: bytes) }
    for pattern in patterns + names.map(SpanPattern.init) { spans += pattern.matches(in: bytes) }
    spans.sort { $0.lowerBound < $1.lowerBound }
    var merged: [Range<Int>] = []
    for span in spans {
      if let last = merged.last, span.lowerBound <= last.upperBound {
        merged[merged.count - 1] = last.lowerBound..<max(last.upperBound, span.upperBound)
      } else {
        merged.append(span)
      }
    }
    return merged
  }

  /// A pair of marks and how far apart they may stand.
  private struct Marks: Sendable {
    let open: [UInt8]
    let close: [UInt8]
    let reach: Int
    let withinLine: Bool

    init(_ open: String, _ close: String, reach: Int = 200, withinLine: Bool = true) {
      self.open = Array(open.utf8)
      self.close = Array(close.utf8)
      self.reach = reach
      self.withinLine = withinLine
    }
  }

  /// The longer of two marks that begin alike comes first.
  private static let plain = [
    Marks("```", "```", reach: .max, withinLine: false),
    Marks("~~~", "~~~", reach: .max, withinLine: false),
    Marks("<code", "</code>", reach: .max, withinLine: false),
    Marks("<pre", "</pre>", reach: .max, withinLine: false),
    Marks("<script", "</script>", reach: .max, withinLine: false),
    Marks("<style", "</style>", reach: .max, withinLine: false),
    Marks("``", "``"), Marks("`", "`"), Marks("<", ">"), Marks("{{", "}}"), Marks("{", "}"),
    Marks("[[", "]]"), Marks("[", "]", reach: 60),
    Marks("$$", "$$", reach: 2000, withinLine: false),
    Marks("\\(", "\\)"), Marks("\\[", "\\]", reach: 2000, withinLine: false),
  ]
  private static let quotations = [
    Marks("\"", "\"", reach: 400), Marks("\u{201C}", "\u{201D}", reach: 400),
    Marks("\u{AB}", "\u{BB}", reach: 400),
  ]

  /// The marks that a byte can begin, by the byte.
  private static let plainByFirstByte = byFirstByte(plain)
  private static let allByFirstByte = byFirstByte(plain + quotations)

  private static func byFirstByte(_ marks: [Marks]) -> [[Marks]] {
    (0..<256).map { byte in marks.filter { $0.open.first == UInt8(byte) } }
  }

  /// What a text holds that there may be spans for: most texts hold none of it.
  private struct Signs: OptionSet {
    let rawValue: UInt8

    /// A byte that may begin a mark.
    static let mark = Signs(rawValue: 1)
    /// A byte without which no line is code.
    static let code = Signs(rawValue: 2)

    init(rawValue: UInt8) { self.rawValue = rawValue }

    init(in bytes: [UInt8]) {
      let table = Self.byByte
      var found: UInt8 = 0
      for byte in bytes { found |= table[Int(byte)] }
      // A line that begins with blanks may be code by its first word alone.
      if let first = bytes.first, first <= 0x20 { found |= Self.code.rawValue }
      rawValue = found
    }

    private static let byByte = (0..<256).map { byte -> UInt8 in
      let opens = !allByFirstByte[byte].isEmpty
      let isOfCode = byte == 0x0A || CodeLines.signs.contains(UInt8(byte))
      return (opens ? mark.rawValue : 0) | (isOfCode ? code.rawValue : 0)
    }
  }

  /// Whether a byte may begin a mark.
  private static let mayOpen = (0..<256).map { !allByFirstByte[$0].isEmpty }

  private static func marked(_ bytes: [UInt8], _ marksByFirstByte: [[Marks]]) -> [Range<Int>] {
    var spans: [Range<Int>] = []
    var place = 0
    let mayOpen = mayOpen
    while place < bytes.count {
      guard mayOpen[Int(bytes[place])],
        let end = marksByFirstByte[Int(bytes[place])].lazy
          .compactMap({ Self.end(of: $0, in: bytes, at: place) }).first
      else {
        place += 1
        continue
      }
      spans.append(place..<end)
      place = end
    }
    return spans
  }

  /// Where the span that opens at a place ends; nil where none opens or none closes in reach.
  private static func end(of marks: Marks, in bytes: [UInt8], at start: Int) -> Int? {
    guard bytes[start...].starts(with: marks.open) else { return nil }
    let first = start + marks.open.count
    if marks.open[0] == UInt8(ascii: "<") {
      // `a < b` is no tag, and `<prefix>` is not `<pre>`.
      guard first < bytes.count else { return nil }
      let isName = Bytes.isASCIILetter(bytes[first])
      guard marks.open.count == 1 ? isName || bytes[first] == 0x2F : !isName else { return nil }
    }
    let limit = marks.reach == .max ? bytes.count : min(bytes.count, first + marks.reach)
    var place = first
    while place < limit {
      if marks.withinLine, bytes[place] == 0x0A { return nil }
      if place > first, bytes[place] == marks.close[0], bytes[place...].starts(with: marks.close) {
        return place + marks.close.count
      }
      place += 1
    }
    // A fence that nothing closes protects the rest.
    return marks.reach == .max && limit == bytes.count ? bytes.count : nil
  }
}
