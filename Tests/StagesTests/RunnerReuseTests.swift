import Records
import Stages
import Synchronization
import TestSupport
import Testing

struct RunnerReuseTests {
  private let run: TestRun

  init() throws { run = try TestRun() }

  private static let factor = Parameter("factor", default: 1, "A factor.")

  /// Three stages; `change` makes the plan another one.
  private func steps(
    lines: [String] = ["a", "b"], version: Int = 1, parameter: [any AnyParameter] = [],
    onError: ErrorPolicy = .quarantine, label: String = "clean.two"
  ) throws -> [StageStep] {
    let same = EachStage { record, _ in .keep(record) }
    return [
      try run.source(lines), try run.step("clean.one", same),
      try run.step(
        label, same, version: version, onError: onError, parameters: parameter),
      try run.step("clean.three", same),
    ]
  }

  private func cached(_ steps: [StageStep], seed: UInt64 = 42) throws -> [Bool] {
    try run.run(steps, seed: seed).map(\.cached)
  }

  @Test func `nothing is run again where nothing changed`() throws {
    #expect(try cached(steps()) == [false, false, false, false])
    let before = try run.files()
    #expect(try cached(steps()) == [true, true, true, true])
    #expect(try run.files() == before)
  }

  @Test func `a changed stage and those after it are run again, and no others`() throws {
    try run.run(steps())
    #expect(try cached(steps(version: 2)) == [true, true, false, false])
    #expect(try cached(steps(parameter: [Self.factor])) == [true, true, false, false])
    let other = Parameter("factor", default: 2, "A factor.")
    #expect(try cached(steps(parameter: [other])) == [true, true, false, false])
    #expect(try cached(steps(onError: .fail)) == [true, true, false, false])
    #expect(try cached(steps(label: "clean.other")) == [true, true, false, false])
    #expect(try cached(steps(lines: ["a", "c"])) == [false, false, false, false])
    #expect(try cached(steps(), seed: 43) == [false, false, false, false])
    let rescuing = try steps()
    let same = EachStage { record, _ in .keep(record) }
    #expect(
      try cached([
        rescuing[0], rescuing[1], run.step("clean.two", same, rescue: ["x"]), rescuing[3],
      ]) == [true, true, false, false])
    // What was there before is there still.
    #expect(try cached(steps()) == [true, true, true, true])
  }

  @Test func `a stage that is made by something else is run again`() throws {
    func cached(_ name: JSONValue?) throws -> Bool {
      try run.run([run.source(["a"]), run.step("clean.one", NamedStage(name: name))])[1].cached
    }
    #expect(try cached(["model": "a"]) == false)
    #expect(try cached(["model": "a"]) == true)
    #expect(try cached(["model": "b"]) == false)
    #expect(try cached(nil) == false)
  }

  /// A stage that asks an endpoint twice.
  private struct Asking: RecordStage {
    let account = EndpointAccount()
    var spent: EndpointSpending? { account.spent }

    func outcome(of record: Record, _ context: StageContext) throws(StageError) -> Outcome {
      if let ticket = try account.open(promptBytes: 3, mostTokens: 5) {
        account.close(ticket, .told(prompt: 4, completion: 2))
      }
      return .keep(record)
    }
  }

  @Test func `what a stage spent is told once, and what it may spend changes no record`() throws {
    func result(_ requests: Int?) throws -> StageResult {
      let limits = requests.map { EndpointLimits(requests: $0) }
      let parameter = Parameter<EndpointLimits?>("limits", default: limits, "Limits.")
      return try run.run([
        run.source(["a", "b"]), run.step("clean.one", Asking(), parameters: [parameter]),
      ])[1]
    }
    let first = try result(nil)
    #expect(first.spent?.requests == 2 && first.spent?.tokens == 12 && !first.cached)
    let second = try result(9)
    #expect(second.spent == nil && second.cached)
  }

  @Test func `the fingerprint of a stage that says nothing is what it was`() throws {
    let results = try run.run([run.source(["a"]), run.step("clean.one", NamedStage(name: nil))])
    let expected: JSONValue = [
      "format": 4, "stage": "clean.one", "version": 1, "parameters": [:],
      "on-error": "quarantine", "rescue": [], "seed": "42", "files": [:],
      "upstream": .string(results[0].fingerprint), "shard": .null,
    ]
    #expect(results[1].fingerprint == ContentHash.of(expected.text))
  }

  @Test func `what a killed run left of a stage is no part of its output`() throws {
    let results = try run.run(steps())
    for place in ["artifacts/stranger.txt", "units", "records.lines"] {
      try run.folder.write("left", to: "run/cache/.stage-03-clean.two/\(place)")
    }
    let changed = Array(try steps(version: 2).dropFirst(2))
    let after = try StageRunner(folder: run.path, seed: 42, threads: 2).attempt(
      changed, after: results[1], number: 3)
    #expect(
      try Folders.files(below: after[0].folder)
        == ["ledger.jsonl", "quarantine.jsonl", "records.lines", "stage.json"])
  }

  @Test func `a stage that is taken out changes those after it`() throws {
    try run.run(steps())
    let all = try steps()
    #expect(try cached([all[0], all[1], all[3]]) == [true, true, false])
  }

  @Test(arguments: [
    ("records.lines", "cut"), ("records.lines", "removed"), ("ledger.jsonl", "longer"),
    ("quarantine.jsonl", "removed"), ("artifacts/merged/count.txt", "removed"),
    ("artifacts/merged/count.txt", "longer"), ("stage.json", "removed"), ("stage.json", "cut"),
    ("stage.json", "emptied"), ("stage.json", "another format"), ("artifacts/more", "longer"),
  ])
  func `a damaged stage is run again rather than trusted`(_ name: String, _ damage: String) throws {
    let steps = [
      try run.source(["a", "b", "a", "!"]), try run.step("clean.same", MergeStage()),
      try run.step("clean.last", EachStage { record, _ in .keep(record) }),
    ]
    let expected = try run.everything(steps)
    let results = try run.run(steps)
    let path = "\(results[1].folder)/\(name)"
    let old = (try? FileReader.contents(path)) ?? []
    switch damage {
    case "removed": try Folders.remove(path)
    case "cut": try AtomicFile.write(old.dropLast(5), to: path)
    case "emptied": try AtomicFile.write([], to: path)
    case "another format":
      let text = String(decoding: old, as: UTF8.self)
      try AtomicFile.write(text.replacing("\"format\": ", with: "\"format\": 9").utf8, to: path)
    default: try AtomicFile.write(old + [10], to: path)
    }
    #expect(try run.run(steps).map(\.cached) == [true, false, true])
    #expect(try run.everything(steps) == expected)
  }

  @Test func `a record that was damaged in place is told with the file and what to do`() throws {
    let steps = try steps(lines: ["a", "b", "c"])
    let path = try run.run(Array(steps.prefix(1)))[0].records
    var bytes = try FileReader.contents(path)
    bytes[bytes.count / 2] = UInt8(ascii: "}")
    try AtomicFile.write(bytes, to: path)
    #expect {
      try run.run(steps)
    } throws: { error in
      let text = "\(error)"
      return text.hasPrefix("\(path):2: ") && text.contains(" at byte ")
        && text.hasSuffix("(delete the folder '\(FilePaths.folder(path))' and run again)")
    }
  }

  @Test func `standard input is never taken for the same as before`() throws {
    struct Input: SourceStage {
      func dependencies() throws(StageError) -> [String] { ["-"] }
      func readUnits(_ visit: (SourceUnit) throws -> Void) throws {}
      func outcome(of unit: SourceUnit, _ context: StageContext) throws(StageError) -> Outcome {
        .drop(Reason("none"))
      }
    }
    let step = try run.step("ingest", Input(), role: .source)
    #expect(try run.run([step]).map(\.cached) == [false])
    #expect(try run.run([step]).map(\.cached) == [false])
  }

  @Test func `a missing input file is told before anything runs`() throws {
    let step = try run.step("ingest", LineSource(path: "\(run.path)/none"), role: .source)
    #expect {
      try run.run([step])
    } throws: {
      "\($0)".hasSuffix("/none: cannot open: No such file or directory (check the path)")
    }
  }

  @Test func `the stages of the last finished run can be found, and only those`() throws {
    #expect(throws: Diagnostics.self) { try StageRunner.results(in: run.path) }
    try run.run(steps(version: 2))
    let last = try run.run(steps())
    #expect(try StageRunner.results(in: run.path).map(\.folder) == last.map(\.folder))
    #expect(try StageRunner.results(in: run.path).map(\.label) == last.map(\.label))
    try Folders.remove(last[1].records)
    #expect(throws: Diagnostics.self) { try StageRunner.results(in: run.path) }
  }

  @Test func `progress tells of every stage, run or reused`() throws {
    let told = Mutex<[String]>([])
    let runner = StageRunner(folder: run.path, seed: 42, threads: 2) { progress in
      guard case .finished(let result) = progress.event else { return }
      told.withLock {
        $0.append("\(progress.label) \(progress.number)/\(progress.total) \(result.cached)")
      }
    }
    _ = try runner.run(try steps())
    _ = try runner.run(Array(try steps().prefix(1)))
    #expect(
      told.withLock { $0 } == [
        "ingest 1/4 false", "clean.one 2/4 false", "clean.two 3/4 false", "clean.three 4/4 false",
        "ingest 1/1 true",
      ])
  }
}
