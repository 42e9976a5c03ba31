import Records
import Stages
import TextKit

/// A stream in some encoding as UTF-8, without its byte order mark.
///
/// `auto` is UTF-8, or UTF-16 and UTF-32 where a byte order mark says so; whether UTF-8 is valid is
/// checked where records are parsed, so that one broken record need not end the file.
final class DecodedBytes: ByteStream {
  /// The name that leaves the encoding to the byte order mark.
  static let automatic = "auto"

  private let stream: any ByteStream
  private let name: String
  private let encoding: String
  private let decoder: TextDecoder?
  private var begun = false
  private var ended = false
  private var produced = 0

  init(_ stream: PeekedBytes, encoding: String, name: String) throws(StageError) {
    self.stream = stream
    self.name = name
    self.encoding = encoding
    decoder = Self.decoder(encoding, try stream.peek())
  }

  /// The decoder of an encoding for a stream that begins with `head`; nil for UTF-8.
  static func decoder(_ encoding: String, _ head: [UInt8]) -> TextDecoder? {
    if encoding == automatic { return markedEncoding(head).flatMap { TextDecoder($0) } }
    return TextEncoding.isUTF8(encoding) ? nil : TextDecoder(encoding)
  }

  private static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]

  private static func markedEncoding(_ head: [UInt8]) -> String? {
    let marks: [([UInt8], String)] = [
      ([0xFF, 0xFE, 0, 0], "UTF-32"), ([0, 0, 0xFE, 0xFF], "UTF-32"), ([0xFF, 0xFE], "UTF-16"),
      ([0xFE, 0xFF], "UTF-16"),
    ]
    return marks.first { head.starts(with: $0.0) }?.1
  }

  func next() throws(StageError) -> [UInt8] {
    while !ended {
      var bytes = try decodeChunk()
      if !begun, !bytes.isEmpty {
        begun = true
        if bytes.starts(with: Self.mark) { bytes.removeFirst(Self.mark.count) }
      }
      if !bytes.isEmpty { return bytes }
    }
    return []
  }

  private func decodeChunk() throws(StageError) -> [UInt8] {
    let raw = try stream.next()
    ended = raw.isEmpty
    guard let decoder else { return raw }
    do { return try decoder.decode(raw, atEnd: ended) } catch {
      ended = true
      throw StageError(
        "invalid-encoding", "byte \(error.offset) of the content is no text in \(encoding)",
        source: Source(file: name, line: 0), remedy: "set 'encoding' to what the file is in")
    }
  }
}

/// Whether bytes are UTF-8, and what to say where they are not.
enum UTF8Check {
  /// The offset of the first byte that belongs to no valid sequence; nil where all is valid.
  static func firstFault(in bytes: some Collection<UInt8>) -> Int? {
    var decoder = UTF8()
    var iterator = bytes.makeIterator()
    var offset = 0
    while true {
      switch decoder.decode(&iterator) {
      case .scalarValue(let scalar): offset += UTF8.width(scalar)
      case .emptyInput: return nil
      case .error: return offset
      }
    }
  }

  /// Whether bytes are UTF-8.
  static func isValid(_ bytes: [UInt8]) -> Bool { String(validating: bytes, as: UTF8.self) != nil }

  /// The text of bytes.
  /// - Throws: `invalid-utf8` with the place of the fault and a guess at the encoding.
  static func text(_ bytes: some Collection<UInt8>, at source: Source) throws(StageError) -> String
  {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw fault(in: bytes, at: source)
    }
    return text
  }

  /// The complaint about bytes that are not UTF-8.
  static func fault(in bytes: some Collection<UInt8>, at source: Source) -> StageError {
    let offset = firstFault(in: bytes) ?? 0
    let byte = bytes.dropFirst(offset).first ?? 0
    let guess = TextEncoding.detect(bytes).map(\.name).flatMap { $0 == "UTF-8" ? nil : $0 }
    return StageError(
      "invalid-utf8",
      "byte \(offset + 1) of the record (0x\(String(byte, radix: 16, uppercase: true))) is not UTF-8",
      source: source,
      remedy: "say what the file is in, as 'encoding: \(guess ?? "latin-1")'"
        + (guess == nil ? "" : ", which it looks like"))
  }
}
