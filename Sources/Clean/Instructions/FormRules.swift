import Records

/// A code fence that is opened and not closed.
struct FenceRule: TurnRule {
  func fault(in turn: Turn) -> JSONObject? {
    let open = CodeSpans.openFences(in: turn.text)
    guard open > 0 else { return nil }
    return ["fences": .integer(CodeSpans.fences(in: turn.text)), "open": .integer(open)]
  }
}

/// An answer that is JSON, or a block that says it is, which no parser reads.
struct JSONRule: TurnRule {
  func fault(in turn: Turn) -> JSONObject? {
    guard turn.isAnswer else { return nil }
    for block in CodeSpans.blocks(in: turn.text, language: "json") where !isJSON(block) {
      return ["found": .string("a block of json that is none")]
    }
    let text = PlainForm.trimmed(turn.text)
    guard beginsJSON(text), !isJSON(text), !isJSONBeforeProse(text) else { return nil }
    return ["found": .string("an answer that begins as JSON and is none")]
  }

  /// `{"`, `[{`, `["` or an empty object, with blanks between: what no prose begins with.
  private func beginsJSON(_ text: Substring) -> Bool {
    let bytes = text.utf8.lazy.filter { ![0x20, 0x0A, 0x0D, 0x09].contains($0) }.prefix(2)
    let start = Array(bytes)
    guard start.count == 2 else { return false }
    switch start[0] {
    case UInt8(ascii: "{"): return start[1] == UInt8(ascii: "\"")
    case UInt8(ascii: "["):
      return start[1] == UInt8(ascii: "{") || start[1] == UInt8(ascii: "\"")
    default: return false
    }
  }

  /// One value, or one on each line.
  private func isJSON(_ text: Substring) -> Bool {
    if parses(text) { return true }
    let lines = text.split(separator: "\n").map { PlainForm.trimmed($0) }.filter { !$0.isEmpty }
    return lines.count > 1 && lines.allSatisfy { parses($0) }
  }

  private func parses(_ text: Substring) -> Bool { (try? JSONValue.parse(Array(text.utf8))) != nil }

  /// A whole value with words behind it.
  private func isJSONBeforeProse(_ text: Substring) -> Bool {
    var depth = 0
    var isQuoted = false
    var isEscaped = false
    for (offset, byte) in text.utf8.enumerated() {
      if isEscaped {
        isEscaped = false
      } else if isQuoted {
        if byte == UInt8(ascii: "\\") { isEscaped = true }
        if byte == UInt8(ascii: "\"") { isQuoted = false }
      } else if byte == UInt8(ascii: "\"") {
        isQuoted = true
      } else if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") {
        depth += 1
      } else if byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]") {
        depth -= 1
        if depth == 0 { return (try? JSONValue.parse(Array(text.utf8.prefix(offset + 1)))) != nil }
      }
    }
    return false
  }
}

/// Code in a text: blocks between fences, spans between backticks.
enum CodeSpans {
  private static func walk(
    _ text: String, _ visit: (_ line: Substring, _ inside: Bool, _ language: Substring) -> Void
  ) -> (fences: Int, isOpen: Bool) {
    var blocks = CodeFences<Substring.UTF8View>()
    var fences = 0
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      switch blocks.take(line) {
      case .prose, .code: visit(line, blocks.isOpen, blocks.info.map { Substring($0) } ?? "")
      case .opening, .closing:
        fences += 1
        visit("", false, "")
      }
    }
    return (fences, blocks.isOpen)
  }

  /// The lines of a text, and whether each is code or a fence.
  static func lines(of text: String) -> [(line: Substring, isCode: Bool)] {
    var blocks = CodeFences<Substring.UTF8View>()
    return text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      (line, blocks.take(line) != .prose)
    }
  }

  /// The text with every line outside of code changed.
  static func mapProse(of text: String, _ change: (Substring) -> String) -> String {
    lines(of: text).map { $0.isCode ? String($0.line) : change($0.line) }.joined(separator: "\n")
  }

  /// The text without the lines outside of code that are not to be kept.
  static func filterProse(of text: String, _ isKept: (Substring) -> Bool) -> String {
    lines(of: text).filter { $0.isCode || isKept($0.line) }.map { String($0.line) }
      .joined(separator: "\n")
  }

  /// How many fences there are.
  static func fences(in text: String) -> Int { walk(text) { _, _, _ in }.fences }

  /// 1 where the last fence is open.
  static func openFences(in text: String) -> Int {
    guard text.utf8.contains(UInt8(ascii: "`")) || text.utf8.contains(UInt8(ascii: "~")) else {
      return 0
    }
    return walk(text) { _, _, _ in }.isOpen ? 1 : 0
  }

  /// Whether a text ends with a block of code.
  static func endsInFence(_ text: String) -> Bool {
    if openFences(in: text) > 0 { return true }
    return lines(of: text).last { $0.line.contains { !$0.isWhitespace } }?.isCode == true
  }

  static func blocks(in text: String, language: String) -> [Substring] {
    guard text.utf8.contains(UInt8(ascii: "`")) || text.utf8.contains(UInt8(ascii: "~")) else {
      return []
    }
    var blocks: [String] = []
    var current: String?
    _ = walk(text) { line, inside, info in
      if inside, info.lowercased() == language {
        current = (current.map { $0 + "\n" } ?? "") + line
      } else if let block = current {
        blocks.append(block)
        current = nil
      }
    }
    if let current { blocks.append(current) }
    return blocks.map { $0[...] }
  }

  /// A text without its code.
  static func removed(from text: String) -> String {
    guard text.utf8.contains(UInt8(ascii: "`")) || text.utf8.contains(UInt8(ascii: "~")) else {
      return text
    }
    var lines: [String] = []
    _ = walk(text) { line, inside, _ in
      if !inside { lines.append(withoutSpans(line)) }
    }
    return lines.joined(separator: "\n")
  }

  private static func withoutSpans(_ line: Substring) -> String {
    let parts = line.split(separator: "`", omittingEmptySubsequences: false)
    guard parts.count > 2 else { return String(line) }
    return parts.enumerated().filter { $0.offset % 2 == 0 || $0.offset == parts.count - 1 }
      .map { String($0.element) }.joined(separator: " ")
  }
}

extension CodeFences<Substring.UTF8View> {
  fileprivate mutating func take(_ line: Substring) -> Line {
    let body = line.utf8.drop { $0 == 0x20 || $0 == 0x09 }
    return take(body, indent: line.utf8.count - body.count)
  }
}
