import Records
import Stages
import Synchronization
import TestSupport
import Testing

/// A source of lines that counts what it reads.
private struct MeteredSource: SourceStage {
  let lines: LineSource
  let counted = InputMeter()

  var meter: InputMeter? { counted }

  func dependencies() throws(StageError) -> [String] { [lines.path] }

  func readUnits(_ visit: (SourceUnit) throws -> Void) throws {
    counted.begin(files: [Folders.sizeOfFile(lines.path)])
    try lines.readUnits { unit in
      if case .bytes(let bytes) = unit.payload { counted.read(bytes.count + 1) }
      try visit(unit)
    }
  }

  func outcome(of unit: SourceUnit, _ context: StageContext) throws(StageError) -> Outcome {
    try lines.outcome(of: unit, context)
  }
}

@Suite struct `The part of the input that is done` {
  /// The parts that stages told, by their label.
  private func shares(
    _ run: TestRun, _ steps: [StageStep], threads: Int = 2
  ) throws -> [String: [Double]] {
    let told = Mutex<[String: [Double]]>([:])
    var runner = StageRunner(folder: run.path, seed: 1, threads: threads) { progress in
      guard case .share(let share) = progress.event else { return }
      told.withLock { $0[progress.label, default: []].append(share) }
    }
    runner.batchSize = 1000
    runner.shareInterval = .zero
    _ = try runner.run(steps)
    return told.withLock { $0 }
  }

  private let same = EachStage { record, _ in .keep(record) }

  private func source(_ run: TestRun, _ lines: [String]) throws -> StageStep {
    let path = try run.folder.write(lines.map { "\($0)\n" }.joined(), to: "in.txt")
    return try run.step(
      "ingest", MeteredSource(lines: LineSource(path: path)), role: .source)
  }

  /// Whether parts rise to the whole, by more than a few steps.
  private func isWhole(_ shares: [Double]) -> Bool {
    shares.count > 5 && zip(shares, shares.dropFirst()).allSatisfy { $0 <= $1 }
      && shares.allSatisfy { $0 > 0 && $0 <= 1 } && shares.last.map { $0 > 0.999 } == true
  }

  @Test func `rises from the source on, in each walk, to the whole`() throws {
    let run = try TestRun()
    let lines = (0..<400).map { "line \($0) " + String(repeating: "x", count: $0 % 50) }
    let steps = [
      try source(run, lines), try run.step("clean.one", same),
      try run.step("clean.merge", MergeStage(), role: .fitting),
      try run.step("augment.same", same, role: .augmenting),
    ]
    // On one thread each is told before the next.
    let shares = try shares(run, steps, threads: 1)
    #expect(shares.keys.sorted() == ["augment.same", "clean.merge", "ingest"])
    for (label, shares) in shares { #expect(isWhole(shares), "\(label): \(shares)") }
    // A record at a time, as each may take long.
    #expect(shares["augment.same"]?.count ?? 0 >= 400)
  }

  @Test func `goes by bytes, not by records`() throws {
    let run = try TestRun()
    // Ninety of a hundred records come first, and are a tenth of the bytes.
    let lines = (0..<90).map { "\($0)".padding(to: 10) } + (0..<10).map { "\($0)".padding(to: 900) }
    let shares = try shares(
      run, [try source(run, lines), try run.step("augment.same", same, role: .augmenting)],
      threads: 1)
    let told = try #require(shares["augment.same"])
    #expect(told.count == 100)
    // The cache's lines hold more than the text, so short records weigh somewhat more there.
    #expect(told[89] < 0.6, "\(told[89])")
  }

  @Test func `is not told where the size of the input is unknown`() throws {
    let run = try TestRun()
    let shares = try shares(run, [try run.source(["a", "b"]), try run.step("clean.one", same)])
    #expect(shares.isEmpty)
  }

  @Test func `a meter of files counts each up to its size, and the records that are wanted`() {
    let meter = InputMeter()
    #expect(meter.share == nil)
    meter.begin(files: [100, 300])
    meter.read(1000)
    #expect(meter.share == 0.25)
    meter.finishFile()
    meter.read(150)
    #expect(meter.share == 0.625)
    meter.take(9, of: 10)
    #expect(meter.share == 0.9)
    meter.finishFile()
    meter.read(5)
    #expect(meter.share == 1)
    meter.begin(files: [100, nil])
    #expect(meter.share == nil)
    meter.take(1, of: 4)
    #expect(meter.share == 0.25)
    meter.begin(files: [])
    #expect(meter.share == nil)
  }
}

extension String {
  fileprivate func padding(to count: Int) -> String {
    self + String(repeating: "y", count: max(0, count - utf8.count))
  }
}
