import Records
import Split
import Stages
import TestSupport
import Testing

@Suite struct SplitTests {
  @Test func `shares are met within what chance allows`() throws {
    let run = try SplitRun(Make.records(0..<4000))
    #expect(run.kept.count == 4000)
    // Three standard deviations of 4,000 draws.
    #expect(abs(run.count(.train) - 3200) < 76)
    #expect(abs(run.count(.validation) - 400) < 57)
    #expect(abs(run.count(.test) - 400) < 57)
  }

  @Test func `shares need not add up to one, and a side may get nothing`() throws {
    let run = try SplitRun(
      Make.records(0..<2000), ["train": "3", "validation": "0", "test": "1"])
    #expect(run.count(.validation) == 0)
    #expect(abs(run.count(.test) - 500) < 58)
    #expect(run.certificate.shares == [0.75, 0, 0.25])
  }

  @Test(arguments: ["train", "validation", "test"])
  func `one side can take all`(_ name: String) throws {
    let all = ["train": "0", "validation": "0", "test": "0"].merging([name: "1"]) { $1 }
    let run = try SplitRun(Make.records(0..<50), all)
    #expect(Set(run.sides.values.map(\.rawValue)) == [name])
  }

  @Test func `no share at all is an error`() {
    #expect(throws: Diagnostic.self) {
      try splitStages[0].stage(["train": "0", "validation": "0", "test": "0"])
    }
    #expect(throws: Diagnostics.self) { try splitStages[0].stage(["train": "-1"]) }
  }

  @Test func `records keep their side when others are added, before, between and behind`() throws {
    let first = try SplitRun(Make.records(0..<300))
    for added in [Make.records(300..<900), Make.records(5000..<5001)] {
      let behind = try SplitRun(Make.records(0..<300) + added)
      let before = try SplitRun(added + Make.records(0..<300))
      for (id, side) in first.sides {
        #expect(behind.sides[id] == side)
        #expect(before.sides[id] == side)
      }
    }
  }

  @Test func `the side depends on the text and the seed, not on the name of the record`() throws {
    let records = Make.records(0..<300)
    let renamed = records.map { record in
      var copy = record
      copy.id = "other/\(record.id)"
      return copy
    }
    let sides = try SplitRun(records).kept.map(\.side)
    #expect(try SplitRun(renamed).kept.map(\.side) == sides)
    #expect(try SplitRun(records, seed: 43).kept.map(\.side) != sides)
  }

  @Test func `texts that differ in case, blanks, width and punctuation are one family`() throws {
    for number in 0..<40 {
      let text = "What helps against \(Make.text(number))?"
      let spellings = [
        text, text.uppercased(), "  \(text.split(separator: " ").joined(separator: "\u{A0}\n "))",
        String(text.dropLast()), "¿\(text)!",
      ]
      let run = try SplitRun(
        spellings.enumerated().map { Make.record($0.offset, text: $0.element) })
      #expect(Set(run.sides.values).count == 1)
      #expect(run.certificate.largestFamily == 5)
    }
  }

  @Test func `instructions with one question and two answers are one family`() throws {
    let records = (0..<60).flatMap { number in
      [
        Record.instruction(Make.text(number), output: "yes", id: "a\(number)"),
        Record.instruction(Make.text(number), output: "no", id: "b\(number)"),
      ]
    }
    let sides = try SplitRun(records).sides
    for number in 0..<60 { #expect(sides["a\(number)"] == sides["b\(number)"]) }
  }

  @Test func `records of one group are on one side`() throws {
    let records = (0..<600).map { Make.record($0, group: "p\($0 % 150)") }
    let run = try SplitRun(records, ["group": "metadata.patient"])
    var sides: [String: Set<Side>] = [:]
    for record in run.kept {
      sides[record.metadata["patient"]?.string ?? "", default: []].insert(record.side ?? .train)
    }
    #expect(sides.count == 150)
    #expect(sides.values.allSatisfy { $0.count == 1 })
    #expect(Set(run.sides.values).count == 3)
    #expect(run.certificate.groups == 150)
    #expect(run.certificate.largestFamily == 4)
  }

  @Test func `numbers are groups too, and records without one stand alone`() throws {
    var records = (0..<200).map { Make.record($0) }
    for index in 0..<100 { records[index].metadata["patient"] = .integer(index / 10) }
    let run = try SplitRun(records, ["group": "metadata.patient"])
    for index in 0..<100 {
      #expect(run.sides["f:\(index)"] == run.sides["f:\(index / 10 * 10)"])
    }
    #expect(run.certificate.ungrouped == 100)
    #expect(run.certificate.groups == 10)
  }

  @Test func `parts of one record stay together`() throws {
    let parents = Make.records(0..<80)
    let parts = parents.flatMap { parent in
      (0..<3).map { parent.child("turn.\($0)", content: .text(Make.text(1000 + $0) + parent.id)) }
    }
    let sides = try SplitRun(parts).sides
    for parent in parents {
      #expect(Set((0..<3).compactMap { sides["\(parent.id)/turn.\($0)"] }).count == 1)
    }
  }

  @Test func `augmented children follow their parent, and leave evaluation sides`() throws {
    let parents = Make.records(0..<200)
    let records = parents.flatMap { [$0, Make.child(of: $0, text: "child of \($0.id)")] }
    for parameters in [[:], ["exact": "true"]] {
      let run = try SplitRun(records, parameters)
      for parent in parents {
        let side = try #require(run.sides[parent.id])
        let child = "\(parent.id)/synonyms.1"
        #expect(run.sides[child] == (side == .train ? .train : nil))
        #expect(run.dropped[child]?.code == (side == .train ? nil : "augmented-in-evaluation"))
      }
      #expect(run.certificate.verify(run.kept) == [])
    }
  }
}
