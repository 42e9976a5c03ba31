import Records
import Stages

/// `clean.copyright`: takes notices of copyright off the head of source code.
enum CopyrightStage {
  private static let anyComment = Parameter(
    "any-comment", default: false,
    "Remove comment lines at the head whatever they say, as Data-Juicer does; headings of markdown go too."
  )

  static let descriptor = EditStage.descriptor(
    "clean.copyright", "Remove comments at the head of code that speak of copyright or a licence.",
    version: 2, parameters: [anyComment], example: "clean.copyright: {fields: output}"
  ) { values in
    let anyComment = values[anyComment]
    return { CopyrightNotices.removed(from: $0, anyComment: anyComment) }
  }
}

enum CopyrightNotices {
  private static let words = ["copyright", "(c)", "©", "licen", "all rights reserved", "spdx"]
  private static let marks = ["//", "#", "--"]

  static func removed(from text: String, anyComment: Bool) -> Edit {
    if let block = block(in: text) {
      return Edit(text: String(text[..<block.lowerBound] + text[block.upperBound...]), count: 1)
    }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let (kept, count) = anyComment ? withoutHead(lines) : withoutNotices(lines)
    return count == 0 ? Edit(text: text) : Edit(text: kept.joined(separator: "\n"), count: count)
  }

  /// The lines behind all that begin with a mark or are empty.
  private static func withoutHead(_ lines: [Substring]) -> (kept: [Substring], count: Int) {
    let head = lines.prefix { line in line.isEmpty || marks.contains { line.hasPrefix($0) } }
    let count = head.count { !$0.isEmpty }
    return (count == 0 ? lines : Array(lines.dropFirst(head.count)), count)
  }

  /// The lines without those blocks of comments at their head that speak of rights; a `#!` stays.
  ///
  /// A block is of one mark and ends at an empty line; those behind a notice go with it.
  private static func withoutNotices(_ lines: [Substring]) -> (kept: [Substring], count: Int) {
    var kept = Array(lines.prefix { $0.hasPrefix("#!") }.prefix(1))
    var count = 0
    var rest = lines[kept.count...]
    while let first = rest.first {
      let isBlank = PlainForm.trimmed(first).isEmpty
      guard let mark = isBlank ? "" : Self.mark(of: first) else { break }
      let block = rest.prefix { line in
        PlainForm.trimmed(line).isEmpty ? isBlank : Self.mark(of: line) == mark
      }
      rest = rest.dropFirst(block.count)
      if !isBlank, isNotice(block.joined(separator: "\n"), mark) {
        count += block.count
        rest = rest.drop { PlainForm.trimmed($0).isEmpty }
      } else {
        kept += block
      }
    }
    return (kept + rest, count)
  }

  /// The mark of a line that is a comment: `#include` and `--verbose` are none.
  private static func mark(of line: Substring) -> String? {
    guard let mark = marks.first(where: { line.hasPrefix($0) }) else { return nil }
    let rest = line.dropFirst(mark.count).drop { $0 == mark.first }
    return mark == "//" || rest.isEmpty || rest.first?.isWhitespace == true ? mark : nil
  }

  /// Whether a block speaks of rights; behind `#` it must say whose or which, as headings may be
  /// about copyright and licences.
  private static func isNotice(_ block: String, _ mark: String) -> Bool {
    let block = block.lowercased()
    guard mark == "#" else { return words.contains { block.contains($0) } }
    if hashWords.contains(where: { block.contains($0) }) { return true }
    let holders = block.split(separator: "copyright", omittingEmptySubsequences: false).dropFirst()
    return holders.contains { rest in
      let rest = rest.drop { $0 == " " || $0 == ":" }
      return rest.first?.isNumber == true
        || ["(c)", "©", "by ", "the "].contains { rest.hasPrefix($0) }
    }
  }

  private static let hashWords = [
    "spdx-", "all rights reserved", "licensed under", "license:", "licence:",
  ]

  /// The first `/* … */`, where it speaks of copyright.
  private static func block(in text: String) -> Range<String.Index>? {
    let utf8 = text.utf8
    func find(_ mark: String, from start: String.Index) -> String.Index? {
      let bytes = Array(mark.utf8)
      return utf8[start...].indices.first {
        utf8[$0] == bytes[0] && utf8[$0...].starts(with: bytes)
      }
    }
    guard let start = find("/*", from: text.startIndex),
      let close = find("*/", from: utf8.index(start, offsetBy: 2))
    else { return nil }
    let range = start..<utf8.index(close, offsetBy: 2)
    return text[range].lowercased().contains("copyright") ? range : nil
  }
}
