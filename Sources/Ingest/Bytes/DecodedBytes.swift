import Records
import Stages
import TextKit

/// How texts are decoded.
struct Decoding: Sendable {
  /// The name of an encoding, or `automatic`.
  let encoding: String
  /// Whether U+FFFD stands for bytes that are no text; else they are a fault.
  let replaces: Bool

  /// The name that leaves the encoding to the bytes.
  static let automatic = "auto"

  /// Whether the encoding is left to the bytes.
  var isAutomatic: Bool { encoding == Self.automatic }

  /// The decoder of a stream that begins with `head`; nil for UTF-8 and what extends ASCII.
  func decoder(_ head: [UInt8]) -> TextDecoder? {
    if isAutomatic { return wide(head).flatMap { TextDecoder($0, replacing: replaces) } }
    return TextEncoding.isUTF8(encoding) ? nil : TextDecoder(encoding, replacing: replaces)
  }

  /// UTF-16 or UTF-32, by a byte order mark or by the zeros of the text.
  func wide(_ head: [UInt8]) -> String? {
    let marks: [([UInt8], String)] = [
      ([0xFF, 0xFE, 0, 0], "UTF-32"), ([0, 0, 0xFE, 0xFF], "UTF-32"), ([0xFF, 0xFE], "UTF-16"),
      ([0xFE, 0xFF], "UTF-16"),
    ]
    return marks.first { head.starts(with: $0.0) }?.1 ?? EncodingGuess.wide(head)
  }
}

/// A stream in some encoding as UTF-8, without its byte order mark.
///
/// `auto` is UTF-16 or UTF-32 where a mark or the zeros of the text say so, UTF-8 where the text is
/// that, or what the first text beyond ASCII looks like. Whether UTF-8 is valid is checked where records
/// are parsed, so that one broken record need not end the file.
final class DecodedBytes: ByteStream {
  private let stream: any ByteStream
  private let name: String
  private let decoding: Decoding
  private let guessed: (String) -> Void
  private var decoder: TextDecoder?
  /// Whether the text so far is ASCII, which leaves open what it is in.
  private var isOpen: Bool
  private var begun = false
  private var ended = false

  /// - Parameter guessed: Told the encoding where it was guessed, before any text beyond ASCII comes;
  ///   without it nothing is guessed.
  init(
    _ stream: PeekedBytes, _ decoding: Decoding, name: String,
    guessed: ((String) -> Void)? = nil
  ) throws(StageError) {
    self.stream = stream
    self.name = name
    self.decoding = decoding
    self.guessed = guessed ?? { _ in }
    let head = try stream.peek()
    decoder = decoding.decoder(head)
    isOpen = decoding.isAutomatic && decoder == nil && guessed != nil
    if decoding.isAutomatic, decoder != nil, let name = EncodingGuess.wide(head) {
      // A mark says it for certain; zeros are a guess.
      if !head.starts(with: [0xFF, 0xFE]), !head.starts(with: [0xFE, 0xFF]) { guessed?(name) }
    }
  }

  private static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]

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
    if isOpen, !ended { decide(raw) }
    guard let decoder else { return raw }
    do { return try decoder.decode(raw, atEnd: ended) } catch {
      ended = true
      throw StageError(
        "invalid-encoding",
        "byte \(error.offset) of the content is no text in \(decoding.encoding)",
        source: Source(file: name, line: 0),
        remedy: "set 'encoding' to what the file is in, or write 'errors: replace'")
    }
  }

  /// Decides what the text is in by the first chunk that is more than ASCII.
  private func decide(_ chunk: [UInt8]) {
    guard !ASCII.isAll(chunk) else { return }
    isOpen = false
    guard !chunk.starts(with: Self.mark), let name = EncodingGuess.narrow(chunk) else { return }
    decoder = TextDecoder(name, replacing: decoding.replaces)
    guessed(name)
  }
}

/// Bytes below 0x80.
enum ASCII {
  /// Whether all bytes are ASCII and none begins an escape, eight at a time.
  static func isAll(_ bytes: [UInt8]) -> Bool {
    bytes.withUnsafeBytes { raw in
      let ones: UInt64 = 0x0101_0101_0101_0101
      var place = 0
      while place + 8 <= raw.count {
        let word = raw.loadUnaligned(fromByteOffset: place, as: UInt64.self)
        let escape = word ^ (ones &* 0x1B)
        guard (word | (escape &- ones) & ~escape) & (ones &* 0x80) == 0 else { return false }
        place += 8
      }
      return raw[place...].allSatisfy { $0 < 0x80 && $0 != 0x1B }
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
