import Records
import Stages
import TestSupport
import Testing

/// Archives that programs write seldom, or that mean harm.
@Suite struct ArchiveLimitsTests {
  @Test func `members of zip are whole wherever the room for output ends`() throws {
    let result = try ingest(ArchiveFixture.path("letters.zip.xz"))
    #expect(result.faults.isEmpty, "\(result.faults.prefix(1))")
    #expect(result.records.count == 141)
    for record in result.records {
      guard case .text(let text) = record.content else { continue }
      #expect(record.source.file == "letters.zip.xz/\(text.utf8.count).txt")
      #expect(text.utf8.allSatisfy { $0 == UInt8(ascii: "a") })
    }
  }

  @Test func `a window of 2 GB is not filled from a few bytes`() throws {
    // A frame of blocks that repeat one letter: 4 bytes for 128 KB, 600 MB in all.
    let blocks = Array(repeatElement([0x02, 0, 0x10, UInt8(ascii: "a")], count: 4800).joined())
    let last: [UInt8] = [0x0B, 0, 0, 0x0A]
    func frame(window: UInt8) -> [UInt8] {
      let start: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD, 0, window]
      return start + blocks + last
    }
    let folder = try TemporaryFolder()
    let wide = try ingest(try folder.write(bytes: frame(window: 0xA8), to: "a.txt"))
    #expect(wide.codes == ["too-large", "corrupt-zstd"])
    #expect(wide.faults.last?.message.contains("a window of more than 512 MB") == true)
    let usual = try ingest(try folder.write(bytes: frame(window: 0x68), to: "a.txt"))
    #expect(usual.codes == ["too-large"])
  }
}
