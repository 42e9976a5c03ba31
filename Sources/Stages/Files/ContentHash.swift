import Crypto

/// SHA-256 of contents, in hexadecimal.
public enum ContentHash {
  /// The hash of bytes.
  public static func of(_ bytes: [UInt8]) -> String { hexadecimal(SHA256.hash(data: bytes)) }

  /// The hash of a text's UTF-8.
  public static func of(_ text: String) -> String { of(Array(text.utf8)) }

  /// The first 128 bits of the hash of a text's UTF-8: few enough to keep one for every record.
  public static func short(_ text: String) -> UInt128 {
    var text = text
    return text.withUTF8 { short($0) }
  }

  /// The first 128 bits of the hash of bytes.
  package static func short(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt128 {
    let digest = SHA256.hash(data: UnsafeRawBufferPointer(bytes))
    return digest.prefix(16).reduce(0) { $0 << 8 | UInt128($1) }
  }

  /// The hash of a file.
  public static func ofFile(_ path: String) throws(FileError) -> String {
    hexadecimal(try state(ofFirst: .max, of: path).finalize())
  }

  /// The state of hashing behind the first bytes of a file, or all where it has no more; the next are read
  /// beside the hashing of the last.
  static func state(ofFirst count: Int, of path: String) throws(FileError) -> SHA256 {
    let reader = try FileReader(path)
    var hash = SHA256()
    var left = count
    let chunks = Ahead { () throws(FileError) -> [UInt8]? in
      let chunk = try reader.read(min(1 << 18, left))
      left -= chunk.count
      return chunk.isEmpty ? nil : chunk
    }
    while let chunk = try chunks.take() { hash.update(data: chunk) }
    return hash
  }

  static func hexadecimal(_ digest: SHA256.Digest) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(
      decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}
