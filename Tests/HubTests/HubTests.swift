import Hub
import Records
import Stages
import Synchronization
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A data set `o/n` with two files of data, as the hub serves it: large files lead elsewhere.
func hub(
  _ large: [UInt8], cut: Int? = nil, store: String? = nil, tag: String? = nil
) throws -> HubServer {
  let commit = "0123456789abcdef0123456789abcdef01234567"
  let small = Array("{\"text\":\"a\"}\n".utf8)
  let largeTag = tag ?? ContentHash.of(large)
  let cuts = Atomic(cut == nil ? 0 : 1)
  return try HubServer { request in
    switch request.path {
    case "/api/datasets/o/n/revision/main", "/api/datasets/o/n/revision/v1%2Fx":
      let files = ["README.md", "data/train-00000-of-00001.parquet", "extra/b c.jsonl"]
      let list = files.map { "{\"rfilename\":\"\($0)\"}" }.joined(separator: ",")
      return .init(body: Array("{\"sha\":\"\(commit)\",\"siblings\":[\(list)]}".utf8))
    case "/datasets/o/n/resolve/\(commit)/data/train-00000-of-00001.parquet":
      return .init(
        status: 302,
        headers: [
          "X-Linked-Etag": "\"\(largeTag)\"", "X-Linked-Size": "\(large.count)",
          "X-Repo-Commit": commit, "Location": "\(store ?? "")/store/\(largeTag)",
        ])
    case "/store/\(largeTag)":
      let start = request.headers["range"].flatMap { Int($0.dropFirst(6).dropLast()) } ?? 0
      let isCut = cuts.exchange(0, ordering: .relaxed) == 1
      return .init(
        status: start > 0 ? 206 : 200, body: Array(large[start...]), cut: isCut ? cut : nil)
    case "/datasets/o/n/resolve/\(commit)/extra/b%20c.jsonl":
      return .init(headers: ["ETag": "W/\"not-a-hash\""], body: small)
    default: return .init(status: 404)
    }
  }
}

func settings(
  _ folder: TemporaryFolder, _ server: HubServer, _ more: [String: String] = [:]
)
  -> HubSettings
{
  let variables = [
    "HF_ENDPOINT": server.address + "/", "HF_HOME": folder.path, "ANNEAL_CACHE": folder.path,
  ].merging(more) { $1 }
  return HubSettings { variables[$0] }
}

