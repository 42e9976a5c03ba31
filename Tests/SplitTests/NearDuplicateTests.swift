import Records
import Split
import Stages
import TestSupport
import Testing
import TextKit

@Suite struct `Near duplicates in a split` {
  /// A text of 40 words of which some are others.
  private func text(_ number: Int, changed: [Int] = [], to word: String = "other") -> String {
    (0..<40).map { changed.contains($0) ? "\(word)\($0)" : "t\(number)w\($0)" }
      .joined(separator: " ")
  }

  private func pairs(_ count: Int) -> [Record] {
    (0..<count).flatMap { number in
      [
        Make.record(2 * number, text: text(number)),
        Make.record(2 * number + 1, text: text(number, changed: [20])),
      ]
    }
  }

  @Test(arguments: ["false", "true"])
  func `they are on one side, and without the rule they are not`(_ exact: String) throws {
    let records = pairs(100)
    func straddling(_ parameters: [String: String]) throws -> Int {
      let sides = try SplitRun(records, parameters.merging(["exact": exact]) { $1 }).sides
      return stride(from: 0, to: 200, by: 2).count { sides["f:\($0)"] != sides["f:\($0 + 1)"] }
    }
    #expect(try straddling([:]) == 0)
    #expect(try straddling(["near-duplicates": "none"]) > 20)
  }

  @Test func `the certificate says so, and a pair torn apart is found`() throws {
    let run = try SplitRun(pairs(60))
    #expect(run.certificate.nearDuplicates == 0.8)
    #expect(run.certificate.largestFamily == 2)
    #expect(try #require(run.certificate.nearest?.similarity ?? 0) < 0.8)
    let folder = try TemporaryFolder()
    var records = run.kept
    #expect(try faults(run, records, folder) == [])
    let index = try #require(records.firstIndex { $0.side == .train && $0.id.hasSuffix("1") })
    records[index].side = .test
    #expect(try faults(run, records, folder).contains(.nearDuplicates))
  }

  private func faults(
    _ run: SplitRun, _ records: [Record], _ folder: TemporaryFolder
  ) throws -> [SplitFault.Kind] {
    let files = try Side.allCases.map { side in
      try SplitRun.collection(records.filter { $0.side == side }, "\(side).jsonl", in: folder)
    }
    return try run.certificate.verify(files).map(\.kind)
  }

  @Test func `what would bring two sides together is left out by name`() throws {
    // The first half of one text and the second half of another, a third apart from both at 0.4.
    let run = try SplitRun(pairs(60), ["near-duplicates": "0.4"])
    let train = try #require(run.kept.first { $0.side == .train })
    let test = try #require(run.kept.first { $0.side == .test })
    let words = [train, test].map { $0.fields(.all)[0].text.split(separator: " ") }
    let bridge = Make.record(
      999, text: (words[0].suffix(36) + words[1].prefix(36)).joined(separator: " "))
    let wider = try SplitRun(run.kept + [bridge], ["near-duplicates": "0.4"])
    #expect(wider.dropped[bridge.id]?.code == "bridges-split")
    #expect(wider.sides.filter { $0.key != bridge.id } == run.sides)
  }

  @Test func `whatever comes later, no earlier record moves, on any number of threads`() throws {
    var random = CounterRandom(seed: 5, purpose: "near")
    let records = (0..<3000).map { number in
      let changed = (0..<random.below(4)).map { _ in random.below(40) }
      return Make.record(
        number, text: text(random.below(900), changed: changed, to: "z\(random.below(3))"))
    }
    let whole = try SplitRun(records, threads: 1)
    #expect(try SplitRun(records, threads: 4).certificateBytes == whole.certificateBytes)
    let part = try SplitRun(Array(records[..<2100]))
    for record in records[..<2100] { #expect(part.sides[record.id] == whole.sides[record.id]) }
    let folder = try TemporaryFolder()
    #expect(try faults(whole, whole.kept, folder) == [])
  }

  @Test(arguments: [1, 4])
  func `the pair that a proof names is the one whose later record comes first`(_ threads: Int)
    throws
  {
    var random = CounterRandom(seed: 8, purpose: "torn")
    let run = try SplitRun(pairs(3))
    var records: [Record] = []
    for number in 0..<1500 {
      let changed = (0..<random.below(12)).map { _ in random.below(40) }
      var record = Make.record(
        number, text: text(random.below(500), changed: changed, to: "z\(random.below(9))"))
      record.side = random.below(10) == 0 ? .test : .train
      records.append(record)
    }
    let folder = try TemporaryFolder()
    let files = try Side.allCases.map { side in
      try SplitRun.collection(
        records.filter { $0.side == side }, "\(side).jsonl", in: folder, threads: threads)
    }
    let ordered = Side.allCases.flatMap { side in records.filter { $0.side == side } }
    let shingles = ordered.map { Shingles($0.fields(.all)[0].text) }
    let second = try #require(
      ordered.indices.first { second in
        ordered[..<second].indices.contains {
          ordered[$0].side != ordered[second].side
            && shingles[$0].jaccard(shingles[second]) >= 0.8
        }
      })
    let first = try #require(
      ordered[..<second].indices.first {
        ordered[$0].side != ordered[second].side
          && shingles[$0].jaccard(shingles[second]) >= 0.8
      })
    let side = try #require(ordered[first].side)
    let fault = try #require(
      try run.certificate.verify(files).first { $0.kind == .nearDuplicates })
    #expect(
      fault.description.hasPrefix(
        "\(ordered[first].id), on side \(side), and \(ordered[second].id), on"),
      "\(fault.description)")
  }
}
