import Records
import Stages

/// The lines of YAML between two rules, or of TOML between two lines of `+++`, that a document may begin
/// with.
///
/// Read are keys with texts, quoted or not, lists of texts in brackets or in lines, and texts of
/// several lines (`|`, `>`); what is nested deeper is kept as it is written.
struct FrontMatter {
  /// The keys and what they hold.
  private(set) var fields = JSONObject()
  /// The place behind it; 0 where there is none.
  private(set) var end = 0

  /// Looks for front matter at the beginning of a document.
  init(_ bytes: [UInt8]) {
    var lines: [String] = []
    var rule: String?
    var place = 0
    while place < bytes.count {
      let newline = bytes[place...].firstIndex(of: 0x0A) ?? bytes.count
      let line = bytes[place..<newline].last == 0x0D ? newline - 1 : newline
      let text = String(decoding: bytes[place..<line], as: UTF8.self)
      place = min(newline + 1, bytes.count)
      let mark = Self.withoutBlanks(text)
      guard let opening = rule else {
        guard mark == "---" || mark == Self.tomlRule else { return }
        rule = String(mark)
        continue
      }
      if mark == opening || opening == "---" && mark == "..." {
        end = place
        if opening == Self.tomlRule { fields = TOMLFields(lines).fields } else { read(lines) }
        return
      }
      lines.append(text)
    }
  }

  private static let tomlRule = "+++"

  /// A line without the blanks that editors leave at its end.
  private static func withoutBlanks(_ line: String) -> Substring {
    let end = line.utf8.lastIndex { $0 != 0x20 && $0 != 0x09 }
    return end.map { line[...$0] } ?? ""
  }

  private mutating func read(_ lines: [String]) {
    var place = 0
    while place < lines.count {
      let line = lines[place]
      place += 1
      guard let colon = line.firstIndex(of: ":"), let first = line.unicodeScalars.first,
        first != "#", first != " ", first != "-"
      else { continue }
      var inner: [String] = []
      while place < lines.count, lines[place].isEmpty || " -\t".contains(lines[place].prefix(1)) {
        inner.append(lines[place])
        place += 1
      }
      let key = Self.scalar(String(line[..<colon]))
      let text = XMLElement.trimmed(String(line[line.index(after: colon)...]))
      fields[key] = Self.value(text, inner)
    }
  }

  private static func value(_ text: String, _ inner: [String]) -> JSONValue {
    let lines = inner.map { XMLElement.trimmed($0) }
    if text.hasPrefix("|") { return .string(XMLElement.trimmed(lines.joined(separator: "\n"))) }
    if text.hasPrefix(">") { return .string(lines.filter { !$0.isEmpty }.joined(separator: " ")) }
    if text.hasPrefix("["), text.hasSuffix("]") {
      return .array(items(of: text.dropFirst().dropLast()).map { .string(scalar($0)) })
    }
    let items = lines.filter { !$0.isEmpty }
    if text.isEmpty, !items.isEmpty {
      guard items.allSatisfy({ $0.hasPrefix("- ") }) else {
        return .string(inner.joined(separator: "\n"))
      }
      return .array(items.map { .string(scalar(XMLElement.trimmed(String($0.dropFirst(2))))) })
    }
    return .string(scalar(([text] + items).joined(separator: " ")))
  }

  /// The parts between commas that stand in no quotes.
  static func items(of text: Substring) -> [String] {
    var items = [""]
    var quote: Character?
    for character in text {
      if character == ",", quote == nil {
        items.append("")
        continue
      }
      if character == quote {
        quote = nil
      } else if quote == nil, "\"'".contains(character) {
        quote = character
      }
      items[items.count - 1].append(character)
    }
    return items.map { XMLElement.trimmed($0) }.filter { !$0.isEmpty }
  }

  /// A text without its quotes, or without the comment behind it.
  static func scalar(_ text: String) -> String {
    for quote in ["\"", "'"] where text.hasPrefix(quote) && text.hasSuffix(quote) {
      guard text.utf8.count >= 2 else { break }
      let inner = String(text.dropFirst().dropLast())
      return quote == "'"
        ? inner.replacing("''", with: "'")
        : inner.replacing("\\\"", with: "\"").replacing("\\n", with: "\n")
    }
    guard let comment = text.firstRange(of: " #") else { return text }
    return XMLElement.trimmed(String(text[..<comment.lowerBound]))
  }
}

/// The keys of TOML's lines, as front matter has them: texts, lists of texts in one line or several, and
/// tables, whose lines are kept as they are written.
struct TOMLFields {
  private(set) var fields = JSONObject()

  init(_ lines: [String]) {
    var place = 0
    var table: (name: String, lines: [String])?
    while place < lines.count {
      let line = XMLElement.trimmed(lines[place])
      place += 1
      if line.isEmpty || line.hasPrefix("#") { continue }
      if line.hasPrefix("["), let end = line.lastIndex(of: "]") {
        close(table)
        table = (line[..<end].filter { $0 != "[" && $0 != "]" }, [])
        continue
      }
      if table != nil {
        table?.lines.append(line)
        continue
      }
      guard let equals = line.firstIndex(of: "=") else { continue }
      let start = XMLElement.trimmed(String(line[line.index(after: equals)...]))
      let value = Self.whole(start, lines, &place)
      let key = FrontMatter.scalar(XMLElement.trimmed(String(line[..<equals])))
      fields[key] = Self.value(value)
    }
    close(table)
  }

  /// A value with the lines that it goes on in, and without comments: lists and long texts go on until they are
  /// closed.
  private static func whole(_ start: String, _ lines: [String], _ place: inout Int) -> String {
    for quotes in ["\"\"\"", "'''"] where start.hasPrefix(quotes) {
      var text = String(start.dropFirst(3))
      while !text.contains(quotes), place < lines.count {
        text += "\n" + lines[place]
        place += 1
      }
      let end = text.firstRange(of: quotes)?.lowerBound ?? text.endIndex
      return quotes + text[..<end] + quotes
    }
    var value = uncommented(start)
    while value.hasPrefix("["), !value.hasSuffix("]"), place < lines.count {
      value += " " + uncommented(XMLElement.trimmed(lines[place]))
      place += 1
    }
    return value
  }

  /// A line up to a `#` that stands in no quotes.
  private static func uncommented(_ line: String) -> String {
    var quote: Character?
    var isEscaped = false
    for (index, character) in zip(line.indices, line) {
      if isEscaped {
        isEscaped = false
      } else if character == "\\", quote == "\"" {
        isEscaped = true
      } else if character == quote {
        quote = nil
      } else if quote == nil, "\"'".contains(character) {
        quote = character
      } else if quote == nil, character == "#" {
        return XMLElement.trimmed(String(line[..<index]))
      }
    }
    return line
  }

  private mutating func close(_ table: (name: String, lines: [String])?) {
    guard let table, !table.lines.isEmpty else { return }
    fields[table.name] = .string(table.lines.joined(separator: "\n"))
  }

  private static func value(_ text: String) -> JSONValue {
    if text.hasPrefix("["), text.hasSuffix("]") {
      let items = FrontMatter.items(of: text.dropFirst().dropLast())
      return .array(items.map { .string(FrontMatter.scalar($0)) })
    }
    for quotes in ["\"\"\"", "'''"] where text.hasPrefix(quotes) && text.hasSuffix(quotes) {
      if text.utf8.count >= 6 {
        return .string(XMLElement.trimmed(String(text.dropFirst(3).dropLast(3))))
      }
    }
    return .string(FrontMatter.scalar(text))
  }
}
