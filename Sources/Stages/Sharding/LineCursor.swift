/// Walks the lines of a file one at a time, looking one ahead; memory holds a chunk of it.
struct LineCursor {
  private let reader: FileReader
  private var buffer: [UInt8] = []
  private var place = 0
  private var isAtEnd = false
  private static let chunk = 1 << 20

  init(_ path: String) throws(FileError) { reader = try FileReader(path) }

  /// The next line with its end; nil at the end of the file.
  mutating func peek() throws(FileError) -> ArraySlice<UInt8>? {
    var from = place
    while true {
      if let end = buffer[from...].firstIndex(of: UInt8(ascii: "\n")) {
        return buffer[place...end]
      }
      if isAtEnd { return place < buffer.count ? buffer[place...] : nil }
      buffer.removeSubrange(..<place)
      place = 0
      from = buffer.count
      let bytes = try reader.read(Self.chunk)
      isAtEnd = bytes.isEmpty
      buffer += bytes
    }
  }

  /// Passes over a line that `peek` gave.
  mutating func skip(_ line: ArraySlice<UInt8>) { place = line.endIndex }
}
