import Records
import Stages
import Synchronization
import TestSupport
import Testing

/// What is left behind when a run ends in the middle, and what the next run makes of it.
struct RunnerInterruptionTests {
  private let run: TestRun

  init() throws { run = try TestRun() }

  struct Crash: Error {}

  /// Fails once, in the middle of a stage, and never again.
  private final class Once: Sendable {
    private let left: Atomic<Int>
    init(after count: Int) { left = Atomic(count) }
    var strikes: Bool { left.subtract(1, ordering: .relaxed).newValue == 0 }
  }

  private func stage(_ once: Once, _ strike: @escaping @Sendable () -> Void) -> EachStage {
    EachStage { record, _ throws(StageError) in
      if once.strikes {
        strike()
        throw StageError("crash", "stopped here")
      }
      return .keep(record.with(text: record.text + "!"))
    }
  }

  private func steps(_ middle: any Stage) throws -> [StageStep] {
    let lines = (0..<300).map { "line \($0)" }
    return [
      try run.source(lines), try run.step("clean.middle", middle, onError: .fail),
      try run.step("clean.same", MergeStage()),
    ]
  }

  @Test func `a run that failed in the middle goes on with the stage it was in`() throws {
    let never = Once(after: -1)
    let expected = try run.everything(try steps(stage(never) {}))
    try Folders.remove(run.path)
    let once = Once(after: 200)
    #expect(throws: StageError.self) { try run.run(try steps(stage(once) {}), batchSize: 500) }
    #expect(try Folders.list("\(run.path)/cache").contains { $0.hasPrefix(".stage-02") })
    let results = try run.run(try steps(stage(once) {}))
    #expect(results.map(\.cached) == [true, false, false])
    #expect(try run.everything(try steps(stage(once) {})) == expected)
  }

  @Test func `a killed run's half-written folders and files do not disturb the next`() throws {
    let never = Once(after: -1)
    let all = try steps(stage(never) {})
    let expected = try run.everything(all)
    let cache = "\(run.path)/cache"
    let folders = try Folders.list(cache).filter { !$0.hasPrefix(".") && $0 != "stages.json" }
    for name in [
      "cache/.stage-02-clean.middle/records.lines",
      "cache/.stage-02-clean.middle/artifacts/merged/x",
      "cache/.stage-03-clean.same/records.lines.tmp-77-1", "data/train.jsonl.tmp-77-2",
      "ledger.jsonl.tmp-77-3", "merged.tmp-77-4/count.txt", "cache/stages.json.tmp-77-9",
    ] { try AtomicFile.write("half".utf8, to: "\(run.path)/\(name)") }
    // Killed between the two renames of a file system that cannot swap.
    try Folders.remove("\(cache)/\(folders[1])/ledger.jsonl")
    try Folders.publish("\(cache)/\(folders[1])", as: "\(cache)/\(folders[1]).old-77-5")
    try Folders.publish("\(run.path)/merged", as: "\(run.path)/merged.old-77-6")
    #expect(try run.everything(all) == expected)
  }

  @Test func `a wish to stop ends the run between two records, and the next goes on`() async {
    // In a process of its own, because the wish to stop is one for a whole process.
    await #expect(processExitsWith: .success) {
      let tests = try RunnerInterruptionTests()
      let once = Once(after: 150)
      let steps = try tests.steps(
        EachStage { record, _ in
          if once.strikes { Interruption.request() }
          return .keep(record)
        })
      #expect(throws: Interrupted.self) { try tests.run.run(steps, threads: 1) }
      #expect(Interruption.isRequested)
      let error = #expect(throws: Interrupted.self) { try tests.run.run(steps) }
      #expect(error?.description == "interrupted; run again to continue")
      Interruption.reset()
      let places = Places()
      let results = try StageRunner(
        folder: tests.run.path, seed: 42, threads: 2, progress: places.note
      ).run(steps)
      // A part of what came before is lost with the batch that was being worked on.
      #expect((100...150).contains(places.all.first ?? 0), "\(places.all)")
      #expect(places.all.count == 1)
      #expect(results[1].counts.kept == 300)
    }
  }

  @Test func `a folder that another run works in is refused`() throws {
    let lock = try FolderLock("\(run.path)/cache")
    #expect {
      try run.run([try run.source(["a"])])
    } throws: {
      "\($0)".contains("another process is at work there")
    }
    withExtendedLifetime(lock) {}
  }

  @Test(.enabled(if: FullDisk.canMount, "only root can mount a small disk"))
  func `a full disk stops the run, and with more space it goes on to the same bytes`() throws {
    let never = Once(after: -1)
    let all = try steps(stage(never) {})
    let expected = try run.everything(all)
    try Folders.remove(run.path)
    let full = try FullDisk(at: run.path, kilobytes: 150)
    #expect {
      _ = try run.everything(all)
    } throws: {
      "\($0)".contains("the disk is full: free space, then run again to continue")
    }
    try full.grow(to: 4096)
    #expect(try run.everything(all) == expected)
  }
}
