import Records
import Stages
import TestSupport
import Testing

@Suite struct `How much of its files a source has read` {
  private static let lines = (0..<6000).map { "{\"text\": \"line \($0) of many\"}\n" }.joined()

  /// The parts that are known with each record.
  private func shares(_ paths: [String], _ parameters: [String: String] = [:]) throws -> [Double?] {
    let stage = try ingestStage(paths, parameters)
    var shares: [Double?] = []
    try stage.readUnits { _ in shares.append(stage.meter?.share) }
    shares.append(stage.meter?.share)
    return shares
  }

  private func write(_ bytes: [UInt8], _ name: String, in folder: TemporaryFolder) throws -> String
  {
    try AtomicFile.write(bytes, to: "\(folder.path)/\(name)")
    return "\(folder.path)/\(name)"
  }

  @Test(arguments: ["a.jsonl", "a.jsonl.gz", "a.tar"])
  func `is known for what is plain, packed or an archive`(name: String) throws {
    let folder = try TemporaryFolder()
    let data = Array(Self.lines.utf8)
    let bytes =
      switch name {
      case "a.jsonl": data
      case "a.tar": TarBytes.archive([TarBytes.member("x.jsonl", data)])
      default: GzipBytes.members(data, of: 50_000)
      }
    let path = try write(bytes, name, in: folder)
    let small = try folder.write("{\"text\": \"b\"}\n", to: "b.jsonl")
    let shares = try shares([path, small])
      .compactMap { $0 }
    #expect(shares.count == 6002)
    #expect(zip(shares, shares.dropFirst()).allSatisfy { $0 <= $1 } && shares.last == 1)
    #expect(shares[0] > 0 && shares[6000] < 1.001)
  }

  @Test func `goes by the records where only some are wanted`() throws {
    let folder = try TemporaryFolder()
    let path = try write(Array(Self.lines.utf8), "a.jsonl", in: folder)
    let other = try write([UInt8](repeating: 0x20, count: 1 << 20), "b.jsonl", in: folder)
    let shares = try shares([path, other], ["limit": "10"]).compactMap { $0 }
    #expect(shares.count == 11 && shares[4] == 0.5 && shares[8] == 0.9)
  }
}
