import Foundation
import Records
import Stages
import TestSupport
import Testing

/// Files of Tests/Fixtures/Ingest/Archives, written by Scripts/ingest_archives.py.
enum ArchiveFixture {
  static func path(_ name: String) -> String {
    "\(Shared.project)/Tests/Fixtures/Ingest/Archives/\(name)"
  }

  static func bytes(_ name: String) throws -> [UInt8] { try FileReader.contents(path(name)) }

  /// What Python's libraries read in an archive: names and contents.
  static func expected(_ name: String) throws -> [(name: String, text: String)] {
    let all = try JSONValue.parse(try bytes("expected.json"))
    let members = try #require(all["archives"]?[name]?.object).members
    return try members.map { ($0.key, try #require($0.value.string)) }
  }
}

@Suite struct CompressionTests {
  static let names = ["two.jsonl.gz", "two.jsonl.zst", "two.jsonl.bz2", "two.jsonl.xz"]

  @Test(arguments: names)
  func `members and frames follow one another`(_ name: String) throws {
    let result = try ingest(ArchiveFixture.path(name))
    #expect(result.texts == ["a", "中", "b"])
    #expect(result.faults.isEmpty)
    #expect(result.records.first?.id == "\(name):1")
  }

  @Test(arguments: names)
  func `compression is known by content, whatever the name`(_ name: String) throws {
    let folder = try TemporaryFolder()
    let bytes = try ArchiveFixture.bytes(name)
    #expect(try ingest(try folder.write(bytes: bytes, to: "a.jsonl")).texts == ["a", "中", "b"])
    #expect(try ingest(try folder.write(bytes: bytes, to: "plain")).texts == ["a", "中", "b"])
  }

  @Test(arguments: names)
  func `a file cut short anywhere says so and keeps what came before`(_ name: String) throws {
    let folder = try TemporaryFolder()
    let bytes = try ArchiveFixture.bytes(name)
    let kind =
      name.hasSuffix("gz") ? "gzip" : name.hasSuffix("zst") ? "zstd" : String(name.dropFirst(10))
    let compression = kind == "bz2" ? "bzip2" : kind
    // A cut between members, or in what is only padding, cannot be seen.
    var unseen = 0
    for count in 12..<bytes.count {
      let path = try folder.write(bytes: Array(bytes[..<count]), to: "a.jsonl")
      let result = try ingest(path)
      if result.faults.isEmpty {
        unseen += 1
        #expect(result.texts == ["a", "中"], "\(count) bytes")
        continue
      }
      #expect(
        result.codes == ["truncated-\(compression)"]
          || result.codes == ["truncated-\(compression)", "truncated-\(compression)"],
        "\(count) bytes: \(result.faults)")
      #expect(result.faults.first?.source?.file == "a.jsonl")
    }
    #expect(unseen <= 14, "\(unseen) cuts were not seen")
  }

  @Test(arguments: names)
  func `bytes that follow and are none of it are a fault`(_ name: String) throws {
    let folder = try TemporaryFolder()
    let bytes = try ArchiveFixture.bytes(name) + Array("more".utf8)
    let result = try ingest(try folder.write(bytes: bytes, to: "a.jsonl"))
    #expect(result.texts == ["a", "中", "b"])
    #expect(result.codes.count == 1 && result.codes.first?.hasPrefix("corrupt-") == true)
  }

  @Test func `content larger than a piece of output comes whole`() throws {
    let result = try ingest(ArchiveFixture.path("many.jsonl.zst"))
    #expect(result.faults.isEmpty)
    #expect(result.records.count == 80_000)
    #expect(result.texts.last == "row 80000")
  }

  @Test func `a window of 2 GB, as long mode makes, is read where so much is allowed`() throws {
    let path = ArchiveFixture.path("long.jsonl.zst")
    let refused = try ingest(path)
    #expect(refused.codes == ["large-window"] && refused.texts.isEmpty)
    #expect(refused.faults.first?.message.contains("a window of more than 128 MB") == true)
    #expect(refused.faults.first?.remedy?.contains("largest-window: 2048") == true)
    #expect(try ingest(path, ["largest-window": "2048"]).texts == ["a", "中"])
    #expect(throws: (any Error).self) { try ingest(path, ["largest-window": "100"]) }
  }

  @Test func `compression is taken off three times and no more`() throws {
    let folder = try TemporaryFolder()
    var bytes = Array("{\"text\":\"x\"}\n".utf8)
    for layer in 1...4 {
      bytes = GzipBytes.member(bytes)
      let result = try ingest(try folder.write(bytes: bytes, to: "a.jsonl"))
      #expect(result.texts == (layer < 4 ? ["x"] : []))
      #expect(result.codes == (layer < 4 ? [] : ["unsupported-format"]))
    }
  }
}

@Suite struct TarTests {
  static let names = ["ustar.tar", "gnu.tar", "pax.tar", "ustar.tar.gz", "named-wrongly.jsonl"]

