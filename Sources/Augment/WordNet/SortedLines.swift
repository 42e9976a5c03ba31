import Records
import Stages

/// Finds lines by the word that they begin with, in a file that is sorted by these words.
///
/// WordNet's files are such, in the order of bytes (wndb(5WN), morphy(7WN), cntlist(5WN)). Nothing is read but
/// what is looked at, and every 256th byte or so, of which 12 bytes stay in memory: opening a file
/// of 5 MB takes half a millisecond, and finding a line some 150 ns. Lines that begin with a blank, such as
/// those of the licence, have no word.
struct SortedLines: Sendable {
  private let file: MappedText
  /// What ends a line's word; a line feed does, too.
  private let delimiter: UInt8
  /// Some lines, in order: the first eight bytes of the word as a number, and where the line begins.
  private let heads: [UInt64]
  private let starts: [Int32]

  private static let spacing = 256
  /// Files of up to so many bytes, as people write them by hand, are looked at whole.
  private static let small = 1 << 16

  /// Opens a file.
  /// - Throws: `FileError` where it cannot be read, `StageError` where it lists no words or, as far as is
  ///   looked, out of order.
  init(_ path: String, delimiter: UInt8 = 0x20) throws {
    file = try MappedText(path)
    self.delimiter = delimiter
    guard file.count < Int32.max else { throw Self.fault("the file is too large", path) }
    (heads, starts) = file.withBytes { Self.samples($0, delimiter) }
    guard zip(heads, heads.dropFirst()).allSatisfy({ $0 <= $1 }),
      file.count > Self.small || isInOrder
    else {
      throw Self.fault("the dictionary file is not in the order of its words", path)
    }
  }

  static func fault(_ message: String, _ path: String) -> StageError {
    StageError(
      "invalid-dictionary", message, source: Source(file: path, line: 0),
      remedy: "install it again: apt-get install --reinstall wordnet-base")
  }

  private static func samples(
    _ bytes: UnsafeBufferPointer<UInt8>, _ delimiter: UInt8
  ) -> ([UInt64], [Int32]) {
    var heads: [UInt64] = []
    var starts: [Int32] = []
    heads.reserveCapacity(bytes.count / spacing)
    starts.reserveCapacity(bytes.count / spacing)
    var start = 0
    while start < bytes.count {
      let end = wordEnd(bytes, start, delimiter)
      if end > start, end < bytes.count {
        heads.append(head(UnsafeBufferPointer(rebasing: bytes[start..<end])))
        starts.append(Int32(start))
      }
      start = bytes.endOfLine(from: max(end, min(start + spacing, bytes.count))) + 1
    }
    return (heads, starts)
  }

  /// The first eight bytes as a number in the order of words.
  private static func head(_ word: UnsafeBufferPointer<UInt8>) -> UInt64 {
    if word.count >= 8 { return head(word, from: 0) }
    var head: UInt64 = 0
    for place in 0..<8 { head = head << 8 | UInt64(place < word.count ? word[place] : 0) }
    return head
  }

