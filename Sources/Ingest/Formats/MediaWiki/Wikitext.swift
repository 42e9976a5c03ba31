import TextKit

/// Wikitext as the text that a reader sees of it.
///
/// Templates, tables, references, files and categories are left out, links become their words,
/// headings and list items lines of their own. Source: https://www.mediawiki.org/wiki/Help:Formatting.
struct Wikitext {
  private let bytes: [UInt8]
  private var place = 0
  private var result: [UInt8] = []
  /// Where what begins here ends; found once for all, so that time stays linear.
  private let templates: [Int: Int]
  private let tables: [Int: Int]
  private let links: [Int: Int]
  /// The places of closing marks whose words are kept.
  private var closings: Set<Int> = []
  /// Elements that are not closed from here on.
  private var unclosed: Set<String> = []

  /// The text of a page.
  static func plain(_ wikitext: String) -> String {
    var reader = Wikitext(Array(wikitext.utf8))
    reader.run()
    // Tags of HTML are left now, and references such as &nbsp;.
    return WikiLines.text(HTMLText.text(of: HTMLTree(reader.escapingNewlines())))
  }

  private init(_ bytes: [UInt8]) {
    self.bytes = bytes
    templates = Self.pairs(in: bytes, "{{", "}}") { _ in true }
    // Cells hold templates, and the last line of one may begin as the last of a table: "|}}".
    let templates = templates
    tables = Self.pairs(in: bytes, "{|", "|}", skipping: templates) {
      Self.beginsLine($0, in: bytes)
    }
    links = Self.pairs(in: bytes, "[[", "]]") { _ in true }
  }

  /// Where each opening mark that is closed begins, and the place behind its closing mark.
  private static func pairs(
    in bytes: [UInt8], _ open: String, _ close: String, skipping skipped: [Int: Int] = [:],
    _ counts: (Int) -> Bool
  ) -> [Int: Int] {
    let (open, close) = (Array(open.utf8), Array(close.utf8))
    var pairs: [Int: Int] = [:]
    var begun: [Int] = []
    var place = 0
    while place + 1 < bytes.count {
      if let end = skipped[place] {
        place = end
        continue
      }
      let isOpen = bytes[place] == open[0] && bytes[place + 1] == open[1] && counts(place)
      let isClose = bytes[place] == close[0] && bytes[place + 1] == close[1] && counts(place)
      if isOpen { begun.append(place) }
      if isClose, let start = begun.popLast() { pairs[start] = place + 2 }
      place += isOpen || isClose ? 2 : 1
    }
    return pairs
  }

  /// Whether nothing but blanks and colons stands between a place and the beginning of its line.
  private static func beginsLine(_ place: Int, in bytes: [UInt8]) -> Bool {
    let before = bytes[..<place].last { $0 != 0x20 && $0 != 0x09 && $0 != 0x3A }
    return before == nil || before == 0x0A
  }

  /// HTML runs lines together; wikitext's are kept by breaks.
  private func escapingNewlines() -> [UInt8] {
    result.split(separator: 0x0A, omittingEmptySubsequences: false)
      .joined(separator: Array("<br>".utf8)).map { $0 }
  }

  private mutating func run() {
    while place < bytes.count {
      if closings.contains(place) {
        place += 2
        continue
      }
      if take(commentEnd()) || take(hiddenEnd()) || take(templateEnd()) || take(tableEnd()) {
        continue
      }
      if link() || address() || quotes() { continue }
      result.append(bytes[place])
      place += 1
    }
  }

  private func starts(_ text: String) -> Bool { bytes[place...].starts(with: text.utf8) }

  private mutating func take(_ end: Int?) -> Bool {
    guard let end else { return false }
    place = end
    return true
  }

  private func end(of text: String, from start: Int) -> Int? {
    let first = text.utf8.first
    var start = start
    while let next = bytes[start...].firstIndex(where: { $0 == first }) {
      if bytes[next...].starts(with: text.utf8) { return next + text.utf8.count }
      start = next + 1
    }
    return nil
  }

  private func commentEnd() -> Int? {
    guard starts("<!--") else { return nil }
    return end(of: "-->", from: place + 4) ?? bytes.count
  }

  /// Elements whose content is no part of the text.
  private static let hidden = ["ref", "gallery", "math", "timeline", "score", "imagemap", "hiero"]

