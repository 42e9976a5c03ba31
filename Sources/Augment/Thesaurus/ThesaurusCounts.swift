import Records

/// Counts what the lines of a MyThes thesaurus name, by hashes (`StableHash`).
enum ThesaurusCounts {
  /// How often words stand in expressions of several words, each expression counted once.
  static func uses(_ bytes: [UInt8]) -> HashCounts {
    var seen = HashCounts(capacity: 1 << 15)
    var uses = HashCounts(capacity: 1 << 15)
    var plain: [UInt8] = []
    forEachSynonym(bytes) { bytes, part in
      guard bytes.place(of: 0x20, from: part.lowerBound, before: part.upperBound) != nil,
        seen.add(hash(bytes, part)) == 1
      else { return }
      if bytes.place(of: UInt8(ascii: "("), from: part.lowerBound, before: part.upperBound) == nil {
        count(wordsOf: part, bytes, &uses)
      } else {
        unmark(bytes, part, into: &plain)
        plain.withUnsafeBufferPointer { count(wordsOf: 0..<$0.count, $0, &uses) }
      }
    }
    return uses
  }

  /// How many senses name a word, marked or not.
  static func mentions(_ bytes: [UInt8]) -> HashCounts {
    var counts = HashCounts(capacity: 1 << 16)
    forEachSynonym(bytes) { counts.add(hash($0, $1)) }
    return counts
  }

  @inline(__always)
  private static func hash(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> UInt64 {
    StableHash.hash(UnsafeBufferPointer(rebasing: bytes[range]))
  }

  /// Calls `visit` with what stands between bars, but for the first of each line that is not empty.
  @inline(__always)
  private static func forEachSynonym(
    _ bytes: [UInt8], _ visit: (UnsafeBufferPointer<UInt8>, Range<Int>) -> Void
  ) {
    bytes.withUnsafeBufferPointer { bytes in
      var line = 0
      while line < bytes.count {
        let next = bytes.endOfLine(from: line)
        let end = next > line && bytes[next - 1] == 0x0D ? next - 1 : next
        var isFirst = true
        var start = line
        while start < end {
          let bar = bytes.place(of: UInt8(ascii: "|"), from: start, before: end) ?? end
          if bar > start {
            if !isFirst { visit(bytes, start..<bar) }
            isFirst = false
          }
          start = bar + 1
        }
        line = next + 1
      }
    }
  }

  /// Counts the words of an expression, where there are several.
  private static func count(
    wordsOf expression: Range<Int>, _ bytes: UnsafeBufferPointer<UInt8>, _ uses: inout HashCounts
  ) {
    var first: Range<Int>?
    var isFirst = true
    var start = expression.lowerBound
    while start < expression.upperBound {
      let end =
        bytes.place(of: 0x20, from: start, before: expression.upperBound) ?? expression.upperBound
      if end > start {
        if isFirst {
          first = start..<end
          isFirst = false
        } else {
          if let word = first { uses.add(hash(bytes, word)) }
          first = nil
          uses.add(hash(bytes, start..<end))
        }
      }
      start = end + 1
    }
  }

  /// The bytes of a part but for what stands in parentheses, as `Thesaurus` reads it; blanks at the ends are no
  /// words.
  private static func unmark(
    _ bytes: UnsafeBufferPointer<UInt8>, _ part: Range<Int>, into plain: inout [UInt8]
  ) {
    plain.removeAll(keepingCapacity: true)
    var depth = 0
    for byte in bytes[part] {
      if byte == UInt8(ascii: "(") { depth += 1 }
      if depth == 0 { plain.append(byte) }
      if byte == UInt8(ascii: ")") { depth = max(0, depth - 1) }
    }
  }
}
