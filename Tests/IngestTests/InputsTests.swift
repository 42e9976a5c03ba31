import Glibc
import Records
import Stages
import TestSupport
import Testing

@Suite struct InputsTests {
  private func folder() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    for name in ["b.jsonl", "a.jsonl", "sub/c.jsonl", "sub/deep/d.jsonl", ".hidden.jsonl", "n.txt"]
    {
      try folder.write("{\"text\":\"\(name)\"}\n", to: name)
    }
    return folder
  }

  static let patterns: [(pattern: String, names: [String])] = [
    ("*.jsonl", ["a.jsonl", "b.jsonl"]), ("?.jsonl", ["a.jsonl", "b.jsonl"]),
    ("**/*.jsonl", ["a.jsonl", "b.jsonl", "sub/c.jsonl", "sub/deep/d.jsonl"]),
    ("sub/**", ["c.jsonl", "deep/d.jsonl"]), ("*/*.jsonl", ["c.jsonl"]),
    ("**/d.*", ["d.jsonl"]), (".hid*", [".hidden.jsonl"]), ("a*", ["a.jsonl"]),
    ("*n*", ["a.jsonl", "b.jsonl", "n.txt"]),
  ]

  @Test(arguments: patterns.indices)
  func `patterns match as in a shell, in the order of bytes`(_ index: Int) throws {
    let folder = try folder()
    let row = Self.patterns[index]
    let result = try ingest("\(folder.path)/\(row.pattern)", ["format": "jsonl"])
    #expect(result.records.map(\.source.file) == row.names)
  }

  @Test(.timeLimit(.minutes(1)))
  func `pipes, devices and broken links are refused at once`() throws {
    let folder = try folder()
    func link(_ target: String, _ name: String) -> String {
      let path = "\(folder.path)/\(name)"
      #expect(symlink(target, path) == 0)
      return path
    }
    let pipe = "\(folder.path)/z.pipe"
    #expect(mkfifo(pipe, 0o600) == 0)
    let broken = [link("nowhere", "x.link"), link("y.link", "y.link")]
    for (path, code) in [
      (pipe, "not-a-file"), ("\(folder.path)/*.pipe", "not-a-file"), ("/dev/zero", "not-a-file"),
      (broken[0], "missing-file"), (broken[1], "missing-file"),
      ("\(folder.path)/x.*", "missing-file"),
    ] {
      let error = #expect(throws: StageError.self) { try ingestStage([path]).dependencies() }
      #expect(error?.code == code, "\(path)")
      #expect(error?.remedy?.contains("did you mean") != true)
    }
    let odd = "\(folder.path)/odd/"
    try Folders.make(odd)
    let name = (Array(odd.utf8) + [0xFF, 0x2E, 0x6A, 0]).map { CChar(bitPattern: $0) }
    let descriptor = creat(name, 0o600)
    #expect(descriptor >= 0 && close(descriptor) == 0)
    let error = #expect(throws: StageError.self) { try ingestStage(["\(odd)*"]).dependencies() }
    #expect(error?.remedy == "rename it, if its name is not UTF-8")
    let good = link("a.jsonl", "good.jsonl")
    #expect(try ingestStage([good]).dependencies() == [good])
  }

  @Test func `ids are relative to the shared folder, paths stay in order, each file once`() throws {
    let folder = try folder()
    let stage = try ingestStage(
      ["\(folder.path)/sub/c.jsonl", "\(folder.path)/b.jsonl", "\(folder.path)/*.jsonl"])
    var ids: [String] = []
    try stage.readUnits { ids.append("\($0.source.file):\($0.source.line)") }
    #expect(ids == ["sub/c.jsonl:1", "b.jsonl:1", "a.jsonl:1"])
    #expect(
      try stage.dependencies()
        == ["sub/c.jsonl", "b.jsonl", "a.jsonl"].map { "\(folder.path)/\($0)" })
  }

  @Test func `folders, missing files and addresses say what to write instead`() throws {
    let folder = try folder()
    let cases: [(path: String, code: String, remedy: String)] = [
      (folder.path, "is-a-folder", "write '\(folder.path)/*.jsonl', or '**' for folders within"),
      ("\(folder.path)/c.jsonl", "missing-file", "did you mean 'a.jsonl'?"),
      ("\(folder.path)/none/c.jsonl", "missing-file", "there is no folder '\(folder.path)/none'"),
      (
        "ftp://example.org/a.jsonl", "remote-path",
        "write hf://datasets/OWNER/NAME, with /PATH and @REVISION where wanted, or https://…"
      ),
    ]
    for row in cases {
      let error = #expect(throws: StageError.self) { try ingest(row.path) }
      #expect(error?.code == row.code)
      #expect(error?.remedy == row.remedy)
    }
    let none = #expect(throws: StageError.self) { try ingest("\(folder.path)/*.csv") }
    #expect(none?.code == "no-files-match")
  }

  @Test func `limit stops the walk and does not count blank lines`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("{\"text\":\"a\"}\n\n{\"text\":\"b\"}\nbroken", to: "a.jsonl")
    #expect(try ingest(path, ["limit": "2"]).texts == ["a", "b"])
    #expect(try ingest(path, ["limit": "2"]).faults.isEmpty)
    #expect(throws: Diagnostics.self) { try ingest(path, ["limit": "0"]) }
  }

  @Test func `what the receiver throws is passed on unchanged`() throws {
    struct Full: Error {}
    let folder = try folder()
    let stage = try ingestStage(["\(folder.path)/*.jsonl"])
    #expect(throws: Full.self) { try stage.readUnits { _ in throw Full() } }
    #expect(throws: StageError("x", "y")) {
      try stage.readUnits { _ in throw StageError("x", "y") }
    }
  }

  @Test(arguments: ["a.jsonl", "a.json", "a.csv", "a.txt", "a.html", "a.xml"])
  func `an empty file is one clear fault`(_ name: String) throws {
    let folder = try TemporaryFolder()
    let empty = try ingest(try folder.write("", to: name))
    #expect(empty.codes == ["empty-file"])
    #expect(empty.faults[0].source?.file == name)
  }

  @Test func `a header without rows and blank lines alone are empty too`() throws {
    let folder = try TemporaryFolder()
    #expect(try ingest(try folder.write("text,label\n", to: "a.csv")).codes == ["empty-file"])
    #expect(try ingest(try folder.write("\n \n", to: "a.jsonl")).codes == ["empty-file"])
    #expect(try ingest(try folder.write(" [] ", to: "a.json")).codes == ["empty-file"])
  }

  @Test func `a key that does not exist is suggested`() throws {
    #expect(throws: Diagnostics.self) { try ingestStage(["/x"], ["fromat": "csv"]) }
    #expect(throws: Diagnostics.self) { try ingestStage(["/x"], ["format": "jsnl"]) }
    #expect(throws: Diagnostics.self) { try ingestStage(["/x"], ["encoding": "latin-99"]) }
    #expect(throws: Diagnostics.self) { try ingestStage(["/x"], ["delimiter": ",,"]) }
    #expect(throws: Diagnostics.self) { try ingestStage(["/x"], ["record": "//A[1]"]) }
    #expect(throws: Diagnostics.self) { try ingestStage([]) }
  }
}
