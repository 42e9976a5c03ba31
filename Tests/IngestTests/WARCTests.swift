import Ingest
import Records
import Stages
import TestSupport
import Testing

@Suite struct WARCTests {
  /// A record of an archive, with its length written for it.
  private static func record(_ type: String, _ block: [UInt8], _ more: String = "") -> [UInt8] {
    Array(
      "WARC/1.1\r\nWARC-Type: \(type)\r\nWARC-Target-URI: <http://a.b/c>\r\n\(more)Content-Length: \(block.count)\r\n\r\n"
        .utf8) + block + Array("\r\n\r\n".utf8)
  }

  private static func response(_ header: String, _ body: [UInt8]) -> [UInt8] {
    record(
      "response", Array("HTTP/1.1 200 OK\r\n\(header)\r\n\r\n".utf8) + body,
      "WARC-Date: 2026-01-01\r\n")
  }

  private func read(_ bytes: [UInt8], _ parameters: [String: String] = [:]) throws -> Ingested {
    let folder = try TemporaryFolder()
    return try ingest(try folder.write(bytes: bytes, to: "a.warc"), parameters)
  }

  @Test func `responses are pages, all else is counted`() throws {
    let page = Array("<title>T</title><p>Gr\u{F6}\u{DF}e".unicodeScalars.map { UInt8($0.value) })
    let bytes =
      Self.record("warcinfo", Array("software: x".utf8))
      + Self.record("request", Array("GET / HTTP/1.1\r\n\r\n".utf8))
      + Self.response("content-type: text/html; charset=\"ISO-8859-1\"", page)
      + Self.record("conversion", Array("plain text".utf8), "Content-Type: text/plain\r\n")
      + Self.record("response", Array("HTTP/1.1 404 Not Found\r\n\r\n<p>none".utf8))
      + Self.response("Content-Type: image/png", [1, 2, 3])
    let result = try read(bytes)
    #expect(result.texts == ["Größe", "plain text"])
    #expect(result.dropped == ["no-page": 4])
    #expect(result.lines == [3, 4])
    #expect(
      result.records[0].metadata == ["title": "T", "url": "http://a.b/c", "date": "2026-01-01"])
  }

  @Test func `chunks and gzip are undone`() throws {
    let type = "Content-Type: text/plain\r\n"
    let chunks = Array("4;x=1\r\nWiki\r\n6\r\npedia \r\n0\r\n\r\n".utf8)
    let chunked = Self.response("\(type)Transfer-Encoding: chunked", chunks)
    #expect(try read(chunked).texts == ["Wikipedia "])
    for body in ["4\r\nWiki\r\n6\r\nped", "4\r\nWiki\r\n3\r\nped", "4\nWiki\n3\nped\nff"] {
      let short = Self.response("\(type)Transfer-Encoding: chunked", Array(body.utf8))
      #expect(try read(short).texts == ["Wikiped"])
    }
    // Crawlers undo the chunks and keep the field.
    let plain = Self.response("\(type)Transfer-Encoding: chunked", Array("no chunks".utf8))
    #expect(try read(plain).texts == ["no chunks"])
    // What `printf packed | gzip -9n` writes.
    let gzip: [UInt8] = [
      0x1F, 0x8B, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0xFF, 0x2B, 0x48, 0x4C, 0xCE, 0x4E,
      0x4D, 0x01, 0x00, 0x10, 0xB4, 0xF6, 0x21, 0x06, 0x00, 0x00, 0x00,
    ]
    let coded = Self.response("\(type)Content-Encoding: gzip", gzip)
    #expect(try read(coded).texts == ["packed"])
    let twice = Self.response("\(type)Content-Encoding: identity, gzip", gzip)
    #expect(try read(twice).texts == ["packed"])
    let cut = Self.response("\(type)Content-Encoding: gzip", gzip.dropLast(8))
    #expect(try read(cut).texts == ["packed"])
    // What Python's zlib.compress makes of it, and what lies between its header and its sum.
    let zlib: [UInt8] = [
      0x78, 0x9C, 0x2B, 0x48, 0x4C, 0xCE, 0x4E, 0x4D, 0x01, 0x00, 0x08, 0x86, 0x02, 0x69,
    ]
    let deflate = Self.response("\(type)Content-Encoding: deflate", zlib)
    #expect(try read(deflate).texts == ["packed"])
    let raw = Self.response("\(type)Content-Encoding: deflate", Array(zlib[2...].dropLast(4)))
    #expect(try read(raw).texts == ["packed"])
    // A crawler has undone the coding, and the text is bits of deflate by chance.
    let undone = Self.response("\(type)Content-Encoding: deflate", Array("cats".utf8))
    #expect(try read(undone).texts == ["cats"])
    let unknown = Self.response("\(type)Content-Encoding: br", [0xFF, 0xFE, 0x80])
    #expect(try read(unknown).dropped == ["no-page": 1])
  }

  static let broken: [String] = [
    "HTTP/1.1 200 OK\r\n\r\n", "WARC/1.0\r\nWARC-Type: response\r\n\r\n",
    "WARC/1.0\r\nContent-Length: -5\r\n\r\n", "WARC/1.0\r\nContent-Length: 500\r\n\r\nshort",
    "WARC/1.0\r\nContent-Length: 99999999999999999999\r\n\r\n", "WARC/1.0\r\nA: b",
  ]

  @Test(arguments: broken.indices)
  func `a broken record is a fault with its number`(_ index: Int) throws {
    let good = Self.record("conversion", Array("x".utf8), "Content-Type: text/plain\r\n")
    let result = try read(good + Array(Self.broken[index].utf8))
    #expect(result.texts == ["x"])
    #expect(result.codes == ["invalid-warc"])
    #expect(result.faults[0].source?.line == 2)
  }

  @Test(.enabled(if: Shared.exists, "needs ../shared"))
  func `pages of Common Crawl are read`() throws {
    let result = try ingest(Shared.path("data/ingest/warc/*.warc.gz"))
    #expect(result.faults.isEmpty)
    // 82 records: what describes the archive and the requests among them are no pages.
    #expect(result.records.count + result.dropped.values.reduce(0, +) == 82)
    #expect(result.records.count == 37)
    #expect(result.records.allSatisfy { $0.metadata["url"]?.string?.hasPrefix("http") == true })
  }
}
