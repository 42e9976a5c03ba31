/// The marks of markdown within a line.
///
/// Code and escapes are found first, then links by the partners of their brackets, then emphasis by
/// the partners of its marks: each in one walk, whatever is nested in what.
struct MarkdownInline {
  private let scalars: [Unicode.Scalar]
  /// Which scalars are code, escaped or the address of a link, where marks are none.
  private var isVerbatim: [Bool]
  private var isRemoved: [Bool]
  private var count = 0

  /// A line without marks; spans between backticks stay.
  static func plain(_ line: Substring, _ count: inout Int) -> String {
    let marks = Set("*_~[]`\\<".unicodeScalars)
    guard line.unicodeScalars.contains(where: { marks.contains($0) }) else { return String(line) }
    var inline = MarkdownInline(Array(line.unicodeScalars))
    inline.findVerbatim()
    inline.findLinks()
    inline.findEmphasis()
    count += inline.count
    return inline.result
  }

  private init(_ scalars: [Unicode.Scalar]) {
    self.scalars = scalars
    isVerbatim = Array(repeating: false, count: scalars.count)
    isRemoved = isVerbatim
  }

  private var result: String {
    var view = String.UnicodeScalarView()
    for (scalar, isRemoved) in zip(scalars, isRemoved) where !isRemoved { view.append(scalar) }
    return String(view)
  }

  private func at(_ index: Int) -> Unicode.Scalar? {
    scalars.indices.contains(index) ? scalars[index] : nil
  }

  private func runLength(_ start: Int) -> Int {
    scalars[start...].prefix { $0 == scalars[start] }.count
  }

  private mutating func remove(_ range: Range<Int>) {
    for place in range { (isVerbatim[place], isRemoved[place]) = (true, true) }
  }

  // MARK: - Code, escapes and addresses

  private mutating func findVerbatim() {
    // Runs of backticks that no run of the same length follows.
    var unclosed: Set<Int> = []
    var place = 0
    while place < scalars.count {
      switch scalars[place] {
      case "`":
        let end = codeEnd(place, &unclosed)
        for index in place..<end { isVerbatim[index] = true }
        place = end
      case "\\" where isEscape(place):
        remove(place..<place + 1)
        isVerbatim[place + 1] = true
        count += 1
        place += 2
      case "<": place = removeAngles(place) ?? place + 1
      default: place += 1
      }
    }
  }

  /// Where a span of code ends, or where its backticks end that are not closed.
  private func codeEnd(_ start: Int, _ unclosed: inout Set<Int>) -> Int {
    let length = runLength(start)
    guard !unclosed.contains(length) else { return start + length }
    var place = start + length
    while place < scalars.count {
      guard scalars[place] == "`" else {
        place += 1
        continue
      }
      let other = runLength(place)
      place += other
      if other == length { return place }
    }
    unclosed.insert(length)
    return start + length
  }

  private func isEscape(_ index: Int) -> Bool {
    guard let next = at(index + 1) else { return false }
    return "\\`*_{}[]()#+-.!|~>".unicodeScalars.contains(next)
  }

  /// `<https://…>`: the address stays; where it ends.
  private mutating func removeAngles(_ start: Int) -> Int? {
    guard Self.schemes.contains(where: { scalars[(start + 1)...].starts(with: $0.unicodeScalars) }),
      let close = scalars[(start + 1)...].firstIndex(where: { "<> ".unicodeScalars.contains($0) }),
      scalars[close] == ">"
    else { return nil }
    for place in start...close { isVerbatim[place] = true }
    remove(start..<start + 1)
    remove(close..<close + 1)
    count += 1
    return close + 1
  }

  private static let schemes = ["http://", "https://", "mailto:"]

  // MARK: - Links

  /// `[text](address)`, `[text][name]` and images: the text stays.
  private mutating func findLinks() {
    let (square, round) = (partners("[", "]"), partners("(", ")"))
    var place = 0
    // Where the marks behind the text of a link begin, and where they end.
    var ends: [Int: Int] = [:]
    while place < scalars.count {
      if let end = ends[place] {
        remove(place..<end)
        place = end
      } else if let close = square[place], let end = linkEnd(place, close, square, round) {
        let isImage = at(place - 1) == "!" && !isVerbatim[place - 1]
        remove((isImage ? place - 1 : place)..<place + 1)
        ends[close] = end
        count += 1
        place += 1
      } else {
        place += 1
      }
    }
  }

  /// The place of the bracket that closes each one.
  private func partners(_ open: Unicode.Scalar, _ close: Unicode.Scalar) -> [Int: Int] {
    var partners: [Int: Int] = [:]
    var waiting: [Int] = []
    for (place, scalar) in scalars.enumerated() where !isVerbatim[place] {
      if scalar == open { waiting.append(place) }
      if scalar == close, let opening = waiting.popLast() { partners[opening] = place }
    }
    return partners
  }

  private func linkEnd(
    _ start: Int, _ close: Int, _ square: [Int: Int], _ round: [Int: Int]
  ) -> Int? {
    let next = close + 1
    guard let end = round[next] ?? square[next] else { return nil }
    let isImage = at(start - 1) == "!"
    guard close > start + 1 || isImage else { return nil }
    // Indices such as a[i][j] and calls such as f[x](y) are no links.
    let isIndexed = isValueEnd(at(start - 1)) && !(start > 0 && isRemoved[start - 1])
    let isAddress = scalars[next...].dropFirst().starts(with: "http".unicodeScalars)
    return isIndexed && !isAddress ? nil : end + 1
  }

