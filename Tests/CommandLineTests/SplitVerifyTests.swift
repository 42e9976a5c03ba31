import Records
import Stages
import TestSupport
import Testing

@Suite struct `Proving a split` {
  @Test func `a split is proven from its files, and a leak is found`() throws {
    let folder = try TemporaryFolder()
    try folder.write(TinyRun.lines(120), to: "data.jsonl")
    let path = try folder.write(
      "name: split\nstages:\n  - ingest: {path: data.jsonl, on-error: quarantine}\n  - split: {}\n",
      to: "split.yaml")
    let run = "\(folder.path)/run"
    try Binary.succeed(["run", path, "--out", run], in: folder)
    let command = ["split", "--verify", "\(run)/split.certificate.json"]
    let proof = try Binary.succeed(command + [run], in: folder)
    #expect(proof.output.hasPrefix("nothing leaks: "))

    // A training record put among the test records too.
    let test = "\(run)/data/test.jsonl"
    let train = String(
      decoding: try FileReader.contents("\(run)/data/train.jsonl"), as: UTF8.self)
    let line = try #require(train.split(separator: "\n").first)
    let leaked = line.replacing("\"side\":\"train\"", with: "\"side\":\"test\"")
    try AtomicFile.write(try FileReader.contents(test) + Array("\(leaked)\n".utf8), to: test)
    let found = try Binary.run(command + ["\(run)/data"], in: folder)
    #expect(found.status == 1)
    #expect(found.errors.contains("leaks"))
  }

  /// A run of a split of 60 records of which each has a year and an id, and the command that proves it.
  private func run(_ split: String, in folder: TemporaryFolder) throws -> (
    messages: String, command: [String]
  ) {
    let lines = (0..<60).map { number in
      "{\"text\": \"question number \(number) of sixty is \(number * 7919)\", "
        + "\"year\": \(1950 + number), \"id\": \"q\(number)\"}\n"
    }
    try folder.write(lines.joined(), to: "data.jsonl")
    let path = try folder.write(
      "name: split\nstages:\n  - ingest: {path: data.jsonl}\n  - split: {\(split)}\n",
      to: "split.yaml")
    let run = "\(folder.path)/run"
    let result = try Binary.succeed(["run", path, "--out", run], in: folder)
    return (
      result.output + result.errors, ["split", "--verify", "\(run)/split.certificate.json", run]
    )
  }

  @Test func `a split by time is proven, and its certificate may not be edited`() throws {
    let folder = try TemporaryFolder()
    let (_, command) = try run("time: metadata.year, near-duplicates: none", in: folder)
    let proof = try Binary.succeed(command, in: folder)
    #expect(
      proof.output
        == "nothing leaks: 48 train, 6 validation, 6 test; validation begins 1998-01-01T00:00:00Z; "
        + "test begins 2004-01-01T00:00:00Z\n")
    let text = String(decoding: try FileReader.contents(command[2]), as: UTF8.self)
    try AtomicFile.write(text.replacing("2004-01-01", with: "2003-07-01").utf8, to: command[2])
    let edited = try Binary.run(command, in: folder)
    #expect(edited.status != 0 && edited.errors.contains("has been edited"))
    #expect(!edited.output.contains("nothing leaks"))
  }

  @Test func `where a later stage dropped records, what proves the others is told`() throws {
    let folder = try TemporaryFolder()
    let (_, command) = try run("near-duplicates: none", in: folder)
    let path = "\(command[3])/data/train.jsonl"
    let lines = try FileReader.contents(path).split(separator: 0x0A)
    try AtomicFile.write(lines.dropFirst().joined(separator: [0x0A]) + [0x0A], to: path)
    let proof = try Binary.run(command, in: folder)
    #expect(proof.status == 1 && proof.errors.contains("--partial proves those that are left"))
    #expect(
      try Binary.succeed(command + ["--partial"], in: folder).output.contains("nothing leaks"))
    try AtomicFile.write(
      (lines + [lines[0].replacing("train".utf8, with: "test".utf8)]).joined(separator: [0x0A]),
      to: path)
    #expect(try !Binary.run(command, in: folder).errors.contains("--partial"))
  }

  @Test func `a split by given ids tells which ids are those of no record`() throws {
    let folder = try TemporaryFolder()
    try folder.write("q3\nq59\nQ_17\n", to: "test.txt")
    let (messages, command) = try run(
      "test-ids: test.txt, id-field: metadata.id, near-duplicates: none", in: folder)
    #expect(messages.contains("1 of 3 ids") && messages.contains("did you mean 'q17'?"))
    #expect(try Binary.succeed(command, in: folder).output.contains(" 2 test"))
    let page = String(
      decoding: try FileReader.contents("\(folder.path)/run/report.html"), as: UTF8.self)
    #expect(page.contains("Ids given to test") && page.contains("2, 1 not found"))
  }

  @Test func `the stage alone warns of such ids too, and sides are the same`() throws {
    let folder = try TemporaryFolder()
    try folder.write("q3\nnonesuch\n", to: "test.txt")
    let (_, command) = try run(
      "test-ids: test.txt, id-field: metadata.id, near-duplicates: none", in: folder)
    let alone = try Binary.succeed(
      [
        "split", "\(folder.path)/data.jsonl", "--near-duplicates", "none",
        "--test-ids", "\(folder.path)/test.txt", "--id-field", "metadata.id",
      ], in: folder)
    #expect(alone.errors.contains("warning: split: 1 of 2 ids"))
    #expect(!alone.errors.contains("quarantined"))
    let test = try FileReader.contents("\(command[3])/data/test.jsonl")
    #expect(test.count { $0 == 0x0A } == 1)
    let sides = try alone.output.split(separator: "\n").map { line in
      try JSONValue.parse(String(line))["anneal"]?["side"]?.string
    }
    #expect(sides.count == 60 && sides.count { $0 == "test" } == 1 && !sides.contains(nil))
  }

  @Test func `where there is no record nothing is proven`() throws {
    let folder = try TemporaryFolder()
    let (_, command) = try run("near-duplicates: none", in: folder)
    try Folders.make("\(folder.path)/empty")
    let proof = try Binary.run(
      Array(command.dropLast()) + ["\(folder.path)/empty", "--partial"], in: folder)
    #expect(proof.status != 0 && proof.errors.contains("no records of a split"))
  }
}
