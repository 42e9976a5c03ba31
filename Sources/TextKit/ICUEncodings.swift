internal import CICU

/// Encodings of text other than UTF-8, by ICU.
public enum TextEncoding {
  /// A guess at an encoding.
  public struct Guess: Sendable, Hashable {
    /// ICU's name, such as `ISO-8859-1` or `GB18030`.
    public let name: String
    /// How sure ICU is, 0 to 100.
    public let confidence: Int
  }

  /// The likeliest encoding of bytes, or nil where nothing fits; some KB are enough.
  public static func detect(_ bytes: some Collection<UInt8>) -> Guess? {
    let sample = Array(bytes.prefix(1 << 16))
    var name = [CChar](repeating: 0, count: 64)
    let confidence = anneal_icu_detect(sample, Int32(sample.count), &name, Int32(name.count))
    guard confidence > 0 else { return nil }
    let letters = name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    return Guess(name: String(decoding: letters, as: UTF8.self), confidence: Int(confidence))
  }

  /// Whether a name, such as `latin-1` or `gb18030`, is one that `TextDecoder` knows.
  public static func isKnown(_ name: String) -> Bool { TextDecoder(name) != nil }

  /// Whether a name means UTF-8.
  public static func isUTF8(_ name: String) -> Bool {
    let plain = name.lowercased().filter { $0 != "-" && $0 != "_" }
    return plain == "utf8" || plain == "ascii" || plain == "usascii"
  }
}

/// Bytes that are no text of the encoding they were said to be in.
public struct DecodingFault: Error, Sendable, Hashable {
  /// Bytes from the start of the stream to just behind the fault.
  public let offset: Int
}

/// Turns a stream of bytes in some encoding into UTF-8, chunk by chunk.
public final class TextDecoder {
  private let converter: OpaquePointer
  private var consumed = 0

  /// A decoder of an encoding; nil where ICU does not know the name.
  ///
  /// - Parameter replacing: Puts U+FFFD for bytes that are no text of the encoding instead of throwing.
  public init?(_ encoding: String, replacing: Bool = false) {
    let spelled = Self.spellings[encoding.lowercased()] ?? encoding
    guard let converter = anneal_icu_converter_open(spelled) else { return nil }
    if replacing { anneal_icu_converter_replace(converter) }
    self.converter = converter
  }

  deinit { anneal_icu_converter_close(converter) }

  /// Names that people write and ICU does not know.
  private static let spellings = [
    "latin-1": "ISO-8859-1", "latin-2": "ISO-8859-2", "latin-9": "ISO-8859-15",
    "utf-16-le": "UTF-16LE", "utf-16-be": "UTF-16BE", "cp1252": "windows-1252",
    // Files named so come from Windows, whose syllables ICU's code pages of these names lack.
    "cp949": "windows-949", "uhc": "windows-949", "ms949": "windows-949",
    "euc-kr": "windows-949", "euc_kr": "windows-949", "ks_c_5601-1987": "windows-949",
    "cp874": "windows-874",
  ]

  /// The UTF-8 of the next bytes; `atEnd` says that none follow.
  ///
  /// A byte order mark at the start of UTF-16 or UTF-32 is read, not passed on.
  /// - Throws: `DecodingFault` at bytes that are no text of the encoding.
  public func decode(_ bytes: [UInt8], atEnd: Bool) throws(DecodingFault) -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(bytes.count * 2)
    var target = [UInt8](repeating: 0, count: max(4096, bytes.count * 2))
    var position = 0
    while true {
      var read = 0
      var written = 0
      let code = bytes.withUnsafeBufferPointer { source in
        // An empty array may have no address; any will do for no bytes.
        let start = source.baseAddress.map { $0 + position } ?? UnsafePointer(Self.nothing)
        return anneal_icu_convert(
          converter, start, bytes.count - position, &target, target.count, atEnd ? 1 : 0, &read,
          &written)
      }
      output += target[..<written]
      position += read
      consumed += read
      if code == ANNEAL_CONVERT_FAULT { throw DecodingFault(offset: consumed) }
      if code == ANNEAL_CONVERT_DONE { return output }
    }
  }

  // Safe: one byte that is never read or written.
  private nonisolated(unsafe) static let nothing = UnsafeMutablePointer<UInt8>.allocate(capacity: 1)
}
