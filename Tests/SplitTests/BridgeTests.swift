import Records
import Split
import Stages
import TestSupport
import Testing

@Suite struct BridgeTests {
  /// Two records of different groups that are on different sides.
  private func apart() throws -> (Record, Record) {
    let records = (0..<60).map { Make.record($0, group: "p\($0)") }
    let sides = try SplitRun(records, ["group": "metadata.patient"]).sides
    let train = try #require(records.first { sides[$0.id] == .train })
    let test = try #require(records.first { sides[$0.id] == .test })
    return (train, test)
  }

  private func text(of record: Record) -> String { record.fields(.all)[0].text }

  @Test func `a record that links two sides is left out, and nothing moves`() throws {
    let (train, test) = try apart()
    // The patient of the one, the words of the other.
    let bridge = Make.record(
      999, group: train.metadata["patient"]?.string, text: text(of: test).uppercased())
    let run = try SplitRun([train, test, bridge], ["group": "metadata.patient"])
    #expect(run.sides[train.id] == .train)
    #expect(run.sides[test.id] == .test)
    let reason = try #require(run.dropped[bridge.id])
    #expect(reason.code == "bridges-split")
    #expect(reason.detail["sides"]?.array?.count == 2)
    #expect(run.certificate.leftOut["bridges-split"] == 1)
    #expect(run.certificate.verify(run.kept) == [])
  }

  @Test func `a record that links families on one side joins them`() throws {
    let records = (0..<60).map { Make.record($0, group: "p\($0)") }
    let sides = try SplitRun(records, ["group": "metadata.patient"]).sides
    let train = records.filter { sides[$0.id] == .train }
    let link = Make.record(
      999, group: train[0].metadata["patient"]?.string, text: text(of: train[1]))
    let run = try SplitRun([train[0], train[1], link], ["group": "metadata.patient"])
    #expect(run.sides[link.id] == .train)
    #expect(run.certificate.largestFamily == 3)
    #expect(run.certificate[.train].families == 1)
  }

  @Test func `children of a bridge go with it, and so do their children`() throws {
    let (train, test) = try apart()
    let bridge = Make.record(
      999, group: train.metadata["patient"]?.string, text: text(of: test))
    var child = bridge.child("part.1", content: .text("other words altogether"))
    child.metadata = [:]
    var grandchild = child.child("part.1", content: .text("and others again"))
    grandchild.metadata = [:]
    let run = try SplitRun(
      [train, test, bridge, child, grandchild], ["group": "metadata.patient"])
    #expect(run.dropped[child.id]?.code == "bridges-split")
    #expect(run.dropped[grandchild.id]?.code == "bridges-split")
    #expect(run.kept.count == 2)
  }

  @Test func `exact splits join what a bridge links instead of leaving it out`() throws {
    let (train, test) = try apart()
    let bridge = Make.record(
      999, group: train.metadata["patient"]?.string, text: text(of: test))
    let others = (100..<160).map { Make.record($0, group: "p\($0)") }
    let run = try SplitRun(
      [train, test, bridge] + others, ["group": "metadata.patient", "exact": "true"])
    #expect(run.dropped.isEmpty)
    #expect(Set([train, test, bridge].compactMap { run.sides[$0.id] }).count == 1)
    #expect(run.certificate.verify(run.kept) == [])
  }

  /// Records with few groups and few texts, so that links and bridges abound.
  private func tangle(seed: UInt64, count: Int) -> [Record] {
    var random = CounterRandom(seed: seed, purpose: "tangle")
    var records: [Record] = []
    for number in 0..<count {
      let group = random.uniform() < 0.7 ? "p\(random.below(60))" : nil
      let text = random.uniform() < 0.3 ? Make.text(random.below(80)) : Make.text(1000 + number)
      var record = Make.record(number, group: group, text: text)
      if number > 0, random.uniform() < 0.15 {
        let parent = records[random.below(records.count)]
        record = parent.child("c\(number)", content: record.content)
        record.metadata = [:]
        if random.uniform() < 0.5 { record.augmentedBy = "augment.synonyms" }
      }
      records.append(record)
    }
    return records
  }

  @Test(arguments: 0..<12)
  func `whatever comes later, no earlier record moves, and the certificate holds`(_ seed: Int)
    throws
  {
    let records = tangle(seed: UInt64(seed), count: 240)
    let parameters = ["group": "metadata.patient"]
    let whole = try SplitRun(records, parameters)
    #expect(whole.certificate.verify(whole.kept) == [])
    for length in [1, 60, 180] {
      let part = try SplitRun(Array(records[..<length]), parameters)
      for record in records[..<length] {
        #expect(part.sides[record.id] == whole.sides[record.id])
        #expect(part.dropped[record.id] == whole.dropped[record.id])
      }
    }
    #expect(!whole.dropped.isEmpty)
  }

  @Test(arguments: 0..<6)
  func `exact splits of tangled records leak nothing either`(_ seed: Int) throws {
    let run = try SplitRun(
      tangle(seed: UInt64(seed), count: 240), ["group": "metadata.patient", "exact": "true"])
    #expect(run.certificate.verify(run.kept) == [])
    #expect(!run.dropped.values.contains { $0.code == "bridges-split" })
  }
}
