import Records
import Split
import Stages
import TestSupport
import Testing

@Suite struct `A split by given ids` {
  private let lists: TemporaryFolder

  init() throws { lists = try TemporaryFolder() }

  /// Parameters with lists of ids, a line each.
  private func given(
    test: [String]? = nil, validation: [String]? = nil, _ others: [String: String] = [:]
  ) throws -> [String: String] {
    var parameters = others
    for (name, ids) in [("test", test), ("validation", validation)] {
      guard let ids else { continue }
      parameters["\(name)-ids"] = try lists.write(
        ids.joined(separator: "\n") + "\n", to: "\(name).txt")
    }
    return parameters
  }

  private func verify(_ run: SplitRun) throws -> [SplitFault] {
    let files = try Side.allCases.map { side in
      try SplitRun.collection(run.kept.filter { $0.side == side }, "\(side).jsonl", in: run.folder)
    }
    return try run.certificate.verify(files)
  }

  @Test(arguments: [[:], ["exact": "true"], ["near-duplicates": "none"]])
  func `those records are the side, and the rest is split by the other shares`(
    _ others: [String: String]
  ) throws {
    let ids = (0..<40).map { "f:\($0 * 5)" }
    let run = try SplitRun(Make.records(0..<1000), try given(test: ids, others))
    #expect(Set(run.sides.filter { $0.value == .test }.keys) == Set(ids))
    #expect(abs(run.count(.validation) - 107) < 35)
    #expect(run.certificate.shares == [0.8 / 0.9, 0.1 / 0.9, 0])
    #expect(run.certificate.given.map(\.missing) == [0])
    #expect(run.certificate.emptySides == [] && run.certificate.warnings == [])
    #expect(try verify(run) == [])
  }

