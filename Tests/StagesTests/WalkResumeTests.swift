import Foundation
import Records
import Stages
import Synchronization
import TestSupport
import Testing

/// Where walks went on from earlier runs, as a runner tells it.
final class Places: Sendable {
  private let places = Mutex<[Int]>([])
  var all: [Int] { places.withLock { $0 } }

  @Sendable func note(_ progress: StageProgress) {
    if case .goesOn(let place) = progress.event { places.withLock { $0.append(place) } }
  }
}

/// Counts from many threads.
private final class Counter: Sendable {
  private let value = Atomic(0)
  var count: Int { value.load(ordering: .relaxed) }
  @discardableResult func next() -> Int { value.add(1, ordering: .relaxed).newValue }
}

/// A walk that ends in its middle, and what the next run makes of what it left.
@Suite(.serialized) struct WalkResumeTests {
  private let run: TestRun

  init() throws { run = try TestRun() }

  // MARK: - Kills

  /// Some 4 MB of records of every kind, in two files.
  private static let count = 20_000

  private static func write(to folder: TemporaryFolder) throws {
    for (file, count) in [("first.txt", count), ("second.txt", count / 2)] {
      let lines = (0..<count).map { index in
        let line = Everything.line(index)
        return line.hasPrefix("text")
          ? "\(line) " + String(repeating: "and so on ", count: index % 30) : line
      }
      try folder.write(lines.map { "\($0)\n" }.joined(), to: file)
    }
  }

  /// Two walks: one from a file, and one that adds another file and looks at all records.
  ///
  /// - Parameter watch: Told the label of a stage with each record that it sees.
  private static func steps(
    _ folder: String, watch: @escaping @Sendable (String) -> Void = { _ in }
  ) throws -> [StageStep] {
    func watched(
      _ label: String,
      _ decide: @escaping @Sendable (Record, StageContext) throws(StageError) -> Outcome
    ) throws -> StageStep {
      try .of(
        EachStage { record, context throws(StageError) in
          watch(label)
          return try decide(record, context)
        }, label)
    }
    return [
      try .of(LineSource(path: "\(folder)/first.txt"), "ingest", role: .source),
      try watched("clean.expand", Everything.expand),
      try .of(LineSource(path: "\(folder)/second.txt"), "ingest#2", role: .source),
      try watched("clean.loud", Everything.loud),
      try watched("clean.filter", Everything.filter),
    ]
  }

  private static func runner(
    _ path: String, threads: Int, shard: Shard? = nil,
    _ progress: @escaping @Sendable (StageProgress) -> Void = { _ in }
  ) -> StageRunner {
    var runner = StageRunner(
      folder: path, seed: 42, threads: threads, shard: shard, progress: progress)
    runner.batchSize = 1 << 16
    runner.noteInterval = .zero
    return runner
  }

  /// The note that a run has left of how far it has come.
  private static func note(in run: String) -> [UInt8]? {
    try? FileReader.contents("\(run)/cache/.walk.json")
  }

  /// How many records the note says that a run has worked through; 0 where there is none.
  private static func noted(in run: String) -> Int {
    let note = try? note(in: run).map { try JSONValue.parse($0) }
    return note?["stages"]?.array?.first?["counts"]?["in"]?.int ?? 0
  }

  /// Waits, for a minute at most, for what a note brings that is on its way to a slow disk.
  private static func wait(until holds: () -> Bool) {
    var looks = 0
    while looks < 6000, !holds() {
      usleep(10_000)
      looks += 1
    }
  }

  /// Runs until a stage has seen so many records, and kills the process when a further note is there.
  private static func die(
    in folder: String, at label: String, after count: Int, threads: Int, shard: Shard?
  ) throws {
    let run = "\(folder)/run"
    let before = note(in: run)
    let seen = Counter()
    let steps = try steps(folder) { stage in
      guard stage == label, seen.next() >= count else { return }
      // The walk stands still meanwhile, so that it does not end before the note.
      wait { note(in: run) != before }
      kill(getpid(), SIGKILL)
    }
    _ = try runner(run, threads: threads, shard: shard).run(steps)
  }

