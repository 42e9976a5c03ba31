import Records
import Stages
import Synchronization
import TestSupport
import Testing

/// Children by label, so that rare labels get more.
@Suite struct `A budget by label` {
  /// So many records of each label, on the training side.
  private func records(_ counts: [(label: String, count: Int)]) -> [Record] {
    counts.flatMap { label, count in
      (0..<count).map { number in
        Record.text(
          "The quick brown animal number \(number) jumps over seven sleeping neighbours today",
          id: "\(label):\(number)", label: label, side: .train)
      }
    }
  }

  private func counted(_ records: [Record]) -> [String: Int] {
    records.reduce(into: [:]) { $0[$1.label?.name ?? "", default: 0] += 1 }
  }

  private let uneven = [("often", 20), ("seldom", 7), ("rare", 3)]

  @Test(arguments: ["noise", "eda"])
  func `makes all labels as common as the commonest, and asks no record for much more than another`(
    name: String
  ) throws {
    let options = ["per-label": "max", "copies": "10"].merging(
      name == "eda" ? ["replace": "0", "insert": "0"] : [:]
    ) { $1 }
    let records = records(uneven)
    let family = try Family(name, of: records, options)
    #expect(family.reasons.isEmpty)
    #expect(counted(records + family.kept) == ["often": 20, "seldom": 20, "rare": 20])
    let perParent = Swift.Dictionary(grouping: family.kept) { $0.parent ?? "" }.mapValues(\.count)
    for label in ["seldom", "rare"] {
      let shares = perParent.filter { $0.key.hasPrefix(label) }.map(\.value)
      #expect((shares.max() ?? 0) - (shares.min() ?? 0) == 1, "\(label): \(shares)")
    }
    #expect(Set(family.kept.map(\.id)).count == family.kept.count)
  }

  @Test func `takes a number, and no more than 'copies' of a record`() throws {
    let records = records(uneven)
    let twelve = try Family("noise", of: records, ["per-label": "12", "copies": "10"])
    #expect(counted(records + twelve.kept) == ["often": 20, "seldom": 12, "rare": 12])
    let few = try Family("noise", of: records, ["per-label": "12", "copies": "2"])
    #expect(counted(records + few.kept) == ["often": 20, "seldom": 12, "rare": 9])
  }

  @Test func `does not depend on threads nor on the order of records, but on the seed`() throws {
    let records = records(uneven)
    func children(_ records: [Record], threads: Int = 2, seed: UInt64 = 1) throws -> [String] {
      try Family(
        "noise", of: records, ["per-label": "max", "copies": "9"], threads: threads, seed: seed
      ).kept.map { "\($0.id) \($0.texts().joined())" }.sorted()
    }
    let one = try children(records, threads: 1)
    #expect(try children(records, threads: 4) == one)
    #expect(try children(records.reversed()) == one)
    #expect(try children(records, seed: 2) != one)
  }

  @Test func `counts the training side with what it has been given, and nothing else`() throws {
    var records = records([("often", 6), ("rare", 2)])
    for number in 0..<5 {
      var test = Record.text("The test of number \(number)", id: "t:\(number)", label: "rare")
      test.side = .test
      records.append(test)
    }
    var child = records[6].child("synonyms.1", content: .text("An animal leaps"))
    child.augmentedBy = "augment.synonyms"
    records.append(child)
    let family = try Family("noise", of: records, ["per-label": "max", "copies": "9"])
    #expect(counted(family.kept) == ["rare": 3])
    #expect(family.kept.allSatisfy { ["rare:0", "rare:1"].contains($0.parent) })
  }

  @Test func `gives what some records cannot have to others`() throws {
    var records = records([("often", 10), ("rare", 2)])
    // Of words of two letters no child is made.
    records += (0..<3).map {
      Record.text("ab cd \($0)", id: "rare:short\($0)", label: "rare", side: .train)
    }
    let family = try Family("noise", of: records, ["per-label": "max", "copies": "9"])
    #expect(counted(records + family.kept) == ["often": 10, "rare": 10])
  }

  @Test func `is filled with children that keep the contract`() throws {
    // Most children of a rare record are refused by the classifier.
    let records = records([("dog", 9), ("cat", 2)]).map { record in
      var record = record
      record.content = .text("The catcher was catalogued in the category")
      return record
    }
    let options = [
      "per-label": "max", "copies": "20", "label-model": "zoo", "kinds": "delete",
      "word-rate": "1", "character-rate": "0.4",
    ]
    let family = try Family("noise", of: records, options)
    let cats = family.kept.filter { $0.label?.name == "cat" }
    #expect(cats.count == 7 && cats.allSatisfy { $0.texts().joined().contains("cat") })
    #expect(family.reasons.count > 3 && family.reasons.allSatisfy { $0.code == "label" })
  }

  @Test func `says which labels stay short, and why`() throws {
    let notes = Mutex<[String]>([])
    try Fetching.$current.withValue(Fetching { note in notes.withLock { $0.append(note) } }) {
      _ = try Family("noise", of: records(uneven), ["per-label": "max", "copies": "3"])
    }
    let told = notes.withLock { $0 }
    #expect(told.count == 1)
    #expect(
      told.first == "augment.noise: label 'rare' has 12 of 20 records: its 3 originals have 9 "
        + "children that keep the contract, at most 3 each ('copies')")
  }

  @Test func `needs labels`() throws {
    let fault = #expect(throws: StageError.self) {
      try Family("noise", of: [.text("The quick brown fox")], ["per-label": "max"])
    }
    #expect(fault?.code == "label-missing")
  }
}
