import Records
import Stages
import TestSupport
import Testing

/// Archives that programs write seldom, or that mean harm.
@Suite struct ArchiveLimitsTests {
  private static let line = "{\"text\":\"x\"}\n"

  /// The ids that the ledger gives what is read, refused and skipped.
  private func ids(_ path: String) throws -> [String] {
    var ids: [String] = []
    try ingestStage([path]).readUnits { ids.append("\($0.source.file):\($0.source.line)") }
    return ids
  }

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

  @Test func `what is met twice in an archive has an id of its own`() throws {
    let folder = try TemporaryFolder()
    let members = [
      TarBytes.member("a.jsonl", Self.line), TarBytes.member("../b.jsonl", Self.line),
      TarBytes.member("a.jsonl", Self.line), TarBytes.member("../b.jsonl", Self.line),
      TarBytes.member("._c", ""), TarBytes.member("._c", ""),
      TarBytes.member("d", "", kind: UInt8(ascii: "S")), TarBytes.member("d", Self.line),
    ]
    let path = try folder.write(bytes: TarBytes.archive(members), to: "x.tar")
    #expect(
      try ids(path) == [
        "x.tar/a.jsonl:1", "x.tar/../b.jsonl:1", "x.tar/a.jsonl#member-3:1",
        "x.tar/../b.jsonl#member-4:1", "x.tar/._c:1", "x.tar/._c#member-6:1", "x.tar/d:1",
        "x.tar/d#member-8:1",
      ])
    let result = try ingest(path)
    #expect(
      result.codes == [
        "unsafe-path", "twin-member", "unsafe-path", "unsupported-format", "twin-member",
      ])
    #expect(result.faults[1].source?.file == "x.tar/a.jsonl#member-3")
    #expect(result.texts == ["x"])
    let joined = try ArchiveFixture.bytes("odd.tar") + (try ArchiveFixture.bytes("odd.tar"))
    let all = try ids(try folder.write(bytes: joined, to: "joined.tar"))
    #expect(Set(all).count == all.count && all.count == 29, "\(all)")
  }

  @Test func `what stands behind a file with many holes is read`() throws {
    let result = try ingest(ArchiveFixture.path("holes-gnu.tar.xz"))
    #expect(result.codes == ["unsupported-format"])
    #expect(result.texts == ["a", "中"])
  }

  @Test func `a small file that holds a large archive of nothing is refused`() throws {
    let result = try ingest(ArchiveFixture.path("bomb.zip.bz2"))
    #expect(result.codes == ["zip-bomb"])
    #expect(result.faults.first?.source?.file == "bomb.zip.bz2")
    // The same beside other files in an archive, which has more bytes than the bomb.
    let folder = try TemporaryFolder()
    let packed = try ingest(
      try folder.write(
        bytes: TarBytes.archive([
          TarBytes.member("a.txt", String(repeating: "x", count: 2 << 20)),
          TarBytes.member("bomb", try ArchiveFixture.bytes("bomb.zip.bz2")),
          TarBytes.member("b.jsonl", Self.line),
        ]), to: "x.tar"))
    #expect(packed.records.map(\.source.file) == ["x.tar/a.txt", "x.tar/b.jsonl"])
    #expect(packed.codes == ["zip-bomb"])
  }

  @Test func `a window of 2 GB is not made for a few bytes`() throws {
    // A frame of blocks that repeat one letter: 4 bytes for 128 KB, 600 MB in all.
    let blocks = Array(repeatElement([0x02, 0, 0x10, UInt8(ascii: "a")], count: 4800).joined())
    let last: [UInt8] = [0x0B, 0, 0, 0x0A]
    func frame(window: UInt8) -> [UInt8] {
      let start: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD, 0, window]
      return start + blocks + last
    }
    let folder = try TemporaryFolder()
    let wide = try ingest(try folder.write(bytes: frame(window: 0xA8), to: "a.txt"))
    #expect(wide.codes == ["large-window"])
    #expect(wide.faults.last?.message.contains("a window of more than 128 MB") == true)
    let usual = try ingest(try folder.write(bytes: frame(window: 0x68), to: "a.txt"))
    #expect(usual.codes == ["too-large"])
  }

  @Test func `names longer than any path are refused, dots before them are not`() throws {
    let folder = try TemporaryFolder()
    let dots = String(repeating: "./", count: 300_000)
    let long = String(repeating: "n", count: 5000)
    let members = [
      TarBytes.path("\(dots)a.jsonl"), TarBytes.member("pax", Self.line), TarBytes.path(long),
      TarBytes.member("pax", Self.line), TarBytes.path(long), TarBytes.member("pax", Self.line),
      TarBytes.member("b.jsonl", Self.line),
    ]
    let path = try folder.write(bytes: TarBytes.archive(members), to: "x.tar")
    let result = try ingest(path)
    #expect(result.records.map(\.source.file) == ["x.tar/a.jsonl", "x.tar/b.jsonl"])
    #expect(result.codes == ["unsafe-path", "unsafe-path"])
    #expect(result.faults.first?.message.contains("more than 4096 bytes") == true)
    let cut = String(long.prefix(100))
    #expect(
      try ids(path)[1...2] == ["x.tar/\(cut)…#member-2:1", "x.tar/\(cut)…#member-3:1"])
  }
}
