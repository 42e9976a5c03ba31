import Foundation

/// Reads a file line by line, holding one chunk and one line in memory.
struct LineReader {
  private let handle: FileHandle
  private var buffer: [UInt8] = []
  private var start = 0
  private var isAtEnd = false
  private static let chunk = 1 << 20

  /// Opens a file; nil when it cannot be opened.
  init?(file: URL) {
    guard let handle = try? FileHandle(forReadingFrom: file) else { return nil }
    self.handle = handle
  }

  /// The next line without its end; nil after the last.
  mutating func next() throws -> [UInt8]? {
    var searched = start
    while true {
      if let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
        defer { start = end + 1 }
        return Array(buffer[start..<end])
      }
      if isAtEnd { return rest() }
      buffer.removeSubrange(..<start)
      start = 0
      searched = buffer.count
      let data = try handle.read(upToCount: Self.chunk) ?? Data()
      isAtEnd = data.isEmpty
      buffer.append(contentsOf: data)
    }
  }

  /// What follows the last line end, when there is anything.
  private mutating func rest() -> [UInt8]? {
    guard start < buffer.count else { return nil }
    defer { start = buffer.count }
    return Array(buffer[start...])
  }
}