  @Test(arguments: names)
  func `members are files of their own, as Python's tarfile reads them`(_ name: String) throws {
    let result = try ingest(ArchiveFixture.path(name))
    #expect(result.faults.isEmpty)
    let expected = try ArchiveFixture.expected(name).flatMap { member, text in
      text.split(separator: "\n").indices.map { _ in "\(name)/\(member)" }.dropLast(
        member.hasSuffix(".csv") ? 1 : 0)
    }
    #expect(result.records.map(\.source.file) == expected)
    #expect(Array(result.texts.prefix(6)) == ["a", "中", "c", "d", "line one", "line two"])
    #expect(result.records.first?.id == "\(name)/one.jsonl:1")
  }

  @Test func `odd members are refused or skipped by name, and the rest is read`() throws {
    let result = try ingest(ArchiveFixture.path("odd.tar"))
    #expect(result.texts == ["a", "中", "b", "b", "b"])
    #expect(
      result.records.suffix(3).map(\.source.file) == [
        "odd.tar/inner.zip/deep.jsonl", "odd.tar/two.jsonl.gz", "odd.tar/last.jsonl",
      ])
    #expect(
      result.faults.map { "\($0.code) \($0.source?.file ?? "")" } == [
        "unsafe-path odd.tar/../../escape.jsonl", "unsafe-path odd.tar//absolute.jsonl",
        "twin-member odd.tar/one.jsonl#member-10", "invalid-json odd.tar/bad.jsonl",
      ])
    #expect(
      result.dropped == [
        "archive-link": 2, "archive-device": 1, "system-file": 1, "unknown-format": 1,
        "empty-file": 1,
      ])
  }

  @Test(arguments: ["sparse-gnu.tar", "sparse-pax.tar"])
  func `files with holes are refused`(_ name: String) throws {
    let result = try ingest(ArchiveFixture.path(name))
    #expect(result.records.isEmpty)
    #expect(result.codes == ["unsupported-format"])
  }

  @Test func `an archive cut short says so`() throws {
    let folder = try TemporaryFolder()
    let bytes = try ArchiveFixture.bytes("ustar.tar")
    let end = 4 * 512 + 3 * 512
    for count in stride(from: 700, to: end, by: 97) {
      let result = try ingest(try folder.write(bytes: Array(bytes[..<count]), to: "a.tar"))
      #expect(result.codes.contains("truncated-tar"), "\(count): \(result.faults)")
      #expect(result.codes.filter { $0 == "truncated-tar" }.count == 1, "\(count)")
    }
  }

  @Test func `archives that were joined are read on`() throws {
    let folder = try TemporaryFolder()
    let bytes = try ArchiveFixture.bytes("ustar.tar") + (try ArchiveFixture.bytes("odd.tar"))
    let result = try ingest(try folder.write(bytes: bytes, to: "a.tar"))
    #expect(result.texts.count == 9)
    #expect(result.codes.filter { $0 == "twin-member" }.count == 2)
  }

  @Test func `a damaged header ends the archive with a fault`() throws {
    let folder = try TemporaryFolder()
    var bytes = try ArchiveFixture.bytes("ustar.tar")
    bytes[3 * 512 + 2] ^= 1
    let result = try ingest(try folder.write(bytes: bytes, to: "a.tar"))
    #expect(result.texts == ["a", "中"])
    #expect(result.codes == ["corrupt-tar"])
  }

  @Test func `patterns pick members by path or by name`() throws {
    let path = ArchiveFixture.path("gnu.tar")
    #expect(try ingest(path, ["members": "*.csv"]).texts == ["c", "d"])
    #expect(try ingest(path, ["members": "inner/*"]).texts == ["c", "d"])
    #expect(try ingest(path, ["members": "*.parquet"]).codes == ["empty-file"])
  }

  @Test func `a limit ends the walk over an archive`() throws {
    #expect(try ingest(ArchiveFixture.path("odd.tar"), ["limit": "1"]).texts == ["a"])
  }
}

