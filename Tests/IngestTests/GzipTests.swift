import Records
import Stages
import TestSupport
import Testing

/// Bytes are what `gzip -9n` makes of the lines named.
@Suite struct GzipTests {
  /// The line `{"text":"a"}`.
  private static let first: [UInt8] = [
    0x1F, 0x8B, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xAB, 0x56, 0x2A, 0x49, 0xAD, 0x28,
    0x51, 0xB2, 0x52, 0x4A, 0x54, 0xAA, 0xE5, 0x02, 0x00, 0x77, 0x4C, 0xC2, 0x38, 0x0D, 0x00, 0x00,
    0x00,
  ]
  /// The line `{"text":"b"}`.
  private static let second: [UInt8] = [
    0x1F, 0x8B, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xAB, 0x56, 0x2A, 0x49, 0xAD, 0x28,
    0x51, 0xB2, 0x52, 0x4A, 0x52, 0xAA, 0xE5, 0x02, 0x00, 0x99, 0xE3, 0x77, 0x2A, 0x0D, 0x00, 0x00,
    0x00,
  ]

  @Test func `gzip is known by its content, whatever the name`() throws {
    let folder = try TemporaryFolder()
    for name in ["a.jsonl.gz", "a.jsonl"] {
      #expect(try ingest(try folder.write(bytes: Self.first, to: name)).texts == ["a"])
    }
  }

  @Test func `members follow one another, and zeros may pad the end`() throws {
    let folder = try TemporaryFolder()
    let bytes = Self.first + Self.second + [0, 0, 0] + Self.first + [0]
    let result = try ingest(try folder.write(bytes: bytes, to: "a.jsonl.gz"))
    #expect(result.texts == ["a", "b", "a"])
    #expect(result.faults.isEmpty)
  }

  @Test func `a gzip cut short anywhere keeps what came before and says so`() throws {
    let folder = try TemporaryFolder()
    for cut in 1..<Self.second.count {
      let bytes = Self.first + Self.second.dropLast(cut)
      let result = try ingest(try folder.write(bytes: bytes, to: "a.jsonl.gz"))
      #expect(result.texts.first == "a")
      #expect(result.codes == ["truncated-gzip"], "\(cut) bytes are missing")
      #expect(result.faults.first?.source?.file == "a.jsonl.gz")
      #expect(result.faults.first?.remedy?.contains("again") == true)
    }
  }

  @Test func `damage and bytes that follow are faults`() throws {
    let folder = try TemporaryFolder()
    var damaged = Self.first
    damaged[25] ^= 1
    for bytes in [damaged, Self.first + [0x78]] {
      let result = try ingest(try folder.write(bytes: bytes, to: "a.jsonl.gz"))
      #expect(result.codes == ["corrupt-gzip"])
    }
  }

  @Test(.enabled(if: Shared.exists, "needs ../shared"))
  func `a real gzip of CSV is read whole`() throws {
    let path = Shared.path("data/classify/medical_abstracts/medical_tc_test.csv.gz")
    let result = try ingest(
      path, fields: TextMap([("text", "medical_abstract"), ("label", "condition_label")]))
    #expect(result.faults.isEmpty)
    #expect(result.records.count == 2888)
    #expect(Set(result.records.compactMap(\.label?.name)) == ["1", "2", "3", "4", "5"])
  }
}
