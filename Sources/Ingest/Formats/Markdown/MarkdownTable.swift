import TextKit

/// Tables of GitHub's dialect: a row of names, one of dashes, and rows of cells.
enum MarkdownTable {
  /// Whether the lines of a paragraph are a table.
  static func isTable(_ text: [UInt8]) -> Bool {
    guard text.contains(UInt8(ascii: "|")) else { return false }
    let lines = text.split(separator: 0x0A, maxSplits: 2)
    guard lines.count >= 2, lines[0].contains(UInt8(ascii: "|")) else { return false }
    let rule = cells(of: lines[1])
    return rule.count == cells(of: lines[0]).count && rule.allSatisfy(isRule)
  }

  private static func isRule(_ cell: [UInt8]) -> Bool {
    let dashes = cell.drop { $0 == UInt8(ascii: ":") }.prefix { $0 == UInt8(ascii: "-") }
    let colons = cell.count { $0 == UInt8(ascii: ":") }
    return !dashes.isEmpty && dashes.count + colons == cell.count && colons <= 2
  }

  /// The cells of each row but the one of dashes.
  static func rows(of text: [UInt8]) -> [[[UInt8]]] {
    let lines = text.split(separator: 0x0A)
    return (lines.prefix(1) + lines.dropFirst(2)).map { cells(of: $0) }
  }

  private static func cells(of line: ArraySlice<UInt8>) -> [[UInt8]] {
    var cells: [[UInt8]] = [[]]
    var line = line.trimmedBlanks
    if line.first == UInt8(ascii: "|") { line = line.dropFirst() }
    var isEscaped = false
    for byte in line {
      if byte == UInt8(ascii: "|"), !isEscaped {
        cells.append([])
      } else {
        cells[cells.count - 1].append(byte)
      }
      isEscaped = byte == UInt8(ascii: "\\") && !isEscaped
    }
    if cells.last?[...].trimmedBlanks.isEmpty == true { cells.removeLast() }
    return cells.map { Array($0[...].trimmedBlanks) }
  }
}
