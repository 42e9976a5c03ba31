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

/// A stream that counts its bytes.
final class CountedBytes: ByteStream {
  private let stream: any ByteStream
  private let outer: CountedBytes?
  private let meter: InputMeter?
  private var own = 0

  /// - Parameters:
  ///   - outer: What the stream is unpacked from, if it is.
  ///   - meter: Told of what is read.
  init(_ stream: any ByteStream, within outer: CountedBytes?, meter: InputMeter? = nil) {
    self.stream = stream
    self.outer = outer
    self.meter = meter
  }

  /// How many bytes have been read, of the stream or of what it is unpacked from, whichever is less.
  var count: Int { min(own, outer?.count ?? .max) }

  func next() throws(StageError) -> [UInt8] {
    let bytes = try stream.next()
    own += bytes.count
    meter?.read(bytes.count)
    return bytes
  }
}

/// A stream whose first bytes can be looked at before they are read.
final class PeekedBytes: ByteStream {
  /// The bytes it is unpacked from, where these are counted.
  let origin: CountedBytes?
  private let stream: any ByteStream
  private var held: [UInt8] = []
  private var hasPeeked = false
  private var ended = false
  /// What came instead of more bytes; due behind those that are held.
  private var fault: StageError?
  /// Enough to tell formats and encodings apart, and more than the header of any archive.
  private static let wanted = 1 << 16

  init(_ stream: any ByteStream, from origin: CountedBytes? = nil) {
    self.stream = stream
    self.origin = origin
  }

  /// The first 64 KB, less where the file is shorter, which `next` will return again.
  ///
  /// A fault right at the start is thrown; one behind the first bytes waits for `next`.
  func peek() throws(StageError) -> [UInt8] {
    if !hasPeeked { try fill() }
    // What is told of a file must not depend on the sizes of its chunks.
    return Array(held.prefix(Self.wanted))
  }

  private func fill() throws(StageError) {
    hasPeeked = true
    while held.count < Self.wanted, !ended {
      do throws(StageError) {
        let bytes = try stream.next()
        ended = bytes.isEmpty
        if held.isEmpty { held = bytes } else { held += bytes }
      } catch {
        ended = true
        fault = error
      }
    }
    if held.isEmpty, let fault { throw fault }
  }

  func next() throws(StageError) -> [UInt8] {
    if !held.isEmpty {
      defer { held = [] }
      return held
    }
    if let fault { throw fault }
    return ended ? [] : try stream.next()
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
  /// The most bytes one record may have, unless the pipeline says otherwise.
  static let largestRecord = 64 << 20

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
      remedy: "raise 'largest-record', or check the format")
  }
}
