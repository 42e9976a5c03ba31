import Foundation
import Records
import Stages
import TestSupport
import Testing

/// Pipelines whose data lie on a server, which counts what it is asked.
@Suite struct `Data on a server` {
  private let server: HubServer

  init() throws {
    server = try HubServer { request in
      .init(
        headers: ["ETag": "\"\(request.path)\""],
        body: Array(
          (1...9).map { "{\"text\":\"line \($0) of \(request.path)\"}" }
            .joined(separator: "\n").utf8))
    }
  }

  private func pipeline(_ folder: TemporaryFolder) throws -> String {
    try folder.write("{\"text\":\"here\"}\n", to: "sub/l.jsonl")
    return try folder.write(
      """
      name: far
      stages:
        - ingest:
            path:
              - "\(server.address)/d/a.jsonl?token=s3cret"
              - sub/l.jsonl
              - "\(server.address)/d/a.jsonl?token=other"
        - clean.whitespace
      """, to: "far.yaml")
  }

  private func environment(_ folder: TemporaryFolder, _ cache: String) -> [String: String] {
    ["ANNEAL_CACHE": "\(folder.path)/\(cache)", "HF_HUB_OFFLINE": ""]
  }

  @Test func `check fetches nothing and says what a run will`() throws {
    defer { server.stop() }
    let folder = try TemporaryFolder()
    let file = try pipeline(folder)
    let result = try Binary.run(
      ["check", file], in: folder, environment: environment(folder, "cache"))
    #expect(result.status == 0, "\(result.errors)")
    #expect(
      result.output.contains(
        "note: '\(server.address)/d/a.jsonl?token=…' is fetched when the pipeline runs"))
    #expect(server.requests.isEmpty)
    #expect(!Folders.exists("\(folder.path)/cache"))
  }

  @Test func `ids do not depend on the cache, and no file of a run but the lock has the query`()
    throws
  {
    defer { server.stop() }
    let folder = try TemporaryFolder()
    let file = try pipeline(folder)
    var ledgers: [[UInt8]] = []
    for cache in ["c1", "deeper/c2"] {
      let run = "\(folder.path)/run-\(FilePaths.name(cache))"
      let result = try Binary.run(
        ["run", file, "--out", run], in: folder, environment: environment(folder, cache))
      #expect(result.status == 0, "\(result.errors)")
      ledgers.append(try FileReader.contents("\(run)/ledger.jsonl"))
      for name in try Folders.files(below: run) where FilePaths.name(name) != "pipeline.lock.yaml" {
        let bytes = try FileReader.contents("\(run)/\(name)")
        // Records tell here of what was asked for; the page and the ledger must not.
        guard name.hasSuffix(".html") || name.hasSuffix("ledger.jsonl") else { continue }
        #expect(bytes.firstRange(of: Array("token=s3cret".utf8)) == nil, "\(name)")
      }
      let page = String(decoding: try FileReader.contents("\(run)/report.html"), as: UTF8.self)
      #expect(page.contains("/d/a.jsonl?token=…"))
    }
    #expect(ledgers[0] == ledgers[1])
    let ids = ledgers[0].split(separator: UInt8(ascii: "\n")).compactMap {
      try? JSONValue.parse($0)["id"]?.string
    }
    let host = "127.0.0.1:\(server.port)"
    for id in ["\(host)/d/a.jsonl:1", "l.jsonl:1", "2/\(host)/d/a.jsonl:9"] {
      #expect(ids.contains(id), "\(ids.prefix(20))")
    }
  }

  @Test func `an old file in place of one that is not reached is said`() throws {
    let folder = try TemporaryFolder()
    let file = try pipeline(folder)
    let environment = environment(folder, "cache")
    let command = ["run", file, "--out", "\(folder.path)/run"]
    let first = try Binary.run(command, in: folder, environment: environment)
    #expect(first.status == 0 && !first.errors.contains("earlier run"), "\(first.errors)")
    server.stop()
    let second = try Binary.run(command, in: folder, environment: environment)
    #expect(second.status == 0)
    #expect(second.errors.contains("what an earlier run fetched is read"), "\(second.errors)")
  }

  @Test func `init keeps an address as it is, without its query in the comment`() throws {
    defer { server.stop() }
    let folder = try TemporaryFolder()
    let address = "\(server.address)/d/a.jsonl?token=s3cret"
    let result = try Binary.run(
      ["init", address, "--out", "\(folder.path)/p.yaml"], in: folder,
      environment: environment(folder, "cache"))
    #expect(result.status == 0, "\(result.errors)")
    let text = String(decoding: try FileReader.contents("\(folder.path)/p.yaml"), as: UTF8.self)
    #expect(text.contains("# A first pipeline for a.jsonl?token=…: "))
    #expect(text.contains("variables: {data: \"\(address)\"}"))
  }
}
