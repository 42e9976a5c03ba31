import Stages
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

struct FoldersTests {
  private let folder: TemporaryFolder
  private var root: String { folder.path }

  init() throws { folder = try TemporaryFolder() }

  private func text(_ name: String) throws -> String {
    String(decoding: try FileReader.contents("\(root)/\(name)"), as: UTF8.self)
  }

  @Test func `folders are made with those above, listed in byte order and removed whole`() throws {
    try Folders.make("\(root)/a/b/c")
    try Folders.make("\(root)/a/b/c")
    for name in ["b", "B", "é", "a/x", "10", "9"] { try folder.write("", to: "list/\(name)") }
    #expect(try Folders.list("\(root)/list") == ["10", "9", "B", "a", "b", "é"])
    #expect(try Folders.files(below: "\(root)/list") == ["10", "9", "B", "a/x", "b", "é"])
    try Folders.remove("\(root)/list")
    try Folders.remove("\(root)/none")
    #expect(try Folders.list(root) == ["a"])
  }

  @Test func `removing a link leaves what it leads to`() throws {
    try folder.write("x", to: "real/file")
    #expect(symlink("\(root)/real", "\(root)/link") == 0)
    try Folders.remove("\(root)/link")
    #expect(try text("real/file") == "x")
  }

  @Test func `links to folders are walked, circles end`() throws {
    try folder.write("x", to: "data/one/file")
    try folder.write("y", to: "other/file")
    #expect(symlink("\(root)/other", "\(root)/data/linked") == 0)
    #expect(symlink("\(root)/data", "\(root)/data/one/circle") == 0)
    #expect(symlink("nowhere", "\(root)/data/broken") == 0)
    #expect(try Folders.files(below: "\(root)/data") == ["broken", "linked/file", "one/file"])
  }

  @Test func `a finished folder appears where nothing was`() throws {
    try folder.write("new", to: "temporary/deep/file")
    try Folders.publish("\(root)/temporary", as: "\(root)/runs/target")
    #expect(try text("runs/target/deep/file") == "new")
    #expect(try Folders.list(root) == ["runs"])
  }

  @Test func `a finished folder takes the place of another, nothing of which stays`() throws {
    try folder.write("old", to: "target/old")
    try folder.write("old", to: "target/both")
    try folder.write("new", to: "temporary/both")
    try Folders.publish("\(root)/temporary", as: "\(root)/target")
    #expect(try Folders.files(below: root) == ["target/both"])
    #expect(try text("target/both") == "new")
  }

  @Test func `an empty folder and a file are replaced as well`() throws {
    try Folders.make("\(root)/empty")
    try folder.write("new", to: "first/file")
    try Folders.publish("\(root)/first", as: "\(root)/empty")
    try folder.write("a file", to: "plain")
    try folder.write("new", to: "second/file")
    try Folders.publish("\(root)/second", as: "\(root)/plain")
    #expect(try Folders.files(below: root) == ["empty/file", "plain/file"])
  }

  @Test func `what killed processes left is cleared, and an interrupted replacement undone`() throws
  {
    try folder.write("half", to: "data.jsonl.tmp-4711-0")
    try folder.write("half", to: "tokenizer.tmp-4711-3/tokenizer.json")
    try folder.write("before", to: "model.old-4711-1/weights")
    try folder.write("before", to: "tokenizer.old-4711-2/tokenizer.json")
    try folder.write("now", to: "tokenizer/tokenizer.json")
    for name in ["notes.tmp", "a.tmp-x-1", "b.tmp-1", "c.old-1-2-3", "tmp-1-2", "sub/x.tmp-1-2"] {
      try folder.write("mine", to: name)
    }
    try Leftovers.clear(root)
    #expect(
      try Folders.files(below: root) == [
        "a.tmp-x-1", "b.tmp-1", "c.old-1-2-3", "model/weights", "notes.tmp", "sub/x.tmp-1-2",
        "tmp-1-2", "tokenizer/tokenizer.json",
      ])
    #expect(try text("tokenizer/tokenizer.json") == "now")
    try Leftovers.clear("\(root)/none")
  }

  @Test func `what is left of one folder is cleared and nothing beside it`() throws {
    try folder.write("half", to: "set.tmp-4711-0/train.jsonl")
    try folder.write("before", to: "set.old-4711-1/train.jsonl")
    for name in ["other.tmp-4711-0/x", "set.tmp-mine", "other/set.tmp-1-2", "settings.tmp-1-2"] {
      try folder.write("mine", to: name)
    }
    try Leftovers.clear(of: "\(root)/set")
    #expect(
      try Folders.files(below: root) == [
        "other/set.tmp-1-2", "other.tmp-4711-0/x", "set/train.jsonl", "set.tmp-mine",
        "settings.tmp-1-2",
      ])
    try Leftovers.clear(of: "\(root)/none/set")
  }

  @Test func `a folder of the user's is filled without a trace of an earlier try`() throws {
    try folder.write("half", to: "set.tmp-4711-0/train.jsonl")
    try folder.write("mine", to: "other.tmp-4711-0")
    try folder.write("new", to: "made/train.jsonl")
    try ExportedFolder.publish("\(root)/made", as: "\(root)/set")
    #expect(
      try Folders.files(below: root) == [
        "made/train.jsonl", "other.tmp-4711-0", "set/train.jsonl",
      ])
  }

  @Test func `a folder is locked by one at a time`() throws {
    var lock: FolderLock? = try FolderLock("\(root)/run")
    #expect {
      try FolderLock("\(root)/run")
    } throws: { error in
      "\(error)".hasSuffix(
        "(another process is at work there: wait for it, or name another folder)")
    }
    lock = nil
    #expect(throws: Never.self) { lock = try FolderLock("\(root)/run") }
    withExtendedLifetime(lock) {}
  }
}
