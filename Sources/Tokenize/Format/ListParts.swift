import Foundation

/// Some elements of a long list, one behind the other.
protocol ListPart: Sendable {
  /// Whether the list ends behind them.
  var isLast: Bool { get }
}

extension ListScanner {
  /// How many bytes of a file are read in one go.
  private static let partSize = 1 << 19

  /// Reads the elements of a list in parts, on all processors; nil where one is not as expected.
  ///
  /// Line feeds never stand inside of strings, so that a list written in lines can be cut behind any of them.
  /// Whether a part was still of the list shows when the one before it has been read up to where it begins.
  ///
  /// - Parameters:
  ///   - opening: What every element begins with, white space left aside.
  ///   - read: Reads elements from behind the opening of one on, up to behind that of the one at a place, or to the
  ///     end of the list, and leaves the scanner there.
  mutating func parts<Part: ListPart>(
    opening: StaticString, _ read: @Sendable (inout ListScanner, Int) -> Part?
  ) -> [Part]? {
    guard takeAll(opening) else { return nil }
    let starts = partStarts(opening)
    let scanner = self
    let threads = ProcessInfo.processInfo.activeProcessorCount
    let results = ThreadedMap.slices(of: starts.count, threads: threads) { range in
      range.map { index in
        var scanner = scanner
        scanner.place = starts[index]
        let end = index + 1 < starts.count ? starts[index + 1] : Int.max
        return read(&scanner, end).map { (part: $0, end: scanner.place) }
      }
    }.joined()
    var parts: [Part] = []
    for result in results {
      guard let result, place == starts[parts.count] else { return nil }
      parts.append(result.part)
      place = result.end
      if result.part.isLast { return parts }
    }
    return nil
  }

  /// The places behind the openings of elements at which parts begin, the one at hand first.
  private func partStarts(_ opening: StaticString) -> [Int] {
    var starts = [place]
    var scanner = self
    while scanner.rest > Self.partSize {
      scanner.place += Self.partSize
      guard scanner.skipToLine(opening) else { break }
      starts.append(scanner.place)
    }
    return starts
  }

  /// Goes on to behind the next opening that begins a line; false where none of the lines to come has one.
  private mutating func skipToLine(_ opening: StaticString) -> Bool {
    for _ in 0..<8 {
      guard skipLine() else { return false }
      if takeAll(opening) { return true }
    }
    return false
  }

  /// Passes over signs between which white space may stand.
  private mutating func takeAll(_ signs: StaticString) -> Bool {
    signs.withUTF8Buffer { signs in
      for sign in signs {
        guard next() == sign else { return false }
        place += 1
      }
      return true
    }
  }
}
