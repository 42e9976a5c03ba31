import Ingest
import Records
import Split
import Stages
import TestSupport
import Testing

/// Windows of a text that repeat text of each other must not be on two sides.
@Suite struct OverlapTests {
  /// The records of files in which no word occurs twice.
  private static func windows(_ parameters: [String: String]) throws -> [Record] {
    let folder = try TemporaryFolder()
    for file in 0..<60 {
      let words = (0..<80).map { "w\(file)x\($0)" }
      try folder.write(words.joined(separator: " "), to: "\(file).txt")
    }
    let options = ["path": "\(folder.path)/*.txt", "split": "window", "window": "100"]
    let stage = try ingestStages[0].stage(options.merging(parameters) { $1 })
    let source = try #require(stage as? any SourceStage)
    var records: [Record] = []
    try source.readUnits { unit in
      let outcome = try source.outcome(of: unit, .test("ingest"))
      if case .keep(let record, _) = outcome { records.append(record) }
    }
    return records
  }

  /// The words of each side.
  private static func words(_ run: SplitRun) -> [Side: Set<Substring>] {
    run.kept.reduce(into: [:]) { sides, record in
      guard case .text(let text) = record.content, let side = record.side else { return }
      sides[side, default: []].formUnion(text.split(separator: " "))
    }
  }

  @Test(arguments: [false, true])
  func `no word of one side stands on another`(_ isExact: Bool) throws {
    let records = try Self.windows(["overlap": "40"])
    #expect(Set(records.map(\.id)).count == records.count)
    let run = try SplitRun(records, ["exact": "\(isExact)"])
    #expect(run.kept.count == records.count)
    let words = Self.words(run)
    #expect(words.count == 3)
    let all = words.values.reduce(Set()) { $0.union($1) }
    #expect(words.values.reduce(0) { $0 + $1.count } == all.count)
    #expect(all.count == 60 * 80)
    #expect(run.certificate.verify(run.kept) == [])
  }

  @Test func `windows that repeat nothing are records of their own`() throws {
    let records = try Self.windows([:])
    #expect(records.allSatisfy { $0.parent == nil })
    let run = try SplitRun(records)
    #expect(run.certificate.largestFamily == 1)
  }
}