  private mutating func hiddenEnd() -> Int? {
    guard bytes[place] == UInt8(ascii: "<") else { return nil }
    let name = bytes[(place + 1)...].prefix(10).prefix { $0.isASCIILetter }.map { $0 | 0x20 }
    guard let hidden = Self.hidden.first(where: { $0.utf8.elementsEqual(name) }),
      let close = bytes[place...].prefix(4000).firstIndex(of: UInt8(ascii: ">"))
    else { return nil }
    if bytes[close - 1] == UInt8(ascii: "/") { return close + 1 }
    guard !unclosed.contains(hidden) else { return close + 1 }
    if let end = end(of: "</\(hidden)>", from: close) { return end }
    unclosed.insert(hidden)
    return close + 1
  }

  /// Templates that only say how their last part looks, or what language it is in.
  private static let transparent: Set<String> = [
    "lang", "nowrap", "nobr", "transl", "small", "big", "abbr", "convert", "sic", "linktext",
  ]

  /// What is never closed is passed over by its mark.
  private mutating func templateEnd() -> Int? {
    guard starts("{{") else { return nil }
    guard let end = templates[place] else { return place + 2 }
    let inner = bytes[(place + 2)..<max(place + 2, end - 2)]
    let name = String(decoding: inner.prefix(12).prefix { $0 != 0x7C }, as: UTF8.self)
    guard Self.transparent.contains(name.lowercased()), inner.count < 400 else { return end }
    if name.lowercased() == "convert" { return convertEnd(inner, end) }
    guard let bar = inner.lastIndex(of: UInt8(ascii: "|")) else { return end }
    closings.insert(end - 2)
    return bar + 1
  }

  /// `{{convert|30|km}}` is `30 km`.
  private mutating func convertEnd(_ inner: ArraySlice<UInt8>, _ end: Int) -> Int {
    let parts = inner.split(separator: UInt8(ascii: "|"))
    if parts.count >= 3 { result += parts[1] + [0x20] + parts[2] }
    return end
  }

  private func tableEnd() -> Int? {
    guard starts("{|"), Self.beginsLine(place, in: bytes) else { return nil }
    return tables[place] ?? place + 2
  }

  // MARK: - Links

  private static let leftOut = ["file:", "image:", "category:", "media:"]

  /// `[[page|words]]` is its words; those of files and categories are left out.
  private mutating func link() -> Bool {
    guard starts("[[") else { return false }
    guard let end = links[place] else {
      place += 2
      return true
    }
    let inner = bytes[(place + 2)..<(end - 2)]
    place = end
    let target = String(decoding: inner.prefix(12), as: UTF8.self).lowercased()
    if Self.leftOut.contains(where: { target.hasPrefix($0) }) || isLanguage(inner) { return true }
    // What names a page holds no brackets, so that a bar behind some is another link's.
    let mark = inner.firstIndex { $0 == UInt8(ascii: "|") || $0 == UInt8(ascii: "[") }
    let words = mark.flatMap { inner[$0] == UInt8(ascii: "|") ? inner[($0 + 1)...] : nil } ?? inner
    // The words may hold markup of their own, so they are read like the rest.
    place = words.first == UInt8(ascii: ":") ? words.startIndex + 1 : words.startIndex
    closings.insert(end - 2)
    return true
  }

  /// `[[de:Seite]]` is the page in another language, not a part of this one.
  private func isLanguage(_ target: ArraySlice<UInt8>) -> Bool {
    // The size comes first: links that hold links are looked at once for each.
    guard target.count < 200, let colon = target.firstIndex(of: UInt8(ascii: ":")),
      !target.contains(UInt8(ascii: "|"))
    else { return false }
    let code = target[..<colon]
    return (2...3).contains(code.prefix { (0x61...0x7A).contains($0) }.count)
      && code.allSatisfy { (0x61...0x7A).contains($0) || $0 == UInt8(ascii: "-") }
  }

  /// `[http://… words]` is its words.
  private mutating func address() -> Bool {
    guard starts("[http") || starts("[//"),
      let end = bytes[place...].prefix(2000).firstIndex(where: { $0 == 0x5D || $0 == 0x0A }),
      bytes[end] == 0x5D
    else { return false }
    let inner = bytes[(place + 1)..<end]
    if let blank = inner.firstIndex(of: 0x20) { result += inner[(blank + 1)...] }
    place = end + 1
    return true
  }

  /// Two, three and five quotes make text slanted and bold.
  private mutating func quotes() -> Bool {
    let count = bytes[place...].prefix(5).prefix { $0 == UInt8(ascii: "'") }.count
    guard count >= 2 else { return false }
    place += count == 4 ? 3 : count
    return true
  }
}