@Suite struct ZipTests {
  static let names = ["plain.zip", "program.zip", "descriptor64.zip", "zip64.zip"]

  @Test(arguments: names)
  func `members are files of their own, as Python's zipfile reads them`(_ name: String) throws {
    let path = ArchiveFixture.path(name)
    let folder = try TemporaryFolder()
    // zip is known by its first bytes; behind a program it has other ones.
    let zipped = name == "program.zip" ? Array(try ArchiveFixture.bytes(name).dropFirst(17)) : nil
    let result = try ingest(try zipped.map { try folder.write(bytes: $0, to: name) } ?? path)
    #expect(result.faults.isEmpty)
    let members = try ArchiveFixture.expected(name).map { "\(name)/\($0.name)" }
    var files = result.records.map(\.source.file)
    files = files.indices.filter { $0 == 0 || files[$0] != files[$0 - 1] }.map { files[$0] }
    #expect(files == members)
  }

  /// What `printf '{"text":"a"}\n{"text":"b"}\n' | zip -q pipe.zip -` of Info-ZIP 3.0 writes: zip64
  /// records, though its end says where the directory is.
  private static let piped =
    "UEsDBC0AAAAIAAS0dl1JNHha//////////8BABQALQEAEAAaAAAAAAAAABQAAAAAAAAAq1YqSa0oUbJSSlSq"
    + "5aqGcZKAHABQSwECHgMtAAAACAAEtHZdSTR4WhQAAAAaAAAAAQAAAAAAAAABAAAAgBEAAAAALVBLBgYsAAAA"
    + "AAAAAB4DLQAAAAAAAAAAAAEAAAAAAAAAAQAAAAAAAAAvAAAAAAAAAEcAAAAAAAAAUEsGBwAAAAB2AAAAAAAA"
    + "AAEAAABQSwUGAAAAAAEAAQAvAAAARwAAAAAA"

  @Test func `an archive that was written to a pipe is read`() throws {
    let folder = try TemporaryFolder()
    let bytes = Array(try #require(Data(base64Encoded: Self.piped)))
    #expect(try ingest(try folder.write(bytes: bytes, to: "a.zip")).texts == ["a", "b"])
    // Without the first bytes of its last record it has no end.
    let cut = Array(bytes.dropLast(22)) + Array(bytes.suffix(14))
    #expect(try ingest(try folder.write(bytes: cut, to: "b.zip")).codes == ["truncated-zip"])
  }

  @Test func `bad members are refused by name, and the rest is read`() throws {
    let result = try ingest(ArchiveFixture.path("bad.zip"))
    #expect(result.texts == ["b"])
    #expect(
      result.faults.map { "\($0.code) \($0.source?.file ?? "")" } == [
        "unsafe-path bad.zip/../escape.jsonl", "unsafe-path bad.zip/C:\\one.jsonl",
        "unsafe-path bad.zip/a\\..\\..\\b.jsonl", "unsupported-compression bad.zip/bz.jsonl",
      ])
    #expect(result.faults.last?.message.contains("bzip2") == true)
  }

  @Test func `encrypted members and overlaps are refused`() throws {
    let encrypted = try ingest(ArchiveFixture.path("encrypted.zip"))
    #expect(encrypted.codes == ["encrypted-member"])
    #expect(encrypted.faults.first?.source?.file == "encrypted.zip/secret.jsonl")
    #expect(try ingest(ArchiveFixture.path("overlap.zip")).codes == ["zip-bomb"])
  }

