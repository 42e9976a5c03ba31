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
/// that, or what the first text beyond ASCII looks like: see `OpenText`. Whether UTF-8 is valid is
/// checked where records are parsed, so that one broken record need not end the file.
final class DecodedBytes: ByteStream {
  private let stream: any ByteStream
  private let name: String
  private let decoding: Decoding
  private let guessed: (String) -> Void
  private var decoder: TextDecoder?
  /// What is not decided about; nil where the encoding is known.
  private var open: OpenText?
  /// What was held back until then.
  private var held: [UInt8] = []
  private var begun = false
  /// Whether the stream has ended, and whether all of it has been given on.
  private var isAtEnd = false
  private var ended = false
  /// What came instead of more bytes; due behind those that are held.
  private var fault: StageError?

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
    let isOpen = decoding.isAutomatic && decoder == nil && guessed != nil
    open = isOpen && !head.starts(with: Self.mark) ? OpenText() : nil
    if decoding.isAutomatic, decoder != nil, let name = EncodingGuess.wide(head) {
      // A mark says it for certain; zeros are a guess.
      if !head.starts(with: [0xFF, 0xFE]), !head.starts(with: [0xFE, 0xFF]) { guessed?(name) }
    }
  }

  private static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]

  func next() throws(StageError) -> [UInt8] {
    while !ended {
      var bytes = open == nil ? try decodeChunk() : takeASCII()
      if !begun, !bytes.isEmpty {
        begun = true
        if bytes.starts(with: Self.mark) { bytes.removeFirst(Self.mark.count) }
      }
      if !bytes.isEmpty { return bytes }
    }
    if let fault { throw fault }
    return []
  }

  /// The next bytes as they are; none at the end, and where `fault` says why there are no more.
  private func read() -> [UInt8] {
    if isAtEnd { return [] }
    do throws(StageError) {
      let bytes = try stream.next()
      isAtEnd = bytes.isEmpty
      return bytes
    } catch {
      isAtEnd = true
      fault = error
      return []
    }
  }

  /// Takes a chunk of what is not decided about, and decides where there is enough of it.
  /// - Returns: The ASCII of it, which is the same whatever the text is in.
  private func takeASCII() -> [UInt8] {
    let chunk = read()
    let plain = open?.take(chunk) ?? []
    guard let text = open, text.isEnough || chunk.isEmpty else { return plain }
    open = nil
    held = text.held
    if let name = text.guess {
      decoder = TextDecoder(name, replacing: decoding.replaces)
      guessed(name)
    }
    return plain
  }

  private func decodeChunk() throws(StageError) -> [UInt8] {
    let raw = held.isEmpty ? read() : held
    held = []
    ended = raw.isEmpty
    guard let decoder, fault == nil || !ended else { return raw }
    do { return try decoder.decode(raw, atEnd: ended) } catch {
      ended = true
      throw StageError(
        "invalid-encoding",
        "byte \(error.offset) of the content is no text in \(decoding.encoding)",
        source: Source(file: name, line: 0),
        remedy: "set 'encoding' to what the file is in, or write 'errors: replace'")
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
  static func isValid(_ bytes: [UInt8]) -> Bool {
    bytes.withUnsafeBufferPointer { $0.isUTF8 }
  }

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
    let guess = EncodingGuess.likely(Array(bytes))
    return StageError(
      "invalid-utf8",
      "byte \(offset + 1) of the record (0x\(String(byte, radix: 16, uppercase: true))) is not UTF-8",
      source: source,
      remedy: "say what the file is in, as 'encoding: \(guess ?? "latin-1")'"
        + (guess == nil ? "" : ", which it looks like"))
  }
}
