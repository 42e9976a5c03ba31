import Hub
import Records
import Stages
import Synchronization
import TestSupport
import Testing

/// What a closure's work says of its fetching.
func notes(_ work: () throws -> Void) rethrows -> [String] {
  let notes = Mutex<[String]>([])
  let fetching = Fetching { note in notes.withLock { $0.append(note) } }
  try Fetching.$current.withValue(fetching) { try work() }
  return notes.withLock { $0 }
}

struct WebFileTests {
  @Test func `a web file is fetched again only where it changed`() throws {
    let folder = try TemporaryFolder()
    let version = Mutex("1")
    let server = try HubServer { request in
      let text = version.withLock { $0 }
      return .init(headers: ["ETag": "\"\(text)\""], body: Array("v\(text)".utf8))
    }
    let settings = settings(folder, server)
    let address = "\(server.address)/a/b.jsonl?token=secret"
    let web = try WebFile(address, settings: settings)
    let file = try web.file()
    #expect(file.path.hasSuffix("/b.jsonl"))
    #expect(file.name == "127.0.0.1:\(server.port)/a/b.jsonl")
    #expect(try FileReader.contents(file.path) == Array("v1".utf8))
    _ = try web.file()
    #expect(server.requests.map(\.method) == ["HEAD", "GET", "HEAD"])
    version.withLock { $0 = "2" }
    #expect(try FileReader.contents(try web.file().path) == Array("v2".utf8))
    server.stop()
    // The old file is read where the server is gone, and that is said.
    var old: [UInt8] = []
    let said = try notes { old = try FileReader.contents(try web.file().path) }
    #expect(old == Array("v2".utf8))
    #expect(said.count == 1)
    #expect(said.first?.contains("/a/b.jsonl?token=…: ") == true)
    #expect(said.first?.contains("what an earlier run fetched is read") == true)
    let kept = try Folders.files(below: "\(folder.path)/downloads").map {
      String(decoding: try FileReader.contents("\(folder.path)/downloads/\($0)"), as: UTF8.self)
    }
    #expect(kept.count >= 2 && !kept.contains { $0.contains("secret") })
  }

  @Test(arguments: ["?\u{301}token=secret", "#\u{301}secret", "?token=secret"])
  func `a query is no part of the name, whatever stands behind its mark`(_ query: String) throws {
    let folder = try TemporaryFolder()
    let server = try HubServer { _ in .init(body: Array("a\n1\n".utf8)) }
    defer { server.stop() }
    let file = try WebFile("\(server.address)/a.csv\(query)", settings: settings(folder, server))
      .file()
    #expect(file.name == "127.0.0.1:\(server.port)/a.csv")
    #expect(file.path.hasSuffix("/a.csv"))
  }

  @Test func `an old file is no answer to a fault that is not the network's`() throws {
    let folder = try TemporaryFolder()
    let isBroken = Atomic(false)
    let server = try HubServer { request in
      let fails = isBroken.load(ordering: .relaxed) && request.method == "GET"
      let tag = fails || isBroken.load(ordering: .relaxed) ? "2" : "1"
      return .init(
        headers: ["ETag": tag, "Content-Length": "4"], body: Array("data".utf8),
        cut: fails ? 1 : nil)
    }
    defer { server.stop() }
    let file = try WebFile("\(server.address)/a.jsonl", settings: settings(folder, server))
    _ = try file.file()
    isBroken.store(true, ordering: .relaxed)
    #expect(throws: StageError.self) { try file.file() }
  }

  @Test(arguments: ["/..", "/.lock", "/source.json", "/a.incomplete", "/.", "/", "", "/x?y=/.."])
  func `no address is the name of another file`(_ path: String) throws {
    let folder = try TemporaryFolder()
    let server = try HubServer { _ in .init(body: Array("data".utf8)) }
    defer { server.stop() }
    let file = try WebFile(server.address + path, settings: settings(folder, server)).file()
    #expect(FilePaths.name(file.path) == (path.hasPrefix("/x") ? "x" : "download"))
    #expect(try FileReader.contents(file.path) == Array("data".utf8))
    #expect(!file.name.contains("?") && !file.name.contains(".."))
  }

  @Test func `passwords in addresses are refused, and no fault tells them`() throws {
    let folder = try TemporaryFolder()
    let server = try HubServer { _ in .init(status: 404) }
    defer { server.stop() }
    let settings = settings(folder, server)
    let refused = #expect(throws: StageError.self) {
      try WebFile("http://user:s3cret@127.0.0.1:\(server.port)/a.jsonl", settings: settings)
    }
    #expect(refused?.code == "address-with-password")
    #expect("\(refused as Any)".contains("s3cret") == false)
    let missing = #expect(throws: StageError.self) {
      try WebFile("\(server.address)/a.jsonl?token=s3cret&x=1", settings: settings).file()
    }
    #expect(missing?.source?.file == "\(server.address)/a.jsonl?token=…&x=…")
  }
}
