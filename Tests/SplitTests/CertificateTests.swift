import Records
import Split
import Stages
import TestSupport
import Testing

@Suite struct CertificateTests {
  private func run() throws -> SplitRun {
    let records = (0..<400).map { number in
      Make.record(number, label: "class \(number % 3)", group: "p\(number / 2)")
    }
    return try SplitRun(records, ["group": "metadata.patient", "stratify": "label"])
  }

  /// The kinds of fault that the checker finds in records that were tampered with.
  private func faults(_ run: SplitRun, _ change: (inout [Record]) throws -> Void) throws
    -> Set<SplitFault.Kind>
  {
    var records = run.kept
    try change(&records)
    return Set(run.certificate.verify(records).map(\.kind))
  }

  @Test func `an honest split has no faults, in any order of its records`() throws {
    let run = try run()
    #expect(run.certificate.verify(run.kept) == [])
    #expect(run.certificate.verify(run.kept.reversed()) == [])
  }

  @Test func `the file says what the certificate says`() throws {
    let certificate = try run().certificate
    #expect(try SplitCertificate(json: certificate.json) == certificate)
    #expect(certificate.json["edges_cut"] == 0)
    #expect(certificate.json["records"] == 400)
    #expect(certificate.json["families"] == 200)
    #expect(certificate.json["edges"] == 200)
    #expect(certificate.json["groups"] == 200)
  }

  @Test func `a record moved to another side is found`() throws {
    let run = try run()
    let kinds = try faults(run) { records in
      let index = try #require(records.firstIndex { $0.side == .train })
      records[index].side = .test
    }
    #expect(kinds == [.sharedGroup, .otherRecords])
  }

  @Test func `a copy on another side is found`() throws {
    let run = try run()
    let kinds = try faults(run) { records in
      var copy = try #require(records.first { $0.side == .train })
      copy.id = "copy"
      copy.metadata = [:]
      copy.side = .validation
      records.append(copy)
    }
    #expect(kinds == [.sharedText, .otherRecords])
  }

  @Test func `an augmented record on an evaluation side is found`() throws {
    let run = try run()
    let kinds = try faults(run) { records in
      let parent = try #require(records.first { $0.side == .test })
      records.append(Make.child(of: parent, text: "a child"))
    }
    #expect(kinds == [.augmentedEvaluation])
  }

  @Test(arguments: [true, false])
  func `a child that asks what an evaluation record asks is found, whichever comes first`(
    _ first: Bool
  ) throws {
    let run = try run()
    let kinds = try faults(run) { records in
      let parent = try #require(records.first { $0.side == .train })
      let test = try #require(records.first { $0.side == .test })
      let child = Make.child(of: parent, text: "\(test.texts().joined().uppercased())!")
      records.insert(child, at: first ? 0 : records.count)
    }
    #expect(kinds == [.sharedText])
  }

  @Test(arguments: [true, false])
  func `a child on another side than its parent is found, whichever comes first`(_ first: Bool)
    throws
  {
    let run = try run()
    let kinds = try faults(run) { records in
      let parent = try #require(records.first { $0.side == .test })
      var child = Make.child(of: parent, text: "a child")
      child.side = .train
      records.insert(child, at: first ? 0 : records.count)
    }
    #expect(kinds == [.separatedChild, .sharedGroup])
  }

