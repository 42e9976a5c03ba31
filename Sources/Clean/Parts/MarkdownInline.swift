/// The marks of markdown within a line.
struct MarkdownInline {
  private let scalars: [Unicode.Scalar]
  private var place = 0
  private var result = String.UnicodeScalarView()
  private var count = 0
  /// Places of single marks that close what another opened.
  private var closing: Set<Int> = []

  /// A line without marks; spans between backticks stay.
  static func plain(_ line: Substring, _ count: inout Int) -> String {
    let marks = Set("*_~[]`\\<".unicodeScalars)
    guard line.unicodeScalars.contains(where: { marks.contains($0) }) else { return String(line) }
    var inline = MarkdownInline(Array(line.unicodeScalars))
    inline.walk()
    count += inline.count
    return String(inline.result)
  }

  private init(_ scalars: [Unicode.Scalar]) { self.scalars = scalars }

  private mutating func walk() {
    while place < scalars.count {
      switch scalars[place] {
      case "`": copyCode()
      case "\\" where isEscape(place): skip(1, thenCopy: 1)
      case "!" where at(place + 1) == "[": if !link(from: place + 1) { copy() }
      case "[": if !link(from: place) { copy() }
      case "<": if !address() { copy() }
      case "*", "_", "~": emphasis()
      default: copy()
      }
    }
  }

  private func at(_ index: Int) -> Unicode.Scalar? {
    scalars.indices.contains(index) ? scalars[index] : nil
  }

  private mutating func copy() {
    result.append(scalars[place])
    place += 1
  }

  private mutating func skip(_ marks: Int, thenCopy copied: Int = 0) {
    place += marks
    count += 1
    for _ in 0..<copied { copy() }
  }

  private func isEscape(_ index: Int) -> Bool {
    guard let next = at(index + 1) else { return false }
    return "\\`*_{}[]()#+-.!|~>".unicodeScalars.contains(next)
  }

  private func runLength(_ start: Int) -> Int {
    scalars[start...].prefix { $0 == scalars[start] }.count
  }

  /// Copies a span of code with its backticks, or the backticks alone where they are not closed.
  private mutating func copyCode() {
    let length = runLength(place)
    var end = place + length
    while end < scalars.count {
      guard scalars[end] == "`" else {
        end += 1
        continue
      }
      let other = runLength(end)
      end += other
      if other == length { break }
      if end == scalars.count { end = place + length }
    }
    let isClosed = end > place + length && scalars[end - 1] == "`"
    let stop = isClosed ? end : place + length
    while place < stop { copy() }
  }

  /// `[text](address)`, `[text][name]` and images: the text stays.
  private mutating func link(from bracket: Int) -> Bool {
    guard let close = matching(bracket, "[", "]"), let next = at(close + 1) else { return false }
    let end =
      next == "("
      ? matching(close + 1, "(", ")") : next == "[" ? matching(close + 1, "[", "]") : nil
    // Indices such as a[i][j] and calls such as f[x](y) are no links.
    let follows = at(bracket - 1).map { $0.properties.isAlphabetic && $0.isASCII } ?? false
    guard let end, close > bracket + 1 || scalars[place] == "!", !follows else { return false }
    var inner = MarkdownInline(Array(scalars[(bracket + 1)..<close]))
    inner.walk()
    result.append(contentsOf: inner.result)
    count += inner.count + 1
    place = end + 1
    return true
  }

  private func matching(_ start: Int, _ open: Unicode.Scalar, _ close: Unicode.Scalar) -> Int? {
    var depth = 0
    for index in start..<scalars.count {
      if scalars[index] == open { depth += 1 }
      if scalars[index] == close {
        depth -= 1
        if depth == 0 { return index }
      }
    }
    return nil
  }

  /// `<https://…>`: the address stays.
  private mutating func address() -> Bool {
    guard let close = scalars[place...].firstIndex(of: ">") else { return false }
    let inner = scalars[(place + 1)..<close]
    guard
      ["http://", "https://", "mailto:"].contains(where: { inner.starts(with: $0.unicodeScalars) }),
      !inner.contains(" ")
    else { return false }
    result.append(contentsOf: inner)
    count += 1
    place = close + 1
    return true
  }

  // MARK: - Emphasis

  private mutating func emphasis() {
    let length = runLength(place)
    let isRemoved =
      switch (scalars[place], length) {
      case ("*", 2...3): !isOperator(place, length)
      case ("*", 1), ("_", 1...3), ("~", 2): closing.remove(place) != nil || opens(place, length)
      default: false
      }
    if isRemoved { skip(length) } else { for _ in 0..<length { copy() } }
  }

  /// `2 ** 3` and `x**2`.
  private func isOperator(_ start: Int, _ length: Int) -> Bool {
    let (before, after) = (at(start - 1), at(start + length))
    if let before, let after, before == " ", after == " " { return true }
    return isPlainWord(before) && isPlainWord(after)
  }

  private func isPlainWord(_ scalar: Unicode.Scalar?) -> Bool {
    scalar.map { $0.isASCII && ($0.properties.isAlphabetic || $0.properties.numericType != nil) }
      ?? false
  }

  /// Whether marks open something that the same marks close later; remembers where.
  private mutating func opens(_ start: Int, _ length: Int) -> Bool {
    guard !isPlainWord(at(start - 1)), let next = at(start + length), next != " " else {
      return false
    }
    var index = start + length
    while index < scalars.count {
      guard scalars[index] == scalars[start] else {
        index += 1
        continue
      }
      let other = runLength(index)
      if other == length, scalars[index - 1] != " ", !isPlainWord(at(index + length)) {
        guard !isName(start + length..<index, scalars[start], length) else { return false }
        closing.insert(index)
        return true
      }
      index += other
    }
    return false
  }

  /// `__init__` is a name and not emphasis.
  private func isName(_ range: Range<Int>, _ mark: Unicode.Scalar, _ length: Int) -> Bool {
    mark == "_" && length == 2
      && scalars[range].allSatisfy { ("a"..."z").contains($0) || $0 == "_" }
  }
}
