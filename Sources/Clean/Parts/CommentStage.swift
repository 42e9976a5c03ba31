import Records
import Stages
import TextKit

/// `clean.comments`: takes comments of a language out of texts.
enum CommentStage {
  /// Whose comments go.
  enum Language: String, ChoiceValue {
    /// Those of TeX, in texts that hold a command of it; a % of others is a percent sign.
    case auto
    /// From a `%` that no backslash stands before to the end of the line.
    case tex
    /// From `<!--` to `-->`.
    case html
  }

  private static let language = Parameter(
    "language", default: Language.auto, aliases: ["doc_type"],
    "Whose comments go: % of TeX, <!-- --> of HTML; auto: of TeX, where a text has its commands.")

  static let descriptor = EditStage.descriptor(
    "clean.comments", "Remove the comments of TeX or HTML.", version: 3, parameters: [language],
    example: "clean.comments: {language: html}"
  ) { values in
    switch values[language] {
    case .auto: return { Comments.isTeX($0) ? Comments.tex(removedFrom: $0) : Edit(text: $0) }
    case .tex: return { Comments.tex(removedFrom: $0) }
    case .html: return { Comments.html(removedFrom: $0) }
    }
  }
}

/// Comments of markup.
enum Comments {
  private static let commands = PhraseSet([
    "\\%", "\\begin{", "\\end{", "\\documentclass", "\\usepackage", "\\section", "\\subsection",
    "\\chapter{", "\\paragraph{", "\\title{", "\\author{", "\\maketitle", "\\newcommand",
    "\\label{", "\\ref{", "\\cite", "\\input{", "\\include", "\\caption{", "\\item ",
    "\\footnote{",
  ])

  /// Whether a text holds a command that documents of TeX have.
  static func isTeX(_ text: String) -> Bool {
    text.utf8.contains(UInt8(ascii: "%")) && commands.occurs(in: text)
  }

  /// A line that is a comment goes as a whole; before another one the blanks go with it.
  static func tex(removedFrom text: String) -> Edit {
    guard text.utf8.contains(UInt8(ascii: "%")) else { return Edit(text: text) }
    var edit = Edit(text: "")
    var lines: [Substring] = []
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      guard let start = texStart(line) else {
        lines.append(line)
        continue
      }
      edit.count += 1
      let rest = line[..<start]
      guard !rest.isEmpty else { continue }
      let last = rest.lastIndex { $0 != " " && $0 != "\t" }
      lines.append(last.map { rest[...$0] } ?? "")
    }
    guard edit.count > 0 else { return Edit(text: text) }
    edit.text = lines.joined(separator: "\n")
    return edit
  }

  /// The first `%` behind an even number of backslashes.
  private static func texStart(_ line: Substring) -> Substring.Index? {
    var backslashes = 0
    for index in line.indices {
      if line[index] == "%", backslashes % 2 == 0 { return index }
      backslashes = line[index] == "\\" ? backslashes + 1 : 0
    }
    return nil
  }

  /// The same, but for blocks of code.
  static func html(removedOutsideCodeFrom text: String) -> Edit {
    guard text.contains("<!--") else { return Edit(text: text) }
    guard text.contains("```") || text.contains("~~~") else { return html(removedFrom: text) }
    var (parts, count): ([String], Int) = ([], 0)
    var (block, blockIsCode): ([Substring], Bool) = ([], false)
    func finish() {
      guard !block.isEmpty else { return }
      let text = block.joined(separator: "\n")
      let edit = blockIsCode ? Edit(text: text) : html(removedFrom: text)
      parts.append(edit.text)
      count += edit.count
      block = []
    }
    for (line, isCode) in CodeSpans.lines(of: text) {
      if isCode != blockIsCode { finish() }
      blockIsCode = isCode
      block.append(line)
    }
    finish()
    return Edit(text: parts.joined(separator: "\n"), count: count)
  }

  /// All comments; one that is never closed stays.
  static func html(removedFrom text: String) -> Edit {
    guard text.contains("<!--") else { return Edit(text: text) }
    var edit = Edit(text: "")
    var rest = Substring(text)
    while let start = rest.range(of: "<!--"),
      let end = rest[start.upperBound...].range(of: "-->")
    {
      edit.text += rest[..<start.lowerBound]
      rest = rest[end.upperBound...]
      edit.count += 1
    }
    edit.text += rest
    return edit
  }
}

extension Substring {
  /// The first place of some ASCII text.
  fileprivate func range(of part: String) -> Range<Index>? {
    let pattern = Array(part.utf8)
    var place = utf8.startIndex
    while place < utf8.endIndex {
      if utf8[place] == pattern[0], utf8[place...].starts(with: pattern),
        let end = utf8.index(place, offsetBy: pattern.count, limitedBy: utf8.endIndex)
      {
        return place..<end
      }
      place = utf8.index(after: place)
    }
    return nil
  }
}
