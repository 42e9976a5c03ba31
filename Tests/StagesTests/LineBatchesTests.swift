import Stages
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

struct LineBatchesTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func lines(_ bytes: [UInt8], chunk: Int) throws -> [[UInt8]] {
    let path = "\(folder.path)/lines"
    try AtomicFile.write(bytes, to: path)
    var lines: [[UInt8]] = []
    try LineBatches(path, chunk: chunk).forEach { batch in
      #expect(!batch.isEmpty)
      lines += batch.map { Array($0) }
    }
    return lines
  }

  @Test(arguments: [1, 2, 3, 7, 1 << 21])
  func `lines are the same in chunks of any size`(_ chunk: Int) throws {
    let cases: [(String, [String])] = [
      ("", []), ("\n", [""]), ("a", ["a"]), ("a\n", ["a"]), ("a\nb", ["a", "b"]),
      ("\n\na\n\n", ["", "", "a", ""]), ("a\r\nb\r\n", ["a\r", "b\r"]), ("a\rb", ["a\rb"]),
      ("x\u{85}y\u{2028}z\u{B}\nend", ["x\u{85}y\u{2028}z\u{B}", "end"]),
      (
        "a line longer than any small chunk\nanother one\nlast",
        [
          "a line longer than any small chunk", "another one", "last",
        ]
      ),
    ]
    for (text, expected) in cases {
      #expect(
        try lines(Array(text.utf8), chunk: chunk) == expected.map { Array($0.utf8) }, "\(text)")
    }
  }

  @Test func `bytes of any kind pass through`() throws {
    let bytes = (0..<10_000).map { UInt8(truncatingIfNeeded: $0 * 7) }
    let expected = bytes.split(separator: 10, omittingEmptySubsequences: false).map { Array($0) }
    #expect(try lines(bytes, chunk: 100) == (expected.last == [] ? expected.dropLast() : expected))
  }

  @Test func `a line of a thousand chunks takes linear time`() throws {
    let long = [UInt8](repeating: 0x61, count: 4 << 20)
    let found = try lines(long + [10] + long, chunk: 4 << 10)
    #expect(found.map(\.count) == [4 << 20, 4 << 20])
  }

  @Test func `a batch holds about a chunk, not the file`() throws {
    let path = "\(folder.path)/many"
    try AtomicFile.write(
      (0..<100_000).flatMap { "line \($0)\n".utf8 }, to: path)
    var largest = 0
    var count = 0
    try LineBatches(path, chunk: 10_000).forEach { batch in
      largest = max(largest, batch.reduce(0) { $0 + $1.count + 1 })
      count += batch.count
    }
    #expect(count == 100_000)
    #expect(largest <= 10_000 + 20)
  }

  @Test func `what cannot be read is told`() throws {
    #expect {
      try LineBatches("\(folder.path)/none")
    } throws: {
      "\($0)".hasSuffix("/none: cannot open: No such file or directory (check the path)")
    }
    #expect {
      try FileReader.contents(folder.path)
    } throws: {
      ($0 as? FileError)?.code == EISDIR
    }
  }

  @Test func `hashes are SHA-256`() throws {
    let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    #expect(ContentHash.of("abc") == abc)
    #expect(try ContentHash.ofFile(try folder.write("abc", to: "abc")) == abc)
    #expect(ContentHash.short("abc") == 0xba78_16bf_8f01_cfea_4141_40de_5dae_2223)
  }
}
