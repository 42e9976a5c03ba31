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
    parameters: [anyComment], example: "clean.copyright: {fields: output}"
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
    let head = lines.prefix { line in line.isEmpty || marks.contains { line.hasPrefix($0) } }
    let isNotice = anyComment || speaks(head.joined(separator: "\n"))
    let count = head.count { !$0.isEmpty }
    guard count > 0, isNotice else { return Edit(text: text) }
    return Edit(text: lines.dropFirst(head.count).joined(separator: "\n"), count: count)
  }

  private static func speaks(_ text: some StringProtocol) -> Bool {
    let text = text.lowercased()
    return words.contains { text.contains($0) }
  }

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