  /// Whether a value of a program or a sum may end so: a letter, a digit or a closing bracket.
  private func isValueEnd(_ scalar: Unicode.Scalar?) -> Bool {
    isPlainWord(scalar) || scalar == ")" || scalar == "]" || scalar == "}"
  }

  private func isPlainWord(_ scalar: Unicode.Scalar?) -> Bool {
    scalar.map { $0.isASCII && ($0.properties.isAlphabetic || $0.properties.numericType != nil) }
      ?? false
  }

  // MARK: - Emphasis

  private mutating func findEmphasis() {
    var openers = EmphasisOpeners()
    var place = 0
    while place < scalars.count {
      let length = isVerbatim[place] ? 1 : runLength(place)
      if !isVerbatim[place], let kind = EmphasisKind(scalars[place], length) {
        pair(EmphasisRun(kind: kind, place: place, length: length), &openers)
      }
      place += length
    }
  }

  /// Takes a run away with those that it closes, or lets it wait for one that closes it.
  private mutating func pair(_ run: EmphasisRun, _ openers: inout EmphasisOpeners) {
    var rest = run
    while rest.length > 0, closes(run), let opening = openers.match(rest) {
      guard encloses(opening, rest) else {
        if isWithinWord(run) { openers.push(opening) }
        if isWithinWord(run) || run.kind == .underline { break }
        continue
      }
      let length = min(opening.length, rest.length)
      let end = opening.place + opening.length
      removeMarks(end - length..<end)
      removeMarks(rest.place..<rest.place + length)
      if opening.length > length {
        openers.push(opening.shortened(to: opening.length - length, at: opening.place))
      }
      rest = rest.shortened(to: rest.length - length, at: rest.place + length)
    }
    if rest.length == run.length, opens(run) { openers.push(run) }
  }

  private mutating func removeMarks(_ range: Range<Int>) {
    for place in range { isRemoved[place] = true }
    count += 1
  }

  /// `__init__` is a name and not emphasis, and `x**2 + y**2` a sum; `**N**ational` is one word.
  private func encloses(_ opening: EmphasisRun, _ closing: EmphasisRun) -> Bool {
    let inner = scalars[opening.place + opening.length..<closing.place]
    if closing.kind == .underline, closing.length == 2 {
      return !inner.allSatisfy { ("a"..."z").contains($0) || $0 == "_" }
    }
    guard isWithinWord(opening) || isWithinWord(closing) else { return true }
    return isWithinWord(opening) != isWithinWord(closing)
      && inner.count <= Self.longestPart
      && inner.allSatisfy(\.properties.isAlphabetic)
  }

  /// The most letters of a part of a word that is emphasised.
  private static let longestPart = 40

  /// Stars between Latin letters or digits, where they multiply more often than not.
  private func isWithinWord(_ run: EmphasisRun) -> Bool {
    run.kind == .star && isPlainWord(at(run.place - 1)) && isPlainWord(at(run.place + run.length))
  }

  private func opens(_ run: EmphasisRun) -> Bool {
    let (before, after) = (at(run.place - 1), at(run.place + run.length))
    guard let after, !after.properties.isWhitespace, !Self.closing.contains(after) else {
      return false
    }
    // **.NET** is emphasis, and *.* are files.
    let isFree = run.length > 1 && (before?.properties.isWhitespace ?? true)
    guard isFree || !Self.stops.contains(after) else { return false }
    return switch run.kind {
    case .underline: before.map { !isLetter($0) } ?? true
    case .tilde: true
    case .star: !isOperator(run, before, after)
    }
  }

  private func closes(_ run: EmphasisRun) -> Bool {
    let (before, after) = (at(run.place - 1), at(run.place + run.length))
    guard let before, !before.properties.isWhitespace, !Self.opening.contains(before) else {
      return false
    }
    return switch run.kind {
    case .underline: after.map { !isLetter($0) } ?? true
    case .tilde: true
    // **f**(x) ends emphasis, (a)**(b) does not.
    case .star:
      !isOperator(run, before, after) || run.length > 1 && isPlainWord(before) && after == "("
    }
  }

  private static let closing = Set(",;)]}，；、）】".unicodeScalars)
  private static let stops = Set(".:!?。：！？".unicodeScalars)
  private static let opening = Set("([{（【".unicodeScalars)

  private func isLetter(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.isAlphabetic || scalar.properties.numericType != nil
  }

  /// Stars between two values, or in paths and comments: `(a+b)**2`, `x[i]*(y)`, `src/**/*.js`.
  ///
  /// Two stars within a word of letters may be emphasis of a part of it.
  private func isOperator(
    _ run: EmphasisRun, _ before: Unicode.Scalar?, _ after: Unicode.Scalar?
  ) -> Bool {
    if before == "/" || after == "/" || after == "=" { return true }
    guard isValueEnd(before), isPlainWord(after) || after == "(" || after == "[" else {
      return false
    }
    let isPart =
      run.length == 2
      && [before, after].allSatisfy { $0.map { $0.isASCII && $0.properties.isAlphabetic } ?? false }
    return !isPart
  }
}
