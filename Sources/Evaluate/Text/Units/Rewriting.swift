/// Replacements in a whole line, for the few lines that need them.
enum Rewriting {
  private static let entities: [(name: [UInt8], character: [UInt8])] = [
    (Array("&quot;".utf8), [0x22]), (Array("&amp;".utf8), [0x26]), (Array("&lt;".utf8), [0x3C]),
    (Array("&gt;".utf8), [0x3E]),
  ]

  /// What mteval-v13a does before it splits words.
  static func mteval(_ line: UnsafeBufferPointer<UInt8>, into text: inout [UInt8]) {
    text.removeAll(keepingCapacity: true)
    text.append(contentsOf: line)
    replace(Array("<skipped>".utf8), by: [], in: &text)
    replace([0x2D, 0x0A], by: [], in: &text)
    replace([0x0A], by: [0x20], in: &text)
    replaceEntities(in: &text)
  }

  /// What Tercom does before it splits words.
  static func tercom(_ text: inout [UInt8]) {
    replace([0x0A, 0x2D], by: [], in: &text)
    replace([0x0A], by: [0x20], in: &text)
    replaceEntities(in: &text)
  }

  private static func replaceEntities(in text: inout [UInt8]) {
    guard text.contains(0x26) else { return }
    for (name, character) in entities { replace(name, by: character, in: &text) }
  }

  /// Replaces what occurs from left to right.
  private static func replace(_ pattern: [UInt8], by other: [UInt8], in text: inout [UInt8]) {
    guard text.contains(pattern[0]) else { return }
    var result: [UInt8] = []
    var place = 0
    while place < text.count {
      if text[place] == pattern[0], text[place...].starts(with: pattern) {
        result += other
        place += pattern.count
      } else {
        result.append(text[place])
        place += 1
      }
    }
    text = result
  }
}