  @Test func `a changed, missing or added record is found`() throws {
    let run = try run()
    #expect(try faults(run) { $0.removeLast() } == [.otherRecords])
    #expect(try faults(run) { $0[3].content = .text("changed") } == [.otherRecords])
    #expect(try faults(run) { $0[3].label = Label("class 9") } == [.otherRecords])
    #expect(
      try faults(run) { records in
        var record = Make.record(5000, group: "new")
        record.side = .train
        records.append(record)
      } == [.otherRecords])
    #expect(try faults(run) { $0[0].side = nil }.contains(.noSide))
  }

  @Test func `later stages may drop records but add none`() throws {
    let run = try run()
    #expect(run.certificate.verify(run.kept.dropLast(9), isComplete: false) == [])
    let extra = run.kept.filter { $0.side == .test }.enumerated().map { index, record in
      var copy = Make.record(6000 + index)
      copy.side = record.side
      return copy
    }
    #expect(!run.certificate.verify(run.kept + extra, isComplete: false).isEmpty)
  }

  @Test func `a forged certificate is found out`() throws {
    let run = try run()
    // Sealed again, so that the records alone can tell.
    func forged(_ change: (inout JSONObject) -> Void) throws -> [SplitFault] {
      var object = try #require(run.certificate.json.object)
      change(&object)
      return try SplitCertificate(json: .object(SplitCertificate.sealed(object))).verify(run.kept)
    }
    #expect(try forged { _ in } == [])
    let lie = try forged { object in
      var sides = object["sides"]?.object ?? [:]
      let test = sides["test"]
      sides["test"] = sides["train"]
      sides["train"] = test
      object["sides"] = .object(sides)
    }
    #expect(lie.allSatisfy { $0.kind == .otherRecords } && lie.count == 2)
    #expect(throws: SplitFault.self) { try forged { $0["sides"] = nil } }
    #expect(throws: SplitFault.self) { try forged { $0["version"] = 3 } }
    #expect(throws: SplitFault.self) { try forged { $0["method"] = "luck" } }
    let thresholds: [JSONValue?] = [nil, 0, -1, 0.2, 1.5, .real(1e300), "0.8"]
    for threshold in thresholds {
      #expect(throws: SplitFault.self, "\(String(describing: threshold))") {
        try forged { $0["near_duplicates"] = threshold }
      }
    }
    #expect(try forged { $0["near_duplicates"] = .null } == [])
  }

  @Test func `a forged similarity is found out from the files`() throws {
    let run = try run()
    let folder = try TemporaryFolder()
    let files = try Side.allCases.map { side in
      try SplitRun.collection(run.kept.filter { $0.side == side }, "\(side).jsonl", in: folder)
    }
    #expect(try run.certificate.verify(files) == [])
    var object = try #require(run.certificate.json.object)
    object["nearest_pair"] = [
      "similarity": 0.97,
      "records": [["id": "f:1", "side": "train"], ["id": "f:2", "side": "test"]],
    ]
    object["largest_cross_split_similarity"] = 0.97
    let forged = try SplitCertificate(json: .object(SplitCertificate.sealed(object)))
    #expect(try forged.verify(files).map(\.kind) == [.similarity])
  }

  @Test func `the nearest pair is found and its similarity is exact`() throws {
    let base = "one two three four five six seven eight nine ten eleven twelve"
    // Ten runs of three words; the last word changed leaves nine of eleven shared.
    let near = "one two three four five six seven eight nine ten eleven thirteen"
    let others = Make.records(0..<300)
    for seed in 0..<40 {
      let pair = [Make.record(900, text: base), Make.record(901, text: near)]
      let run = try SplitRun(
        others + pair, ["near-duplicates": "none"], seed: UInt64(seed))
      guard run.sides["f:900"] != run.sides["f:901"] else { continue }
      let nearest = try #require(run.certificate.nearest)
      #expect(nearest.similarity == 9.0 / 11)
      #expect([nearest.first, nearest.second] == ["f:900", "f:901"])
      #expect(nearest.firstSide == run.sides["f:900"])
      return
    }
    Issue.record("no seed put the two records on different sides")
  }

  @Test func `threads and batches change nothing`() throws {
    // Some MB, so that the collection comes in several batches.
    let records = (0..<6000).map { number in
      Make.record(
        number, label: "class \(number % 5)", group: number % 3 == 0 ? "p\(number % 900)" : nil,
        text: String(repeating: Make.text(number) + " ", count: 6))
    }
    let parameters = ["group": "metadata.patient", "stratify": "label"]
    let one = try SplitRun(records, parameters, threads: 1)
    let four = try SplitRun(records, parameters, threads: 4)
    #expect(one.kept == four.kept)
    #expect(one.certificateBytes == four.certificateBytes)
  }
}
