import Hub
import Records
import Stages
import Synchronization
import TestSupport
import Testing

/// What counts as all files of a data set where the hub is not asked, or tells what it should not.
struct ListingTests {
  private static let commit = String(repeating: "a", count: 40)

  /// A data set of three files, served by a hub that may be gone.
  private func shards() throws -> HubServer {
    let names = (0..<3).map { "data/train-0000\($0)-of-00003.jsonl" }
    return try HubServer { request in
      if request.path.hasPrefix("/api/datasets/o/n/revision/") {
        let list = names.map { "{\"rfilename\":\"\($0)\"}" }.joined(separator: ",")
        return .init(body: Array("{\"sha\":\"\(Self.commit)\",\"siblings\":[\(list)]}".utf8))
      }
      guard let name = names.first(where: { request.path.hasSuffix("/\($0)") }) else {
        return .init(status: 404)
      }
      return .init(headers: ["ETag": "\"\(FilePaths.name(name))\""], body: Array(name.utf8))
    }
  }

  private let one = "hf://datasets/o/n/data/train-00000-of-00003.jsonl"

  @Test func `one shard in the cache is not taken for all, offline or without a hub`() throws {
    let folder = try TemporaryFolder()
    let server = try shards()
    let online = settings(folder, server)
    let path = try files(one, online)
    server.stop()
    let offline = settings(folder, server, ["HF_HUB_OFFLINE": "1"])
    for address in ["hf://datasets/o/n", "hf://datasets/o/n/data/*", "hf://datasets/o/n/data"] {
      let missing = #expect(throws: StageError.self) { try files(address, offline) }
      #expect(missing?.code == "not-cached")
      #expect(missing?.message.contains("'data/train-00001-of-00003.jsonl'") == true)
      #expect(throws: StageError.self) { try files(address, online) }
    }
    #expect(try files(one, offline) == path)
    #expect(try files(one, online) == path)
    #expect(try files("hf://datasets/o/n@\(Self.commit)/data/train-00000*", offline) == path)
  }

  @Test func `a cache that others filled is read offline by name, and said to be what it is`()
    throws
  {
    let folder = try TemporaryFolder()
    let cache = "hub/datasets--o--n"
    try folder.write(Self.commit, to: "\(cache)/refs/main")
    let name = "data/train-00000-of-00003.jsonl"
    let path = try folder.write("x", to: "\(cache)/snapshots/\(Self.commit)/\(name)")
    let server = try HubServer { _ in .init(status: 404) }
    server.stop()
    let offline = settings(folder, server, ["HF_HUB_OFFLINE": "1"])
    let all = #expect(throws: StageError.self) { try files("hf://datasets/o/n", offline) }
    #expect(all?.code == "not-cached" && all?.message.contains("may not be all") == true)
    var found: [String] = []
    let said = try notes {
      found += try files("hf://datasets/o/n/**", offline)
      found += try files(one, offline)
    }
    #expect(found == [path, path])
    #expect(said.count == 1 && said.first?.contains("the cache has \(name)") == true)
    // A hub that does not answer is no reason to read a part.
    let gone = #expect(throws: StageError.self) {
      try files("hf://datasets/o/n/**", settings(folder, server))
    }
    #expect(gone?.code == "unreachable")
    #expect(try files(one, settings(folder, server)) == [path])
  }

  @Test func `a data set with a new name is found behind the hub's redirects`() throws {
    let folder = try TemporaryFolder()
    let server = try HubServer { request in
      if request.path.contains("/old") {
        let path = request.path.split(separator: "old").joined(separator: "new")
        return .init(status: 307, headers: ["Location": path])
      }
      if request.path.hasPrefix("/api/") {
        return .init(
          body: Array(
            "{\"sha\":\"\(Self.commit)\",\"siblings\":[{\"rfilename\":\"a.jsonl\"}]}".utf8))
      }
      return .init(headers: ["ETag": "\"content\""], body: Array("{}".utf8))
    }
    defer { server.stop() }
    let dataset = HubRepository(
      try #require(HubAddress("hf://datasets/o/old")), settings: settings(folder, server))
    let found = try dataset.files()
    #expect(found.map(\.name) == ["o/old/a.jsonl"])
    #expect(try FileReader.contents(found[0].path) == Array("{}".utf8))
    #expect(Folders.exists("\(folder.path)/hub/datasets--o--old/blobs/content"))
  }

  @Test(arguments: [
    ("..", "a.jsonl", "tag"), (".", "a.jsonl", "tag"), ("a/b", "a.jsonl", "tag"),
    ("c", "../a.jsonl", "tag"), ("c", "..", "tag"), ("c", "../\u{301}a.jsonl", "tag"),
    ("c", "/a.jsonl", "tag"), ("c", "a.jsonl", ".."), ("c", "a.jsonl", "a/b"),
  ])
  func `names that lead elsewhere are none`(_ commit: String, _ name: String, _ tag: String) throws
  {
    let folder = try TemporaryFolder()
    let object: JSONValue = ["sha": .string(commit), "siblings": [["rfilename": .string(name)]]]
    let server = try HubServer { request in
      request.path.hasPrefix("/api/")
        ? .init(body: object.bytes) : .init(headers: ["ETag": tag], body: [0x61])
    }
    defer { server.stop() }
    #expect(throws: StageError.self) {
      try files("hf://datasets/o/n", settings(folder, server))
    }
    let made = try Folders.files(below: folder.path)
    #expect(made.allSatisfy { $0.hasSuffix("refs/main") || $0.hasPrefix("downloads/listings/") })
  }

  @Test func `an answer without end is refused`() throws {
    let folder = try TemporaryFolder()
    let long = [UInt8](repeating: 0x20, count: 65 << 20)
    let server = try HubServer { _ in .init(body: long) }
    defer { server.stop() }
    #expect {
      try files("hf://datasets/o/n", settings(folder, server))
    } throws: {
      "\($0)".contains("takes more than 64 MB")
    }
  }
}
