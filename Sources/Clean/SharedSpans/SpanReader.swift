import Records
import Stages
import TextKit

/// Cuts texts into the spans that are looked for in other records.
struct SpanReader: Sendable {
  /// What a span is.
  enum Unit: String, ChoiceValue {
    case lines
    case paragraphs
    case sentences
    /// Runs of so many words, which overlap.
    case words
  }

  let unit: Unit
  /// Words a run has; shorter spans of other units are left alone.
  let words: Int

  /// A span: what its words hash to, and where it stands in UTF-8 bytes.
  struct Span: Sendable {
    let hash: UInt64
    let range: Range<Int>
  }

  /// The spans of a text in order.
  func spans(of text: String) -> [Span] {
    guard unit != .words else { return runs(of: text) }
    return ranges(of: text).compactMap { range in
      let located = LocatedWords(String(text[text.utf8Range(range)]))
      guard located.hashes.count >= words else { return nil }
      let runs = WordRuns(located.hashes)
      return Span(hash: runs.hash(0..<runs.count), range: range)
    }
  }

  private func runs(of text: String) -> [Span] {
    let located = LocatedWords(text)
    guard located.hashes.count >= words else { return [] }
    let runs = WordRuns(located.hashes)
    return (0...runs.count - words).map { start in
      let end = start + words
      let range = located.ranges[start].lowerBound..<located.ranges[end - 1].upperBound
      return Span(hash: runs.hash(start..<end), range: range)
    }
  }

  /// Where lines, paragraphs and sentences stand, the ends of lines included.
  private func ranges(of text: String) -> [Range<Int>] {
    if unit == .sentences { return Segmentation(.sentence).segments(of: text).map(\.range) }
    let bytes = Array(text.utf8)
    let newline = UInt8(ascii: "\n")
    var ranges: [Range<Int>] = []
    var start = 0
    for place in bytes.indices where bytes[place] == newline {
      // A paragraph ends with the last of several line ends.
      let next = place + 1 < bytes.count ? bytes[place + 1] : 0
      let isEnd =
        unit == .lines || (next != newline && place > start && bytes[place - 1] == newline)
      guard isEnd else { continue }
      ranges.append(start..<place + 1)
      start = place + 1
    }
    if start < bytes.count { ranges.append(start..<bytes.count) }
    return ranges
  }
}
