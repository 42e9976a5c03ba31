import Models
import Stages
import TestSupport
import Testing

/// Where a model's name is looked up.
struct ModelLocatorTests {
  private let folder: TemporaryFolder
  private let locator: ModelLocator

  init() throws {
    folder = try TemporaryFolder()
    let root = folder.path
    locator = ModelLocator { name in ["HOME": root, "ANNEAL_CACHE": "\(root)/own"][name] }
    try folder.write("{}", to: "own/models/all-MiniLM-L6-v2/config.json")
    let hub = ".cache/huggingface/hub/models--org--tiny"
    try folder.write("abc\n", to: "\(hub)/refs/main")
    try folder.write("{}", to: "\(hub)/snapshots/abc/config.json")
    try folder.write("{}", to: "here/config.json")
    for name in ["here/best.pt", "here/notes.txt", "tiny.gguf"] { try folder.write("", to: name) }
  }

  @Test(arguments: [
    ("all-MiniLM-L6-v2", "own/models/all-MiniLM-L6-v2"),
    ("sentence-transformers/all-MiniLM-L6-v2", "own/models/all-MiniLM-L6-v2"),
    ("org/tiny", ".cache/huggingface/hub/models--org--tiny/snapshots/abc"),
    ("tiny", ".cache/huggingface/hub/models--org--tiny/snapshots/abc"),
    ("here", "here"),
    ("./here", "here"), ("here/best.pt", "here/best.pt"), ("tiny.gguf", "tiny.gguf"),
  ])
  func `a name and a path find their folder`(model: String, expected: String) throws {
    #expect(try locator.folder(of: model, base: folder.path) == "\(folder.path)/\(expected)")
  }

  @Test func `a tokenizer is found where there is no model, and by its own remedy where it is not`()
    throws
  {
    let hub = ".cache/huggingface/hub/models--org--words"
    try folder.write("abc\n", to: "\(hub)/refs/main")
    try folder.write("{}", to: "\(hub)/snapshots/abc/tokenizer.json")
    func place(_ name: String) throws(ModelError) -> String {
      try locator.tokenizerFolder(of: name, base: folder.path)
    }
    let words = "\(folder.path)/\(hub)/snapshots/abc"
    #expect(try place("org/words") == words && place("words") == words)
    #expect(try place("tiny") == locator.folder(of: "tiny", base: folder.path))
    #expect(throws: ModelError.self) { try locator.folder(of: "words", base: folder.path) }
    #expect {
      try place("worbs")
    } throws: {
      "\($0)".contains("Did you mean 'words'? Give the path of a tokenizer.json")
    }
    // A file of a tokenizer beside a path that is not there makes no tokenizer of it.
    try folder.write("{}", to: "tokenizer.json")
    #expect(throws: ModelError.self) { try place("none") }
  }

  @Test func `models that come with the program are found installed and built, after the caches`()
    throws
  {
    let root = folder.path
    try folder.write("{}", to: "usr/share/anneal/models/en-xx/config.json")
    try folder.write("", to: "source/Package.swift")
    try folder.write("{}", to: "source/share/models/en-xx/config.json")
    try folder.write("{}", to: "source/share/models/tiny/config.json")
    func found(_ model: String, by program: String?) -> String? {
      let locator = ModelLocator(environment: { $0 == "HOME" ? root : nil }, program: program)
      return (try? locator.folder(of: model, base: root)).map {
        String($0.dropFirst(root.utf8.count))
      }
    }
    #expect(found("en-xx", by: nil) == nil)
    let installed = found("en-xx", by: "\(root)/usr/bin/anneal")
    #expect(installed == "/usr/share/anneal/models/en-xx")
    let built = "\(root)/source/.build/x86_64/release/anneal"
    #expect(found("en-xx", by: built) == "/source/share/models/en-xx")
    #expect(found("tiny", by: built)?.hasPrefix("/.cache/huggingface") == true)
    #expect(found("tiny", by: "/anneal") != nil)
    let locator = ModelLocator(environment: { $0 == "HOME" ? root : nil }, program: built)
    #expect(locator.shipped("tiny") == "\(root)/source/share/models/tiny")
    #expect(locator.shipped("all-MiniLM-L6-v2") == nil)
  }

  @Test func `a name that nothing holds lists the places and the nearest name`() throws {
    let error = try #require(
      #expect(throws: ModelError.self) {
        try locator.folder(of: "all-MiniLM-L6-v3", base: folder.path)
      })
    #expect(error.code == .notFound)
    #expect(error.description.contains("\(folder.path)/all-MiniLM-L6-v3"))
    #expect(error.description.contains("\(folder.path)/own/models/all-MiniLM-L6-v3"))
    #expect(error.description.contains("hub/models--all-MiniLM-L6-v3"))
    #expect(error.description.contains("Did you mean 'all-MiniLM-L6-v2'?"))
  }

  @Test(arguments: ["./here/notes.txt", "./here/none.pt", "./none.gguf"])
  func `a file that is no weights or not there is no model`(model: String) {
    #expect(throws: ModelError.self) { try locator.folder(of: model, base: folder.path) }
  }

  @Test func `the variables of the caches are honoured in their order`() {
    func hub(_ variables: [String: String]) -> String {
      ModelLocator { variables[$0] }.hubCache
    }
    #expect(hub(["HOME": "/h"]) == "/h/.cache/huggingface/hub")
    #expect(hub(["HOME": "/h", "HF_HOME": "/f"]) == "/f/hub")
    #expect(hub(["HF_HOME": "/f", "HUGGINGFACE_HUB_CACHE": "/g"]) == "/g")
    #expect(hub(["HF_HUB_CACHE": "/a", "HUGGINGFACE_HUB_CACHE": "/g"]) == "/a")
    #expect(ModelLocator { ["XDG_CACHE_HOME": "/x"][$0] }.modelCache == "/x/anneal/models")
  }
}
