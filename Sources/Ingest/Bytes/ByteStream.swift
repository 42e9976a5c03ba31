import Records
import Stages

/// Bytes of a file that arrive in chunks, so that memory does not grow with the file.
protocol ByteStream: AnyObject {
  /// The next bytes; an empty array at the end, and only there.
  func next() throws(StageError) -> [UInt8]
}

/// A file as it lies on the disk.
final class FileBytes: ByteStream {
  private let reader: FileReader
  private let name: String
  private static let chunk = 1 << 20

  init(_ file: InputFile) throws(StageError) {
    name = file.name
    do { reader = try FileReader(file.path) } catch { throw StageError(error, file: file.name) }
  }

  func next() throws(StageError) -> [UInt8] {
    do { return try reader.read(Self.chunk) } catch { throw StageError(error, file: name) }
  }
}

/// A stream whose first bytes can be looked at before they are read.
final class PeekedBytes: ByteStream {
  private let stream: any ByteStream
  private var first: [UInt8]?

  init(_ stream: any ByteStream) { self.stream = stream }

  /// The first bytes, which `next` will return again; empty where there are none.
  func peek() throws(StageError) -> [UInt8] {
    if let first { return first }
    let bytes = try stream.next()
    first = bytes
    return bytes
  }

  func next() throws(StageError) -> [UInt8] {
    guard let bytes = first else { return try stream.next() }
    // The end of an empty file stays the end.
    first = nil
    return bytes
  }
}

extension ByteStream {
  /// All bytes up to the end.
  func readAll(atMost limit: Int, of name: String) throws(StageError) -> [UInt8] {
    var bytes: [UInt8] = []
    while true {
      let chunk = try next()
      if chunk.isEmpty { return bytes }
      bytes += chunk
      if bytes.count > limit { throw .tooLarge(Source(file: name, line: 0), limit: limit) }
    }
  }
}

extension StageError {
  /// The most bytes one record may have.
  static let largestRecord = 1 << 29

  /// A file operation that failed.
  init(_ error: FileError, file: String) {
    let path = error.path + ": "
    let text = error.description
    self.init(
      "unreadable-file", String(text.hasPrefix(path) ? text.dropFirst(path.utf8.count) : text[...]),
      source: Source(file: file, line: 0))
  }

  /// A record that would not fit.
  static func tooLarge(_ source: Source, limit: Int = largestRecord) -> StageError {
    StageError(
      "too-large", "the record is larger than \(limit >> 20) MB", source: source,
      remedy: "divide it, or check the format")
  }
}
