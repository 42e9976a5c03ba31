import Records
import Stages
import Synchronization
import TestSupport
import Testing

/// What a stage's file of records holds, and how the records are put together from it.
struct StageChangesTests {
  private let run: TestRun

  init() throws { run = try TestRun() }

  private func drop(_ text: String) -> EachStage {
    EachStage { record, _ in record.text == text ? .drop(Reason("named")) : .keep(record) }
  }

  private func change(_ text: String, to other: String) -> EachStage {
    EachStage { record, _ in .keep(record.text == text ? record.with(text: other) : record) }
  }

  private func lines(_ result: StageResult) throws -> [Substring] {
    String(decoding: try FileReader.contents(result.records), as: UTF8.self).split(separator: "\n")
  }

  private func texts(_ result: StageResult) throws -> [String] {
    try RecordCollection(path: result.records, count: result.counts.kept, threads: 2).map(\.text)
  }

  @Test func `a stage writes what it changed, and its records are put together from that`() throws {
    let parts = EachStage { record, _ in
      record.text == "d" ? .expand([record.child("p", content: .text("D"))]) : .keep(record)
    }
    let results = try run.run([
      try run.source(["a", "b", "c", "d", "e"]), try run.step("clean.drop", drop("b")),
      try run.step("clean.loud", change("c", to: "C")), try run.step("clean.parts", parts),
    ])
    let folders = results.map { "#" + FilePaths.name($0.folder) }
    #expect(try lines(results[0]).allSatisfy { $0.hasPrefix("{\"text\":") })
    #expect(try lines(results[1]) == [folders[0][...], "=1", "-1", "=3"])
    let loud = try lines(results[2])
    #expect([loud[0], loud[1], loud[3]] == [folders[1][...], "=1", "=2"])
    #expect(loud[2].hasPrefix("{\"text\":\"C\"") && loud[2].contains("\t{\"stage\":\"clean.loud\""))
    let expanded = try lines(results[3])
    #expect([expanded[1], expanded[2], expanded[4]] == ["=2", "-1", "=1"])
    #expect(expanded[3].hasPrefix("+{\"text\":\"D\""))
    #expect(try texts(results[1]) == ["a", "c", "d", "e"])
    #expect(try texts(results[3]) == ["a", "C", "D", "e"])
  }

  @Test func `a stage is run again where the records before it are no longer the same`() throws {
    // As a model's answers do, the texts differ from run to run.
    let count = Atomic(0)
    let other = EachStage { record, _ in
      .keep(record.with(text: "\(count.add(1, ordering: .relaxed).newValue)"))
    }
    let steps = [
      try run.source(["a", "b"]), try run.step("clean.other", other),
      try run.step("clean.drop", drop("a")), try run.step("clean.same", MergeStage()),
    ]
    let first = try run.run(steps, threads: 1)
    #expect(try texts(first[3]) == ["1", "2"])
    try Folders.remove(first[1].folder)
    let second = try run.run(steps, threads: 1)
    #expect(second.map(\.cached) == [true, false, false, false])
    #expect(try texts(second[3]) == ["3", "4"])
    #expect(first[3].fingerprint == second[3].fingerprint)
    #expect(first[2].contentHash != second[2].contentHash)
  }

  @Test func `a damaged record is told with the file that holds it`() throws {
    let results = try run.run([
      try run.source(["a", "b", "c"]), try run.step("clean.drop", drop("a")),
      try run.step("clean.loud", change("b", to: "B")),
      try run.step("clean.same", change("x", to: "y")),
    ])
    for (stage, text, line) in [(2, "\"B\"", 2), (0, "\"c\"", 3)] {
      let path = results[stage].records
      let lines = String(decoding: try FileReader.contents(path), as: UTF8.self)
      try AtomicFile.write(lines.replacing(text, with: "}").utf8, to: path)
      #expect {
        try texts(results[3])
      } throws: {
        "\($0)".hasPrefix("\(path):\(line): ")
          && "\($0)".hasSuffix("(delete the folder '\(results[stage].folder)' and run again)")
      }
      try AtomicFile.write(lines.utf8, to: path)
    }
  }

  @Test func `stages that do not fit one another are not those of a finished run`() throws {
    let results = try run.run([
      try run.source(["a", "b"]), try run.step("clean.drop", drop("a")),
    ])
    #expect(try StageRunner.results(in: run.path).count == 2)
    let manifest = "\(results[0].folder)/stage.json"
    let text = String(decoding: try FileReader.contents(manifest), as: UTF8.self)
    let other = String(results[0].contentHash.reversed())
    try AtomicFile.write(text.replacing(results[0].contentHash, with: other).utf8, to: manifest)
    #expect {
      try StageRunner.results(in: run.path)
    } throws: {
      "\($0)".contains("the stages in '\(run.path)' are of different runs (run the pipeline again)")
    }
  }

  @Test func `what is no run, or one whose stages are gone, has no finished stages`() throws {
    let results = try run.run([try run.source(["a"]), try run.step("clean.drop", drop("b"))])
    for folder in [results[1].folder, "\(run.path)/cache"] {
      try Folders.remove(folder)
      #expect {
        try StageRunner.results(in: run.path)
      } throws: {
        "\($0)".contains("there are no finished stages in '\(run.path)'")
      }
    }
  }

  @Test(arguments: ["=9", "=1", "=x", "-0"])
  func `changes that do not fit the records before them are told`(_ damage: String) throws {
    let results = try run.run([
      try run.source(["a", "b"]), try run.step("clean.same", change("x", to: "y")),
    ])
    let text = try lines(results[1]).joined(separator: "\n") + "\n"
    try AtomicFile.write(text.replacing("=2", with: damage).utf8, to: results[1].records)
    #expect {
      try texts(results[1])
    } throws: {
      "\($0)".contains("do not fit the records before them (delete the folder")
    }
  }
}
