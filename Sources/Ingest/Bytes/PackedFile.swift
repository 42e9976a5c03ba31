import Stages

/// Files that may be packed, read as a whole.
package enum PackedFile {
  /// A file's bytes, without the gzip, zstd, bzip2 or xz around them, known by its first bytes.
  ///
  /// All of it is held in memory, packed and unpacked.
  /// - Throws: `FileError` for what cannot be opened or read, `StageError` for what cannot be unpacked.
  package static func contents(_ path: String) throws -> [UInt8] {
    let bytes = try FileReader.contents(path)
    guard Compression.detect(bytes) != nil else { return bytes }
    let stream = try Compression.unpacked(PeekedBytes(HeldBytes(bytes)), name: path)
    return try stream.readAll(atMost: .max, of: path)
  }

  /// A path without the ending that says how the file is packed: `a.jsonl` of `a.jsonl.gz`.
  package static func name(of path: String) -> String {
    guard let dot = path.lastIndex(of: "."),
      Compression.endings.contains(String(path[path.index(after: dot)...]))
    else { return path }
    return String(path[..<dot])
  }
}

/// Bytes in memory as a stream.
private final class HeldBytes: ByteStream {
  private var bytes: [UInt8]

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  func next() throws(StageError) -> [UInt8] {
    defer { bytes = [] }
    return bytes
  }
}