  @Test(arguments: [[:], ["exact": "true"]])
  func `their families go with them, wherever they stand`(_ others: [String: String]) throws {
    // Copies before and behind the given record, and one of its group.
    var records = (0..<60).map { Make.record($0) }
    records.insert(Make.record(900, text: Make.text(7).uppercased()), at: 0)
    records.append(Make.record(901, text: Make.text(7) + "!"))
    records[20].metadata["patient"] = "p"
    records[40].metadata["patient"] = "p"
    let run = try SplitRun(
      records,
      try given(
        test: ["f:7"], validation: [records[20].id],
        others.merging(["group": "metadata.patient"]) { $1 }))
    #expect(run.sides.filter { $0.value == .test }.keys.sorted() == ["f:7", "f:900", "f:901"])
    #expect(
      Set(run.sides.filter { $0.value == .validation }.keys) == [records[20].id, records[40].id])
    #expect(run.count(.train) == 57)
    #expect(try verify(run) == [])
  }

  @Test func `exactly, and without classes, the order of records changes nothing`() throws {
    let near = (0..<30).map { Make.record(500 + $0, text: Make.text($0 * 7) + " so") }
    let records = Make.records(0..<300) + near
    let parameters = try given(test: (0..<30).map { "f:\($0)" }, ["exact": "true"])
    let run = try SplitRun(records, parameters)
    #expect(try SplitRun(records.reversed(), parameters, threads: 4).sides == run.sides)
    #expect(run.certificate[.train].families < run.certificate[.train].records)
  }

  @Test func `old records keep their side when others are added`() throws {
    let parameters = try given(test: (0..<30).map { "f:\($0)" })
    let first = try SplitRun(Make.records(0..<300), parameters)
    let more = try SplitRun(Make.records(300..<500) + Make.records(0..<300), parameters)
    for (id, side) in first.sides { #expect(more.sides[id] == side) }
  }

  @Test func `a record that would join a given family with another is left out`() throws {
    var records = (0..<60).map { Make.record($0) }
    let plain = try SplitRun(records, ["validation": "0", "test": "0.5"])
    let train = try #require((10..<60).first { plain.sides["f:\($0)"] == .train })
    records[train].metadata["patient"] = "p"
    var bridge = Make.record(900, text: Make.text(1))
    bridge.metadata["patient"] = "p"
    let run = try SplitRun(
      records + [bridge], try given(test: ["f:1"], ["group": "metadata.patient"]))
    #expect(run.dropped["f:900"]?.code == "bridges-split")
    #expect(run.sides["f:1"] == .test)
    #expect(try verify(run) == [])
  }

  @Test func `ids may stand in a field, and in any form of a text file`() throws {
    var records = Make.records(0..<50)
    let names = ["q 1", "ü/2", "问题:3", "4"]
    for (index, name) in names.enumerated() {
      records[index * 7].metadata["id"] = name == "4" ? 4 : .string(name)
    }
    let list = try lists.write(
      "\u{FEFF}q 1\r\n\r\n  ü/2\t\n问题:3\n4\n4\n\n", to: "crlf.txt")
    let run = try SplitRun(records, ["test-ids": list, "id-field": "metadata.id"])
    #expect(
      Set(run.sides.filter { $0.value == .test }.keys) == ["f:0", "f:7", "f:14", "f:21"])
    #expect(run.certificate.idField == "metadata.id")
    #expect(run.certificate.given.first?.ids.count == 4)
    #expect(try verify(run) == [])
  }

  @Test func `ids that no record has are told, with what was meant`() throws {
    let run = try SplitRun(
      Make.records(0..<50), try given(test: ["f:1", "f:2", "F:33", "zzzzzzzz"]))
    let side = try #require(run.certificate.given.first)
    #expect(side.ids == ["f:1", "f:2"] && side.missing == 2)
    #expect(side.examples == ["'F:33' (did you mean 'f:33'?)", "'zzzzzzzz'"])
    let warning = try #require(run.certificate.warnings.first)
    #expect(warning.contains("2 of 4 ids") && warning.contains("f:33"))
    #expect(try verify(run) == [])
    let error = #expect(throws: StageError.self) {
      try SplitRun(Make.records(0..<50), try given(test: ["one", "two"]))
    }
    #expect(error?.code == "no-given-record")
    #expect(error?.remedy?.contains("'f:0'") == true && error?.remedy?.contains("id-field") == true)
  }

  @Test(arguments: [[:], ["exact": "true"]])
  func `a given record that is put aside for a fault takes no part`(_ others: [String: String])
    throws
  {
    var records = Make.records(0..<60, labels: ["a", "b"])
    records[4].label = nil
    let run = try SplitRun(
      records,
      try given(test: ["f:3", "f:4", "f:9"], others.merging(["stratify": "label"]) { $1 }))
    #expect(run.faults.mapValues(\.code) == ["f:4": "label-missing"])
    #expect(run.sides.filter { $0.value == .test }.keys.sorted() == ["f:3", "f:9"])
    #expect(run.certificate.given.map(\.ids) == [["f:3", "f:9"]])
    #expect(run.certificate.given.map(\.missing) == [0])
    #expect(run.certificate.warnings == [])
    #expect(try verify(run) == [])
    let alone = try SplitRun(
      records, try given(test: ["f:4"], others.merging(["stratify": "label"]) { $1 }))
    #expect(alone.certificate.emptySides == [.test] && alone.certificate.warnings.count == 1)
    #expect(try verify(alone) == [])
  }

  @Test func `a list may name a child, whose family goes with it`() throws {
    let records = Make.records(0..<60)
    let child = Make.child(of: records[7], text: "child of seven")
    let run = try SplitRun(records + [child], try given(test: [child.id, "f:9"]))
    #expect(run.sides.filter { $0.value == .test }.keys.sorted() == ["f:7", "f:9"])
    #expect(run.dropped[child.id]?.code == "augmented-in-evaluation")
    #expect(try verify(run) == [])
  }

  @Test func `an id in both lists, an empty list and bytes that are no text are errors`() throws {
    func code(_ parameters: [String: String]) throws -> String? {
      #expect(throws: StageError.self) { try SplitRun(Make.records(0..<9), parameters) }?.code
    }
    #expect(try code(given(test: ["f:1", "f:2"], validation: ["f:2"])) == "id-on-two-sides")
    #expect(try code(given(test: ["", " "])) == "no-ids")
    try AtomicFile.write([0x66, 0xFF, 0x0A], to: "\(lists.path)/bytes")
    #expect(try code(["test-ids": "\(lists.path)/bytes"]) == "no-text")
    #expect(throws: FileError.self) {
      try SplitRun(Make.records(0..<9), ["test-ids": "\(lists.path)/nowhere"])
    }
    #expect(throws: Diagnostic.self) { try splitStages[0].stage(["id-field": "metadata.id"]) }
    #expect(throws: Diagnostic.self) { try splitStages[0].stage(["test-ids": "-"]) }
    #expect(throws: Diagnostic.self) {
      try splitStages[0].stage(["test-ids": "/x", "train": "0", "validation": "0"])
    }
  }

  @Test(arguments: [[:], ["exact": "true"]])
  func `lists that part a family are an error that names both`(_ others: [String: String]) throws {
    let records = Make.records(0..<40) + [Make.record(90, text: Make.text(3).uppercased())]
    let parameters = try given(test: ["f:5", "f:3"], validation: ["f:9", "f:90"], others)
    let error = #expect(throws: StageError.self) { try SplitRun(records, parameters) }
    #expect(error?.code == "given-to-two-sides")
    #expect(error?.message.contains("'f:3'") == true && error?.message.contains("'f:90'") == true)
    let place = try #require(error?.source)
    let file = String(decoding: try FileReader.contents(place.file), as: UTF8.self)
    let named = file.split(separator: "\n", omittingEmptySubsequences: false)[place.line - 1]
    #expect(["f:3", "f:90"].contains(named) && error?.remedy?.isEmpty == false)
  }

  @Test func `a given record on another side, or missing, is found`() throws {
    let run = try SplitRun(Make.records(0..<200), try given(test: ["f:1", "f:2", "f:3"]))
    var object = try #require(run.certificate.json.object)
    var given = object["given"]?.object ?? [:]
    for (ids, kind) in [
      (["f:1", "f:2", "f:4"], SplitFault.Kind.givenSide),
      (["f:1", "f:2", "f:3", "f:999"], .givenSide),
    ] {
      given["test"] = [
        "ids": .array(ids.map { .string($0) }), "missing": 0, "missing_examples": [],
      ]
      object["given"] = .object(given)
      let forged = try SplitCertificate(json: .object(SplitCertificate.sealed(object)))
      #expect(forged.verify(run.kept).contains { $0.kind == kind })
    }
  }
}