  @Test(
    arguments: [("clean.expand", 0), ("clean.filter", 0), ("clean.expand", 2), ("clean.filter", 2)])
  func `killed several times within one walk, it goes on to the same bytes`(
    label: String, shards: Int
  ) async throws {
    try Self.write(to: run.folder)
    let shard = Shard(2, of: max(2, shards)).flatMap { shards > 0 ? $0 : nil }
    let fresh = try TestRun()
    let whole = try Self.runner(fresh.path, threads: 2, shard: shard)
      .run(try Self.steps(run.folder.path))
    for threads in [1, 4, 2, 1] {
      let after = Int.random(in: 100..<2000)
      await #expect(processExitsWith: .signal(SIGKILL), "after \(after)") {
        [
          folder = run.folder.path as String, label = label as String, after = after as Int,
          threads = threads as Int, shards = shards as Int
        ] in
        try Self.die(
          in: folder, at: label, after: after, threads: threads,
          shard: shards > 0 ? Shard(2, of: shards) : nil)
      }
    }
    let noted = Self.noted(in: run.path)
    let places = Places()
    let seen = Counter()
    let steps = try Self.steps(run.folder.path) { stage in
      if stage == "clean.filter" { seen.next() }
    }
    let results = try Self.runner(run.path, threads: 2, shard: shard, places.note).run(steps)
    let place = try #require(places.all.first)
    #expect(places.all == [noted])
    #expect(place >= 4, "it began at record \(place) after four kills")
    // The records before that place are not worked on once more.
    let all = try #require(whole.last).counts.incoming
    let left = seen.count
    #expect(label == "clean.expand" ? left == all : left <= all - place / 2, "\(left) of \(all)")
    #expect(results.map(\.counts) == whole.map(\.counts))
    #expect(results.map(\.contentHash) == whole.map(\.contentHash))
    #expect(try run.files() == fresh.files())
  }

  // MARK: - Doubts

  /// Ends a walk at its record 3000, once.
  private struct Trap: RecordStage {
    let strikes: Once
    var mayGoOn = true

    func outcome(of record: Record, _ context: StageContext) throws(StageError) -> Outcome {
      if record.source.line == 3000, strikes.take() { throw StageError("crash", "stopped here") }
      return record.source.line % 7 == 0 ? .drop(Reason("seventh")) : .keep(record)
    }
  }

  /// What may be taken once.
  private final class Once: Sendable {
    private let left = Atomic(1)
    func take() -> Bool { left.subtract(1, ordering: .relaxed).newValue == 0 }
  }

  private func trapped(mayGoOn: Bool = true, version: Int = 1) throws -> [StageStep] {
    [
      try run.source((0..<4000).map { "line \($0)" }),
      try run.step("clean.merge", MergeStage(), role: .fitting),
      try run.step(
        "clean.trap", Trap(strikes: Once(), mayGoOn: mayGoOn), version: version, onError: .fail),
      try run.step(
        "clean.last", EachStage { record, _ in .keep(record.with(text: "\(record.text)!")) }),
    ]
  }

  /// Leaves a walk in its middle, lets `change` do something to what is left, and runs to the end.
  /// - Returns: Where the walk went on; nil where it began anew.
  private func place(
    mayGoOn: Bool = true, version: Int = 1, _ change: (_ cache: String) throws -> Void = { _ in }
  ) throws -> Int? {
    let expected = try run.everything(try finished(version: version))
    try Folders.remove(run.path)
    let steps = try trapped(mayGoOn: mayGoOn)
    #expect(throws: StageError.self) { try Self.runner(run.path, threads: 2).run(steps) }
    try change("\(run.path)/cache")
    let places = Places()
    let again = try trapped(mayGoOn: mayGoOn, version: version)
    _ = (again[2].stage as? Trap)?.strikes.take()
    let results = try Self.runner(run.path, threads: 1, places.note).run(again)
    _ = try RunPublisher(folder: run.path, results: results, threads: 2).publish()
    #expect(try run.files() == expected)
    return places.all.first
  }

  /// The steps of a walk that does not end in its middle.
  private func finished(version: Int) throws -> [StageStep] {
    let steps = try trapped(version: version)
    _ = (steps[2].stage as? Trap)?.strikes.take()
    return steps
  }

  @Test func `a walk that a fault ended goes on behind what was noted`() throws {
    let place = try place()
    #expect((1..<3000).contains(place ?? 0))
  }

  @Test func `a stage that cannot go on begins its walk anew`() throws {
    #expect(try place(mayGoOn: false) == nil)
  }

  @Test func `other stages begin the walk anew`() throws {
    #expect(try place(version: 2) == nil)
  }

  @Test(arguments: ["records.lines", "ledger.jsonl", "quarantine.jsonl"])
  func `a file that is shorter than noted begins the walk anew`(file: String) throws {
    let place = try place { cache in
      let path = "\(cache)/.stage-03-clean.trap/\(file)"
      let bytes = try FileReader.contents(path)
      if bytes.isEmpty { return try Folders.remove(path) }
      try AtomicFile.write(bytes.prefix(20), to: path)
    }
    #expect(place == nil)
  }

  @Test func `records that are not those that were noted begin the walk anew`() throws {
    let place = try place { cache in
      let path = "\(cache)/.stage-04-clean.last/records.lines"
      var bytes = try FileReader.contents(path)
      bytes[60] ^= 1
      try AtomicFile.write(bytes, to: path)
    }
    #expect(place == nil)
  }

  @Test(arguments: ["", "{}", "[", "{\"format\": 4, \"stages\": []}"])
  func `a note that is none begins the walk anew`(note: String) throws {
    #expect(try place { try AtomicFile.write(note.utf8, to: "\($0)/.walk.json") } == nil)
  }

  @Test func `what another program has written begins the walk anew`() throws {
    let place = try place { cache in
      let path = "\(cache)/.walk.json"
      var note = try #require(JSONValue.parse(try FileReader.contents(path)).object)
      note["program"] = "another"
      try AtomicFile.write(JSONValue.object(note).bytes, to: path)
    }
    #expect(place == nil)
  }

  @Test func `what lies behind the noted lengths is cut off, and strange files are removed`() throws
  {
    let place = try place { cache in
      for file in ["records.lines", "ledger.jsonl", "quarantine.jsonl"] {
        let path = "\(cache)/.stage-03-clean.trap/\(file)"
        let bytes = try FileReader.contents(path)
        try AtomicFile.write(bytes + Array("half a li".utf8), to: path)
      }
      try AtomicFile.write("half".utf8, to: "\(cache)/.stage-04-clean.last/artifacts/a/b")
      try AtomicFile.write("half".utf8, to: "\(cache)/.stage-04-clean.last/stage.json")
      try AtomicFile.write("half".utf8, to: "\(cache)/.stage-09-other/records.lines")
    }
    #expect(place != nil)
  }

  @Test func `an input that lost records unseen is told, and begins the walk anew`() throws {
    func steps(_ count: Int) throws -> [StageStep] {
      [
        try .of(
          SilentSource(count: count, run: run.path, strikes: Once()), "ingest", role: .source,
          onError: .fail)
      ]
    }
    #expect(throws: StageError.self) { try Self.runner(run.path, threads: 1).run(try steps(4000)) }
    let error = #expect(throws: StageError.self) {
      try Self.runner(run.path, threads: 1).run(try steps(5))
    }
    #expect(error?.code == "changed-input")
    #expect(try Self.runner(run.path, threads: 1).run(try steps(5))[0].counts.kept == 5)
  }

  /// A source that does not say what it depends on; record 3000 is a fault.
  private struct SilentSource: SourceStage {
    let count: Int
    let run: String
    let strikes: Once

    func readUnits(_ visit: (SourceUnit) throws -> Void) throws {
      for line in 1...count {
        try visit(SourceUnit(source: Source(file: "silent", line: line), payload: .text("a")))
      }
    }

    func outcome(of unit: SourceUnit, _ context: StageContext) throws(StageError) -> Outcome {
      // The first note may tell of a few records only: on a slow disk the walk goes on slowly until the next.
      if unit.source.line >= 1000, WalkResumeTests.noted(in: run) <= 5 { usleep(10_000) }
      if unit.source.line == 3000, strikes.take() { throw StageError("crash", "stopped here") }
      return .keep(
        Record(id: unit.source.name, source: unit.source, content: .text("a"), schema: .text))
    }
  }

  @Test func `a run of other stages leaves nothing of a walk that it does not go on with`() throws {
    #expect(throws: StageError.self) { try Self.runner(run.path, threads: 2).run(try trapped()) }
    try run.run([try run.source(["a", "b"])])
    let names = try Folders.list("\(run.path)/cache")
    #expect(!names.contains { $0.hasPrefix(".stage-") || $0 == ".walk.json" }, "\(names)")
  }
}
