/// Walks the lines of a file one at a time, looking one ahead; memory holds a chunk of it.
package struct LineCursor {
  private let reader: FileReader
  private var buffer: [UInt8] = []
  private var place = 0
  private var isAtEnd = false
  /// How many bytes have been read from the file.
  private var loaded = 0
  private static let chunk = 1 << 20

  package init(_ path: String) throws(FileError) { reader = try FileReader(path) }

  /// How many bytes of the file lie behind.
  var consumed: Int { loaded - (buffer.count - place) }

  /// Takes the next line, without its end; nil at the end of the file.
  package mutating func next() throws(FileError) -> ArraySlice<UInt8>? {
    guard let line = try peek() else { return nil }
    skip(line)
    return line
  }

  /// The next line without its end; nil at the end of the file.
  mutating func peek() throws(FileError) -> ArraySlice<UInt8>? {
    var from = place
    while true {
      if let end = LineBatches.newline(in: buffer, from: from) { return buffer[place..<end] }
      if isAtEnd { return place < buffer.count ? buffer[place...] : nil }
      // Lines that were given share the buffer's storage, so what is left over moves to a new one; as
      // much again is read, so that a long line is not copied again and again.
      let rest = buffer[place...]
      from = rest.count
      buffer = try reader.read(max(Self.chunk, rest.count), behind: rest)
      place = 0
      loaded += buffer.count - from
      isAtEnd = buffer.count == from
    }
  }

  /// Passes over a line that `peek` gave, and its end.
  mutating func skip(_ line: ArraySlice<UInt8>) { place = min(line.endIndex + 1, buffer.count) }
}
