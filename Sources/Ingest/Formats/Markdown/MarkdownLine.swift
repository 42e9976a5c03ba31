import TextKit

/// A line and a place in it, tabs counted to the next fourth column.
struct MarkdownLine {
  let bytes: [UInt8]
  private(set) var offset = 0
  private(set) var column = 0
  /// Whether the place is within a tab.
  private(set) var inTab = false
  private var isUsedUp = false

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The place of the next byte that is no blank.
  var nonspace: Int {
    bytes[offset...].firstIndex { $0 != 0x20 && $0 != 0x09 } ?? bytes.count
  }

  /// The columns of blanks before it.
  var indent: Int {
    var column = column
    for byte in bytes[offset..<nonspace] { column += byte == 0x09 ? 4 - column % 4 : 1 }
    return column - self.column
  }

  /// Whether nothing but blanks is left of a line that has not been used up.
  var isBlank: Bool { !isUsedUp && nonspace == bytes.count }
  var isIndented: Bool { indent >= 4 }
  /// The first byte that is no blank.
  var first: UInt8? { nonspace < bytes.count ? bytes[nonspace] : nil }
  var next: UInt8? { offset < bytes.count ? bytes[offset] : nil }
  var nextIsBlank: Bool { next == 0x20 || next == 0x09 }
  /// What stands behind the blanks.
  var content: ArraySlice<UInt8> { bytes[nonspace...] }

  mutating func skipBlanks() {
    let place = nonspace
    column += indent
    offset = place
    inTab = false
  }

  /// Uses up the line, as headings do; that does not make it a blank one.
  mutating func skipToEnd() {
    offset = bytes.count
    isUsedUp = true
  }

  /// Moves on by a number of bytes, or of columns.
  mutating func advance(_ count: Int, columns: Bool = false) {
    var count = count
    while count > 0, offset < bytes.count {
      guard bytes[offset] == 0x09 else {
        offset += 1
        column += 1
        count -= 1
        inTab = false
        continue
      }
      let width = 4 - column % 4
      guard columns else {
        column += width
        offset += 1
        count -= 1
        inTab = false
        continue
      }
      inTab = width > count
      let step = min(width, count)
      column += step
      if !inTab { offset += 1 }
      count -= step
    }
  }

  /// What is left; the part of a tab that is left is blanks.
  var remaining: [UInt8] {
    guard inTab, offset < bytes.count else { return Array(bytes[offset...]) }
    return [UInt8](repeating: 0x20, count: 4 - column % 4) + bytes[(offset + 1)...]
  }
}
