import TextKit

/// A text and its words, found once for all rules of quality.
struct QualityText: Sendable {
  let string: String
  let words: EnglishWords

  init(_ string: String) {
    self.string = string
    words = EnglishWords(string)
  }

  var text: ScalarText { words.text }
  /// How many characters there are.
  var count: Int { text.count }

  /// The lines between line feeds, as `split("\n")` has them.
  var lineFeedLines: [Range<Int>] {
    text.scalars.split(separator: 0x0A, omittingEmptySubsequences: false)
      .map { $0.startIndex..<$0.endIndex }
  }

  /// The lines between line ends of any kind, without an empty one behind the last.
  var lines: [Range<Int>] {
    var lines: [Range<Int>] = []
    let traits = text.traits
    var start = 0
    var place = 0
    while place < traits.count {
      defer { place += 1 }
      guard traits[place].contains(.newline) else { continue }
      lines.append(start..<place)
      let isPair =
        text.scalars[place] == 0x0D && place + 1 < text.count
        && text.scalars[place + 1] == 0x0A
      if isPair { place += 1 }
      start = place + 1
    }
    if start < text.count { lines.append(start..<text.count) }
    return lines
  }

  /// The parts of a range between runs of at least `least` line feeds.
  func parts(of range: Range<Int>, between least: Int) -> [Range<Int>] {
    let scalars = text.scalars
    var parts: [Range<Int>] = []
    var (start, place) = (range.lowerBound, range.lowerBound)
    while place < range.upperBound {
      var end = place
      while end < range.upperBound, scalars[end] == 0x0A { end += 1 }
      if end - place >= least {
        parts.append(start..<place)
        start = end
      }
      place = max(end, place + 1)
    }
    return parts + [start..<range.upperBound]
  }

  /// Whether a range ends with one of some texts.
  func ends(_ range: Range<Int>, with texts: [[UInt32]]) -> Bool {
    texts.contains { text.scalars[range].suffix($0.count).elementsEqual($0) }
  }

  /// How often a text occurs, counted without overlaps.
  func occurrences(of part: [UInt32]) -> Int {
    let scalars = text.scalars
    let first = part[0]
    var (count, place) = (0, 0)
    while place + part.count <= scalars.count {
      if scalars[place] == first, scalars[place..<place + part.count].elementsEqual(part) {
        count += 1
        place += part.count
      } else {
        place += 1
      }
    }
    return count
  }
}

extension String {
  /// The code points.
  var scalarValues: [UInt32] { unicodeScalars.map(\.value) }
}
