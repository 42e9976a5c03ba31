import Records
import Stages

/// `clean.markdown`: markdown becomes plain text; code stays as it is.
enum MarkdownStage {
  static let descriptor = EditStage.descriptor(
    "clean.markdown",
    "Take away the marks of markdown: headings, emphasis, links, rules, comments; code and lists stay.",
    version: 3, example: "clean.markdown: {fields: output}"
  ) { _ in
    { text in
      let comments = Comments.html(removedOutsideCodeFrom: text)
      let plain = MarkdownText.plain(comments.text)
      return Edit(text: plain.text, count: comments.count + plain.count)
    }
  }
}

/// Markdown line by line.
enum MarkdownText {
  /// The text without marks, and how many went.
  static func plain(_ text: String) -> Edit {
    var count = 0
    var lines: [String] = []
    var previousIsText = false
    let source = CodeSpans.lines(of: text)
    let inTable = tableLines(source)
    for (number, (line, isCode)) in source.enumerated() {
      guard !isCode else {
        lines.append(String(line))
        previousIsText = false
        continue
      }
      guard var plain = plainLine(line, previousIsText: previousIsText, &count) else { continue }
      if inTable[number] { plain = withoutBars(plain, &count) }
      previousIsText = plain.contains { !$0.isWhitespace } && !isListItem(PlainForm.trimmed(line))
      lines.append(plain)
    }
    return count == 0 ? Edit(text: text) : Edit(text: lines.joined(separator: "\n"), count: count)
  }

  /// Which lines are of a table: the one above a rule such as |---|---|, and those below with a bar.
  private static func tableLines(_ lines: [(line: Substring, isCode: Bool)]) -> [Bool] {
    var inTable = Array(repeating: false, count: lines.count)
    for (number, (line, isCode)) in lines.enumerated() where !isCode && line.contains("|") {
      if isTableRule(line) {
        inTable[number] = true
        if number > 0, !lines[number - 1].isCode { inTable[number - 1] = true }
      } else if number > 0, inTable[number - 1] {
        inTable[number] = true
      }
    }
    return inTable
  }

  /// A row without the bars at its ends.
  private static func withoutBars(_ line: String, _ count: inout Int) -> String {
    let row = PlainForm.trimmed(line)
    guard row.hasPrefix("|"), row.hasSuffix("|"), row.count > 2 else { return line }
    count += 1
    return line.prefix { $0 == " " } + String(PlainForm.trimmed(row.dropFirst().dropLast()))
  }

  /// A line without its marks; nil where it is nothing but marks.
  private static func plainLine(
    _ line: Substring, previousIsText: Bool, _ count: inout Int
  ) -> String? {
    let indent = line.prefix { $0 == " " || $0 == "\t" }
    var body = line.dropFirst(indent.count)
    if indent.count >= 4 || indent.contains("\t"), !isListItem(body) { return String(line) }
    if isRule(body) || isTableRule(body) || isDefinition(body)
      || previousIsText && isUnderline(body)
    {
      count += 1
      return nil
    }
    while body.first == ">", indent.isEmpty {
      body = body.dropFirst().drop { $0 == " " }
      count += 1
    }
    if let heading = headingText(body) {
      count += 1
      body = heading
    }
    if body.hasPrefix("* ") || body.hasPrefix("+ ") {
      count += 1
      return indent + "- " + MarkdownInline.plain(body.dropFirst(2), &count)
    }
    return indent + MarkdownInline.plain(body, &count)
  }

  private static func isListItem(_ body: Substring) -> Bool {
    ["- ", "* ", "+ "].contains { body.hasPrefix($0) } || isNumbered(body)
  }

  private static func isNumbered(_ body: Substring) -> Bool {
    let digits = body.prefix { $0.isNumber }
    return !digits.isEmpty && [". ", ") "].contains { body.dropFirst(digits.count).hasPrefix($0) }
  }

  /// `---`, `* * *`, `___` alone on a line.
  private static func isRule(_ body: Substring) -> Bool {
    let marks = body.filter { !$0.isWhitespace }
    guard marks.count >= 3, let mark = marks.first, "-*_".contains(mark) else { return false }
    return marks.allSatisfy { $0 == mark }
  }

  /// `===` or `--` under a heading; what stands behind an item of a list is none.
  private static func isUnderline(_ body: Substring) -> Bool {
    let marks = PlainForm.trimmed(body)
    return marks.count >= 2 && (marks.allSatisfy { $0 == "=" } || marks.allSatisfy { $0 == "-" })
  }

  /// `| --- | :---: |`.
  private static func isTableRule(_ body: Substring) -> Bool {
    body.contains("|") && body.contains("-") && body.allSatisfy { "|-: \t".contains($0) }
  }

  /// `[name]: address`.
  private static func isDefinition(_ body: Substring) -> Bool {
    guard body.first == "[", let close = body.firstIndex(of: "]") else { return false }
    let rest = body[body.index(after: close)...]
    return rest.hasPrefix(": http") || rest.hasPrefix(": <http") || rest.hasPrefix(": www.")
  }

  /// What stands behind `#` to `######`, without marks at its end.
  private static func headingText(_ body: Substring) -> Substring? {
    let marks = body.prefix { $0 == "#" }
    let rest = body.dropFirst(marks.count)
    guard (1...6).contains(marks.count), rest.isEmpty || rest.first == " " || rest.first == "\t"
    else {
      return nil
    }
    var text = PlainForm.trimmed(rest)
    let end = text.reversed().prefix { $0 == "#" }.count
    if end > 0, text.dropLast(end).last == " " { text = PlainForm.trimmed(text.dropLast(end)) }
    return text
  }
}