  @Test func `a directory that lies about a member is found out`() throws {
    let folder = try TemporaryFolder()
    let bytes = try ArchiveFixture.bytes("plain.zip")
    let entry = try #require(bytes.indices.last { bytes[$0...].starts(with: [0x50, 0x4B, 1, 2]) })
    func changed(_ offset: Int, to value: [UInt8]) throws -> Ingested {
      var copy = bytes
      copy.replaceSubrange(entry + offset..<entry + offset + value.count, with: value)
      return try ingest(try folder.write(bytes: copy, to: "a.zip"))
    }
    // Checksum, size too small, size too large, a size that only a bomb has, place, name.
    #expect(try changed(16, to: [1, 2, 3, 4]).codes == ["corrupt-zip"])
    #expect(try changed(24, to: [3, 0, 0, 0]).codes == ["corrupt-zip"])
    #expect(try changed(24, to: [200, 0, 0, 0]).codes == ["corrupt-zip"])
    #expect(try changed(24, to: [0, 0, 0, 0x20]).codes == ["zip-bomb"])
    #expect(try changed(42, to: [1, 0, 0, 0]).codes.count == 1)
    #expect(try changed(47, to: [0x79]).codes == ["corrupt-zip"])
  }

  @Test func `an archive cut short says so`() throws {
    let folder = try TemporaryFolder()
    let bytes = try ArchiveFixture.bytes("plain.zip")
    for count in stride(from: 5, to: bytes.count, by: 37) {
      let result = try ingest(try folder.write(bytes: Array(bytes[..<count]), to: "a.zip"))
      #expect(result.records.isEmpty)
      #expect(result.codes == ["truncated-zip"], "\(count)")
    }
  }
}

@Suite struct `Names of members` {
  private static let line = "{\"text\": \"x\"}\n"
  private let twins = ["a.jsonl", "a.jsonl#member-3", "a.jsonl", "a.jsonl#member-3"]

  /// Every id that a zip and a tar of the same members give, faults by what they are filed under.
  private func ids(_ names: [String], text: (String) -> String = { _ in line }) throws
    -> [[String]]
  {
    let folder = try TemporaryFolder()
    let members = names.map { ($0, text($0)) }
    let zip = storedZip(members.map { (name: $0.0, text: $0.1) })
    let tar = TarBytes.archive(members.map { TarBytes.member($0.0, $0.1) })
    return try [("t.zip", zip), ("t.tar", tar)].map { name, bytes in
      let result = try ingest(try folder.write(bytes: bytes, to: name))
      return result.records.map(\.source.file) + result.faults.map { $0.source?.file ?? "" }
    }
  }

  @Test func `no name is given twice, however real names look`() throws {
    let permutations = [twins, twins.reversed(), [2, 3, 1, 0].map { twins[$0] }]
    for names in permutations + [["a.jsonl#member-2", "a.jsonl", "a.jsonl"]] {
      for ids in try ids(names) {
        #expect(ids.count == names.count)
        #expect(Set(ids).count == ids.count, "\(ids)")
      }
    }
    // A zip tells all names beforehand, so a member of its own path keeps that.
    let zip = try ids(["a.jsonl", "a.jsonl", "a.jsonl#member-2"])[0]
    #expect(
      zip == ["t.zip/a.jsonl", "t.zip/a.jsonl#member-2", "t.zip/a.jsonl#member-2#member-2"])
  }

  @Test func `a member is not taken for one of an archive beside it`() throws {
    let folder = try TemporaryFolder()
    let inner = TarBytes.archive([TarBytes.member("a.jsonl", Self.line)])
    let other = Array(Self.line.utf8)
    for members in [
      [("i.tar", inner), ("i.tar/a.jsonl", other)], [("i.tar/a.jsonl", other), ("i.tar", inner)],
    ] {
      let bytes = TarBytes.archive(members.map { TarBytes.member($0.0, $0.1) })
      let result = try ingest(try folder.write(bytes: bytes, to: "o.tar"))
      #expect(result.records.count == 2 && result.faults.isEmpty)
      #expect(Set(result.records.map(\.id)).count == 2, "\(result.records.map(\.id))")
    }
  }
}
