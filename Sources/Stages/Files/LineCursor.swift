/// Walks the lines of a file one at a time, looking one ahead.
///
/// Memory holds two chunks of it: while the lines of one are taken the next is read, and searched for the
/// ends of its lines.
package struct LineCursor {
  private let chunks: Ahead<LineChunk, FileError>
  private var chunk = LineChunk.empty
  /// Which of its lines is the next.
  private var place = 0
  /// How many bytes of the file lie before the chunk.
  private var before = 0
  private static let size = 1 << 18

  package init(_ path: String) throws(FileError) {
    let chunks = try LineChunks(path, size: Self.size)
    self.chunks = Ahead { () throws(FileError) in try chunks.next() }
  }

  /// How many bytes of the file lie behind.
  var consumed: Int { before + chunk.start(of: place) }

  /// Takes the next line, without its end; nil at the end of the file.
  package mutating func next() throws(FileError) -> ArraySlice<UInt8>? {
    guard let line = try peek() else { return nil }
    skip()
    return line
  }

  /// The next line without its end; nil at the end of the file.
  mutating func peek() throws(FileError) -> ArraySlice<UInt8>? {
    try loads() ? chunk[place] : nil
  }

  /// The first byte of the next line; nil where that is empty, or at the end of the file.
  var first: UInt8? {
    mutating get throws(FileError) { try loads() ? chunk.first(of: place) : nil }
  }

  /// Passes over the line that `peek` gave.
  mutating func skip() { place += 1 }

  /// Passes over lines, and shows them to `visit` as long as that wishes for more.
  /// - Returns: How many lines those are, at most `most`.
  mutating func pass(_ most: Int, _ visit: (ArraySlice<UInt8>) -> Bool) throws(FileError) -> Int {
    var count = 0
    while count < most, try loads() {
      count += 1
      place += 1
      guard visit(chunk[place - 1]) else { break }
    }
    return count
  }

  /// Passes over lines without a look at them.
  /// - Returns: How many those are, at most `most`.
  mutating func pass(_ most: Int) throws(FileError) -> Int {
    var left = most
    while left > 0, try loads() {
      let count = min(left, chunk.ends.count - place)
      place += count
      left -= count
    }
    return most - left
  }

  /// Whether the chunk holds a further line; the next chunk takes its place where it does not.
  private mutating func loads() throws(FileError) -> Bool {
    if place < chunk.ends.count { return true }
    before += chunk.start(of: place)
    guard let further = try chunks.take() else {
      (chunk, place) = (.empty, 0)
      return false
    }
    (chunk, place) = (further, 0)
    return true
  }
}