  @inline(__always)
  private static func head(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> UInt64 {
    UInt64(
      bigEndian: UnsafeRawBufferPointer(bytes).loadUnaligned(
        fromByteOffset: start, as: UInt64.self))
  }

  @inline(__always)
  private static func wordEnd(
    _ bytes: UnsafeBufferPointer<UInt8>, _ start: Int, _ delimiter: UInt8
  ) -> Int {
    var end = start
    while end < bytes.count, bytes[end] != delimiter, bytes[end] != 0x0A, bytes[end] != 0x0D {
      end += 1
    }
    return end
  }

  /// Whether no line has a word.
  var isEmpty: Bool {
    var isEmpty = true
    forEachLine { _, _, _ in
      isEmpty = false
      return false
    }
    return isEmpty
  }

  private var isInOrder: Bool {
    var isInOrder = true
    var last: Range<Int>?
    forEachLine { bytes, word, rest in
      // The rest of a word was cut off with what follows it.
      guard !rest.isEmpty else { return true }
      if let last {
        isInOrder = Self.order(bytes, last, UnsafeBufferPointer(rebasing: bytes[word])) <= 0
      }
      last = word
      return isInOrder
    }
    return isInOrder
  }

  /// Calls a body with the bytes of the file and the rest of a line from a place on.
  func withLine<Result>(
    from place: Int, _ body: (UnsafeBufferPointer<UInt8>, Range<Int>) -> Result
  ) -> Result {
    file.withBytes { body($0, place..<$0.endOfLine(from: place)) }
  }

  /// Calls `visit` with the bytes of the file and where the word and the rest of a line stand, line by line,
  /// until it returns false.
  func forEachLine(
    _ visit: (UnsafeBufferPointer<UInt8>, _ word: Range<Int>, _ rest: Range<Int>) -> Bool
  ) {
    file.withBytes { walk($0, from: 0, visit) }
  }

  @inline(__always)
  private func walk(
    _ bytes: UnsafeBufferPointer<UInt8>, from first: Int,
    _ visit: (UnsafeBufferPointer<UInt8>, Range<Int>, Range<Int>) -> Bool
  ) {
    var start = first
    while start < bytes.count {
      let end = Self.wordEnd(bytes, start, delimiter)
      let next = end < bytes.count && bytes[end] == 0x0A ? end : bytes.endOfLine(from: end)
      if end > start, !visit(bytes, start..<end, end..<next) { return }
      start = next + 1
    }
  }

  /// Calls `visit` with the bytes of the file and the rest of each line that begins with a word.
  ///
  /// A word that nothing follows in its line, as in a file that was cut short, is none.
  @inline(__always)
  func forEachLine(
    of word: UnsafeBufferPointer<UInt8>,
    _ visit: (UnsafeBufferPointer<UInt8>, _ rest: Range<Int>) -> Void
  ) {
    file.withBytes { bytes in
      walk(bytes, from: start(of: word, bytes)) { bytes, found, rest in
        switch Self.order(bytes, found, word) {
        case ..<0: return true
        case 0:
          if !rest.isEmpty { visit(bytes, rest) }
          return true
        default: return false
        }
      }
    }
  }

  /// Calls `visit` with the bytes of the file and the rest of each line that begins with a word, and
  /// `expression` with every word that is this one, a `_` and more.
  @inline(__always)
  func forEachLine(
    of word: UnsafeBufferPointer<UInt8>,
    _ visit: (UnsafeBufferPointer<UInt8>, _ rest: Range<Int>) -> Void,
    expression: (UnsafeBufferPointer<UInt8>) -> Void
  ) {
    file.withBytes { bytes in
      walk(bytes, from: start(of: word, bytes)) { bytes, found, rest in
        let order = Self.order(bytes, found.prefix(word.count), word)
        guard order == 0 else { return order < 0 }
        if found.count == word.count {
          if !rest.isEmpty { visit(bytes, rest) }
          return true
        }
        let next = bytes[found.lowerBound + word.count]
        if next == UInt8(ascii: "_"), found.count > word.count + 1 {
          expression(UnsafeBufferPointer(rebasing: bytes[found]))
        }
        return next <= UInt8(ascii: "_")
      }
    }
  }

  /// The begin of a line from which all lines of a word, and of what begins with it, are found.
  private func start(of word: UnsafeBufferPointer<UInt8>, _ bytes: UnsafeBufferPointer<UInt8>)
    -> Int
  {
    let head = Self.head(word)
    var start = start(before: head)
    // A line whose first bytes come before the word's does so itself, as what ends a word comes before what may
    // go on with it.
    while start + 8 <= bytes.count, Self.head(bytes, from: start) < head {
      start = bytes.endOfLine(from: start) + 1
    }
    return start
  }

  /// The last line that is known by its place and comes before all words with these first bytes.
  private func start(before head: UInt64) -> Int {
    var low = 0
    heads.withUnsafeBufferPointer { heads in
      var rest = heads.count
      while rest > 0 {
        let half = (rest + 1) / 2
        low += heads[low + half - 1] < head ? half : 0
        rest -= half
      }
    }
    return low == 0 ? 0 : Int(starts[low - 1])
  }

  /// Less than 0 where a word of the file comes before another, 0 where they are the same.
  @inline(__always)
  private static func order(
    _ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, _ word: UnsafeBufferPointer<UInt8>
  ) -> Int {
    let shared = min(range.count, word.count)
    for place in 0..<shared where bytes[range.lowerBound + place] != word[place] {
      return Int(bytes[range.lowerBound + place]) - Int(word[place])
    }
    return range.count - word.count
  }
}