func files(_ address: String, _ settings: HubSettings) throws -> [String] {
  try HubRepository(try #require(HubAddress(address)), settings: settings).files().map(\.path)
}

struct HubTests {
  private let large = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 3) }

  @Test func `addresses have a name, a revision and a path`() throws {
    let plain = try #require(HubAddress("hf://datasets/o/n"))
    #expect(plain.repository == "o/n" && plain.revision == "main" && plain.path == nil)
    let middle = try #require(HubAddress("hf://datasets/o/n@v1%2Fx/data/*.parquet"))
    #expect(middle.revision == "v1/x" && middle.path == "data/*.parquet")
    let end = try #require(HubAddress("hf://datasets/o/n/a.json@dev"))
    #expect(end.repository == "o/n" && end.revision == "dev" && end.path == "a.json")
    for text in [
      "hf://o/n", "hf://datasets/o", "hf://datasets/o/../x", "hf://datasets/o/n@/a", "x",
      // A mark behind a slash makes one character of both, and yet a path.
      "hf://datasets/../\u{301}o/n",
    ] {
      #expect(HubAddress(text) == nil, "\(text)")
    }
  }

  @Test func `variables are those of huggingface_hub`() throws {
    let folder = try TemporaryFolder()
    try folder.write(" secret\n", to: "token")
    let home = HubSettings { ["HF_HOME": folder.path][$0] }
    #expect(home.cache == "\(folder.path)/hub" && home.token == "secret" && !home.isOffline)
    let own = HubSettings {
      ["HF_HUB_CACHE": "/c", "HF_TOKEN": "t", "HF_HUB_OFFLINE": "1", "HF_ENDPOINT": "http://m/"][$0]
    }
    #expect(own.cache == "/c" && own.token == "t" && own.isOffline && own.endpoint == "http://m")
    #expect(HubSettings { ["HOME": "/h"][$0] }.cache == "/h/.cache/huggingface/hub")
  }

  @Test func `files come into the layout of the shared cache, and once`() throws {
    let folder = try TemporaryFolder()
    let server = try hub(large)
    defer { server.stop() }
    let settings = settings(folder, server)
    let paths = try files("hf://datasets/o/n", settings)
    let cache = "\(folder.path)/hub/datasets--o--n"
    let commit = "0123456789abcdef0123456789abcdef01234567"
    #expect(paths == ["\(cache)/snapshots/\(commit)/data/train-00000-of-00001.parquet"])
    #expect(try FileReader.contents(paths[0]) == large)
    #expect(
      try String(decoding: FileReader.contents("\(cache)/refs/main"), as: UTF8.self) == commit)
    var target = [CChar](repeating: 0, count: 200)
    let length = readlink(paths[0], &target, 199)
    let link = String(decoding: target.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    #expect(link == "../../../blobs/\(ContentHash.of(large))")
    let before = server.requests.count
    #expect(try files("hf://datasets/o/n/data", settings) == paths)
    // Only what the revision is was asked again.
    #expect(server.requests.count == before + 1)
  }

  @Test func `a model is its weights and what goes with them`() throws {
    let folder = try TemporaryFolder()
    let commit = "0123456789abcdef0123456789abcdef01234567"
    let names = [
      ".gitattributes", "README.md", "config.json", "consolidated.safetensors",
      "model-00001-of-00001.safetensors", "1_Pooling/config.json", "onnx/model.onnx",
      "pytorch_model.bin", "tokenizer.json", "vocab.txt",
    ]
    let server = try HubServer { request in
      switch request.path {
      case "/api/models/o/m/revision/main", "/api/models/m/revision/main":
        let list = names.map { "{\"rfilename\":\"\($0)\"}" }.joined(separator: ",")
        return .init(body: Array("{\"sha\":\"\(commit)\",\"siblings\":[\(list)]}".utf8))
      case "/api/models/o/old/revision/main":
        let list = ["config.json", "pytorch_model-1.bin", "pytorch_model.bin.index.json", "t.bin"]
          .map { "{\"rfilename\":\"\($0)\"}" }.joined(separator: ",")
        return .init(body: Array("{\"sha\":\"\(commit)\",\"siblings\":[\(list)]}".utf8))
      case "/api/models/o/bare/revision/main":
        return .init(
          body: Array("{\"sha\":\"\(commit)\",\"siblings\":[{\"rfilename\":\"a.txt\"}]}".utf8))
      case let path where path.contains("/resolve/\(commit)/"):
        return .init(headers: ["ETag": "\"\(StableHash.hash(path))\""], body: Array(path.utf8))
      default: return .init(status: 404)
      }
    }
    defer { server.stop() }
    let settings = settings(folder, server)
    for model in ["o/m", "hf://o/m", "m"] {
      let address = try #require(HubAddress(model: model))
      let cache = "\(settings.cache)/models--\(address.repository == "m" ? "m" : "o--m")"
      let paths = try HubRepository(address, settings: settings).files().map(\.path)
      #expect(
        paths
          == [
            "1_Pooling/config.json", "config.json", "model-00001-of-00001.safetensors",
            "tokenizer.json", "vocab.txt",
          ].map { "\(cache)/snapshots/\(commit)/\($0)" })
      #expect(try FileReader.contents(paths[1]).starts(with: "/\(address.repository)/res".utf8))
    }
    let old = try #require(HubAddress(model: "o/old"))
    #expect(
      try HubRepository(old, settings: settings).files().map { FilePaths.name($0.path) }
        == ["config.json", "pytorch_model-1.bin", "pytorch_model.bin.index.json"])
    let bare = try #require(HubAddress(model: "o/bare"))
    #expect {
      try HubRepository(bare, settings: settings).files()
    } throws: {
      "\($0)".contains("it has no weights") && "\($0)".contains("name a file: o/bare/FILE")
    }
    let one = try #require(HubAddress(model: "o/m@main/README.md"))
    #expect(try HubRepository(one, settings: settings).files().count == 1)
    for text in ["hf://datasets/o/n", "https://h/o/m", "../m", "o//m", "", "o/m/../x"] {
      #expect(HubAddress(model: text) == nil, "\(text)")
    }
  }

  @Test func `for a look at the data one file of several is fetched`() throws {
    let folder = try TemporaryFolder()
    let server = try hub(large)
    defer { server.stop() }
    let settings = settings(folder, server)
    let looked = try Fetching.$current.withValue(Fetching(isSample: true)) {
      try files("hf://datasets/o/n/*/*", settings)
    }
    #expect(looked.count == 1)
    #expect(try Folders.files(below: "\(folder.path)/hub/datasets--o--n/blobs").count == 1)
  }

  @Test func `small files, names with blanks and patterns`() throws {
    let folder = try TemporaryFolder()
    let server = try hub(large)
    defer { server.stop() }
    let paths = try files("hf://datasets/o/n/**/*.jsonl@v1%2Fx", settings(folder, server))
    #expect(paths.map { FilePaths.name($0) } == ["b c.jsonl"])
    #expect(Folders.exists("\(folder.path)/hub/datasets--o--n/refs/v1/x"))
  }

  @Test func `offline the cache is enough, and what it lacks is said`() throws {
    let folder = try TemporaryFolder()
    let server = try hub(large)
    let online = settings(folder, server)
    let paths = try files("hf://datasets/o/n", online)
    server.stop()
    let offline = settings(folder, server, ["HF_HUB_OFFLINE": "1"])
    #expect(try files("hf://datasets/o/n/data/*", offline) == paths)
    // A hub that is gone is no fault where the cache has the revision.
    #expect(try files("hf://datasets/o/n/data/*", online) == paths)
    #expect {
      try files("hf://datasets/o/other", offline)
    } throws: {
      "\($0)".contains("not in the cache, and HF_HUB_OFFLINE is set")
    }
  }

  @Test func `a download that broke off goes on where it stopped`() throws {
    let folder = try TemporaryFolder()
    let server = try hub(large, cut: 90_000)
    defer { server.stop() }
    let settings = settings(folder, server)
    #expect(throws: StageError.self) { try files("hf://datasets/o/n", settings) }
    let paths = try files("hf://datasets/o/n", settings)
    #expect(try FileReader.contents(paths[0]) == large)
    let ranges = server.requests.compactMap { $0.headers["range"] }
    // The hub is asked, and the store that it leads to.
    #expect(ranges == ["bytes=90000-", "bytes=90000-"])
  }

  @Test func `content with another hash is refused and not kept`() throws {
    let folder = try TemporaryFolder()
    let server = try hub(large, tag: String(repeating: "a", count: 64))
    defer { server.stop() }
    #expect {
      try files("hf://datasets/o/n", settings(folder, server))
    } throws: {
      "\($0)".contains("its hash is not the one")
    }
    let blobs = try Folders.list("\(folder.path)/hub/datasets--o--n/blobs")
    #expect(blobs.isEmpty)
  }

  @Test func `the token goes to the hub and to no other host`() throws {
    let folder = try TemporaryFolder()
    let store = try hub(large)
    defer { store.stop() }
    // The same machine by another name is another host, and another port another server.
    for name in ["localhost", "127.0.0.1"] {
      let server = try hub(large, store: "http://\(name):\(store.port)")
      defer { server.stop() }
      let settings = settings(
        folder, server, ["HF_TOKEN": "secret", "HF_HOME": folder.path + name])
      defer { try? Folders.remove(folder.path + name) }
      _ = try files("hf://datasets/o/n", settings)
      #expect(server.requests.allSatisfy { $0.headers["authorization"] == "Bearer secret" })
    }
    #expect(store.requests.count >= 2)
    #expect(store.requests.allSatisfy { $0.headers["authorization"] == nil })
  }

  @Test func `what the hub refuses is said with a remedy`() throws {
    let folder = try TemporaryFolder()
    let server = try HubServer { _ in .init(status: 401) }
    defer { server.stop() }
    #expect {
      try files("hf://datasets/o/n", settings(folder, server))
    } throws: {
      "\($0)".contains("(401)") && "\($0)".contains("HF_TOKEN")
    }
    let other = try hub(large)
    defer { other.stop() }
    #expect {
      try files("hf://datasets/o/n/data/train-00000-of-00001.parque", settings(folder, other))
    } throws: {
      "\($0)".contains("did you mean 'data/train-00000-of-00001.parquet'")
    }
  }
}
