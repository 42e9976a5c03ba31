import Records
import Stages
import TextKit

/// What one record of a web archive holds: the page of a response, or a text made of one.
enum WARCPage {
  /// The text and where it is from; nil for requests, descriptions, and what is no text.
  static func object(
    _ bytes: [UInt8], keeping kept: HTMLKept, at source: Source
  ) throws(StageError) -> JSONObject? {
    let record = MessageHeader(bytes[...])
    var object: JSONObject?
    switch record["WARC-Type"]?.lowercased() {
    case "response":
      guard record.body.starts(with: "HTTP/".utf8) else { return nil }
      object = try response(MessageHeader(record.body), kept, source)
    case "conversion": object = try text(record, Array(record.body), kept, source)
    case "resource":
      // Crawlers file their own logs and manifests as resources too.
      guard let uri = record["WARC-Target-URI"], unbracketed(uri).hasPrefix("http") else {
        return nil
      }
      object = try text(record, Array(record.body), kept, source)
    default: return nil
    }
    object?["url"] = record["WARC-Target-URI"].map { .string(Self.unbracketed($0)) }
    object?["date"] = record["WARC-Date"].map { .string($0) }
    object?["record-id"] = record["WARC-Record-ID"].map { .string($0) }
    return object
  }

  private static func response(
    _ http: MessageHeader, _ kept: HTMLKept, _ source: Source
  ) throws(StageError) -> JSONObject? {
    let status = http.start.split(separator: " ").dropFirst().first.flatMap { Int($0) }
    // What a server says instead of a page is no page.
    guard let status, (200..<300).contains(status),
      let body = HTTPBody.decoded(http)
    else { return nil }
    return try text(http, body, kept, source)
  }

  private static func text(
    _ header: MessageHeader, _ body: [UInt8], _ kept: HTMLKept, _ source: Source
  ) throws(StageError) -> JSONObject? {
    let type = header.mediaType
    if type == "text/plain" {
      let text = try utf8(body, header.charset)
      return TextPieces.isBlank(text)
        ? nil : ["text": .string(String(decoding: text, as: UTF8.self))]
    }
    let isPage = type == "text/html" || type == "application/xhtml+xml" || type.isEmpty
    guard isPage else { return nil }
    let charset =
      header.charset.flatMap { HTMLEncoding.meant(by: $0) } ?? HTMLEncoding.declared(body)
    let page = try HTMLPage(try utf8(body, charset), keeping: kept, at: source)
    guard !page.text.isEmpty else { return nil }
    return page.object
  }

  /// The bytes as UTF-8; servers name wrong encodings, so what is valid UTF-8 is taken for that.
  private static func utf8(_ bytes: [UInt8], _ charset: String?) throws(StageError) -> [UInt8] {
    if UTF8Check.isValid(bytes) { return bytes }
    let guess = TextEncoding.detect(bytes).map(\.name)
    for name in [charset, guess, "windows-1252"].compactMap({ $0 }) where name != "UTF-8" {
      guard let decoder = TextDecoder(name), let text = try? decoder.decode(bytes, atEnd: true)
      else { continue }
      return text
    }
    // Pages that were cut off end within a character; what is broken becomes U+FFFD.
    return Array(String(decoding: bytes, as: UTF8.self).utf8)
  }

  private static func unbracketed(_ uri: String) -> String {
    uri.hasPrefix("<") && uri.hasSuffix(">") ? String(uri.dropFirst().dropLast()) : uri
  }
}

/// What the body of an HTTP message holds, its transfer and content codings undone.
enum HTTPBody {
  /// The content; nil where it is packed in a way that is not read.
  static func decoded(_ http: MessageHeader) -> [UInt8]? {
    var body = Array(http.body)
    if http["transfer-encoding"]?.lowercased().contains("chunked") == true {
      // Crawlers often undo the chunks and keep the field.
      body = dechunked(body) ?? body
    }
    // The last that was put around the content is the first to come off.
    for coding in (http["content-encoding"] ?? "").lowercased().split(separator: ",").reversed() {
      guard let inner = undo(XMLElement.trimmed(String(coding)), body) else { return nil }
      body = inner
    }
    return body
  }

  /// The bytes within one coding; nil where it is one that is not read.
  private static func undo(_ coding: String, _ bytes: [UInt8]) -> [UInt8]? {
    switch coding {
    case "gzip", "x-gzip", "zstd": unpacked(bytes)
    case "deflate", "x-deflate": inflated(bytes)
    // Crawlers often undo the coding and keep the field; servers write there what is none.
    default: UTF8Check.isValid(bytes) || ["identity", "none"].contains(coding) ? bytes : nil
    }
  }

  /// The bytes of chunks; nil where these are none.
  ///
  /// Behind a chunk that is whole there are others, so what is there of a body that was cut short is
  /// kept, without the sizes.
  static func dechunked(_ bytes: [UInt8]) -> [UInt8]? {
    var result: [UInt8] = []
    var isChunked = false
    var place = 0
    while place < bytes.count, let end = bytes[place...].firstIndex(of: 0x0A) {
      let digits = bytes[place..<end].prefix { $0.isASCIIHexDigit }
      guard let size = Int(String(decoding: digits, as: UTF8.self), radix: 16) else { break }
      if size == 0 { return result }
      let isWhole = size < bytes.count - end
      guard isWhole || isChunked else { break }
      isChunked = true
      result += bytes[(end + 1)...].prefix(size)
      guard isWhole else { break }
      // Each chunk ends a line.
      place = end + 1 + size
      if place < bytes.count { place += bytes[place] == 0x0D ? 2 : 1 }
    }
    return isChunked ? result : nil
  }

  /// What bytes are packed around; as they are where they are not packed.
  private static func unpacked(_ bytes: [UInt8]) -> [UInt8]? {
    guard let kind = Compression.detect(bytes) else { return bytes }
    guard let unpacker = kind.unpacker(window: ZstdUnpacker.usualWindow) else { return nil }
    return content(bytes, unpacker, PackedName(kind))
  }

  /// What deflate holds: with the header of zlib, as the standard has it, or bare, as many servers send it.
  private static func inflated(_ bytes: [UInt8]) -> [UInt8]? {
    guard bytes.count > 1 else { return bytes }
    let hasHeader = bytes[0] & 0x0F == 8 && (Int(bytes[0]) << 8 | Int(bytes[1])) % 31 == 0
    // A short text may be a stream of bits by chance.
    if !hasHeader, UTF8Check.isValid(bytes) { return bytes }
    for isRaw in hasHeader ? [false, true] : [true] {
      guard let unpacker = GzipUnpacker(isRaw: isRaw) else { return nil }
      if let content = content(bytes, unpacker, PackedName(.gzip)) { return content }
    }
    return UTF8Check.isValid(bytes) ? bytes : nil
  }

  /// What an unpacker makes of bytes; of a body that was cut short what is there, nil where that is nothing.
  private static func content(
    _ bytes: [UInt8], _ unpacker: any Unpacker, _ kind: PackedName
  ) -> [UInt8]? {
    let stream = UnpackedBytes(OneChunk(bytes), by: unpacker, kind: kind, name: "")
    var content: [UInt8] = []
    while let part = try? stream.next(), !part.isEmpty {
      content += part
      guard content.count <= StageError.largestRecord else { return nil }
    }
    return content.isEmpty ? nil : content
  }
}

/// Bytes in memory as a stream.
final class OneChunk: ByteStream {
  private var bytes: [UInt8]

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  func next() -> [UInt8] {
    defer { bytes = [] }
    return bytes
  }
}
