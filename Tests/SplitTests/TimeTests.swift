import Records
import Split
import Stages
import TestSupport
import Testing

@Suite struct `A split by time` {
  /// A record of a day of January to March 2024, counted from 1.
  private func record(_ number: Int, day: Int, text: String? = nil) -> Record {
    var record = Make.record(number, text: text)
    let (month, date) = day <= 31 ? (1, day) : day <= 60 ? (2, day - 31) : (3, day - 60)
    record.metadata["date"] = .string(
      "2024-0\(month)-\(date < 10 ? "0" : "")\(date)T08:00:00Z")
    return record
  }

  private let time = ["time": "metadata.date"]

  /// One record a day, in an order of their own.
  private var days: [Record] { (0..<80).map { record($0, day: ($0 * 37) % 80 + 1) } }

  private func verify(_ run: SplitRun) throws -> [SplitFault] {
    let files = try Side.allCases.map { side in
      try SplitRun.collection(run.kept.filter { $0.side == side }, "\(side).jsonl", in: run.folder)
    }
    return try run.certificate.verify(files)
  }

  @Test func `the earliest are trained on, the latest are the test`() throws {
    let run = try SplitRun(days, time)
    #expect(Side.allCases.map(run.count) == [64, 8, 8])
    let certificate = run.certificate
    #expect(certificate.method == .time)
    #expect(certificate.json["time"]?["validation_from"] == "2024-03-05T08:00:00Z")
    #expect(certificate.json["time"]?["test_from"] == "2024-03-13T08:00:00Z")
    #expect(certificate[.train].latest?.description == "2024-03-04T08:00:00Z")
    #expect(certificate[.test].earliest?.description == "2024-03-13T08:00:00Z")
    #expect(try verify(run) == [])
  }

  @Test func `the order of the records and the seed change nothing`() throws {
    let copies = days + (0..<20).map { record(100 + $0, day: $0 * 4 + 1, text: Make.text($0 * 3)) }
    let one = try SplitRun(copies, time)
    let two = try SplitRun(copies.reversed(), time, seed: 7, threads: 4)
    #expect(one.sides == two.sides)
    #expect(one.dropped.mapValues(\.code) == two.dropped.mapValues(\.code))
    #expect(one.certificate.json["sides"] == two.certificate.json["sides"])
  }

  @Test func `equal times fall on one side`() throws {
    // 30 records of each of three days: the shares would cut within the last.
    let records = (0..<90).map { record($0, day: 1 + $0 % 3) }
    let run = try SplitRun(records, ["time": "metadata.date", "validation": "0", "test": "0.2"])
    #expect(Side.allCases.map(run.count) == [60, 0, 30])
    // One time alone: all is trained on, and the certificate says that the others are empty.
    let same = try SplitRun((0..<20).map { record($0, day: 5) }, time)
    #expect(Side.allCases.map(same.count) == [20, 0, 0])
    #expect(same.certificate.emptySides == [.validation, .test])
    #expect(try verify(run) == [] && verify(same) == [])
  }

  @Test func `boundaries may be given, and then no record moves another`() throws {
    let given = [
      "time": "metadata.date", "validation-from": "2024-02-01", "test-from": "2024-03-01T00:00:00Z",
    ]
    let first = try SplitRun(days, given)
    #expect(Side.allCases.map(first.count) == [31, 29, 20])
    let more = try SplitRun(days + (200..<260).map { record($0, day: 80) }, given)
    for (id, side) in first.sides { #expect(more.sides[id] == side) }
    #expect(more.certificate.json["time"]?["boundaries"] == "given")
    #expect(try verify(first) == [] && verify(more) == [])
    let test = try SplitRun(days, ["time": "metadata.date", "test-from": "2024-03-01"])
    #expect(Side.allCases.map(test.count) == [60, 0, 20])
    #expect(test.certificate.emptySides == [])
  }

  @Test func `a record whose family is on an earlier side is left out by name`() throws {
    let records = days + [record(300, day: 78, text: Make.text(0).uppercased() + "!")]
    let run = try SplitRun(records, time)
    #expect(run.sides["f:0"] == .train)
    #expect(run.dropped["f:300"]?.code == "seen-earlier")
    #expect(run.dropped["f:300"]?.detail == ["side": "test", "earlier": "train"])
    #expect(run.certificate.leftOut["seen-earlier"] == 1)
    #expect(run.certificate.warnings.count == 1)
    #expect(try verify(run) == [])
  }

  @Test func `groups and near duplicates of training records stay out of the test too`() throws {
    var records = days
    for index in records.indices
    where records[index].metadata["date"]?.string?.contains("-03-1") == true {
      records[index].metadata["patient"] = "p"
    }
    let early = try #require(records.firstIndex { $0.metadata["date"] == "2024-01-02T08:00:00Z" })
    records[early].metadata["patient"] = "p"
    let run = try SplitRun(records, ["time": "metadata.date", "group": "metadata.patient"])
    let dropped = records.filter { $0.metadata["patient"] != nil }.count - 1
    #expect(run.dropped.count == dropped && dropped == 10)
    #expect(run.dropped.values.allSatisfy { $0.code == "seen-earlier" })
    #expect(try verify(run) == [])
    let words = "one two three four five six seven eight nine ten eleven twelve thirteen"
    let near =
      days + [
        record(400, day: 3, text: words), record(401, day: 79, text: words + " fourteen"),
      ]
    #expect(try SplitRun(near, time).dropped["f:401"]?.code == "seen-earlier")
  }

  @Test func `numbers are times, and what is none names record, field and value`() throws {
    var records = (0..<40).map { Make.record($0) }
    for index in records.indices { records[index].metadata["date"] = .integer(1980 + index) }
    records[7].metadata["date"] = "last week"
    records[8].metadata["date"] = nil
    records[9].metadata["date"] = .bool(true)
    let run = try SplitRun(records, time)
    #expect(run.faults.count == 3 && run.faults.values.allSatisfy { $0.code == "no-time" })
    let fault = try #require(run.faults["f:7"])
    #expect(fault.message.contains("'last week'") && fault.field == "metadata.date")
    #expect(fault.source?.line == 7 && fault.remedy?.contains("on-error: quarantine") == true)
    #expect(run.faults["f:8"]?.message == "there is no time to split by")
    #expect(run.certificate.leftOut["no-time"] == 3)
    #expect(run.sides["f:0"] == .train && run.sides["f:39"] == .test)
    #expect(try verify(run) == [])
  }

  @Test func `a time that a certificate could not say is none, and the others are split`() throws {
    var records = days
    records[3].metadata["date"] = "0001-01-01T00:00:00+05:00"
    records[4].metadata["date"] = "9999-12-31T23:59:59-05:00"
    let run = try SplitRun(records, time)
    #expect(run.faults.mapValues(\.code) == ["f:3": "no-time", "f:4": "no-time"])
    #expect(try verify(run) == [])
  }

  @Test func `where no record has a time, the field is at fault`() throws {
    let typo = #expect(throws: StageError.self) { try SplitRun(days, ["time": "metadata.dtae"]) }
    #expect(typo?.code == "no-time" && typo?.field == "metadata.dtae")
    #expect(typo?.message == "none of the 80 records has a time")
    #expect(typo?.remedy == "did you mean 'metadata.date'?")
    let text = #expect(throws: StageError.self) { try SplitRun(days, ["time": "text"]) }
    #expect(text?.message.contains("the first has '\(Make.text(0).prefix(20))") == true)
    #expect(text?.remedy?.contains("2024-05-31") == true)
    #expect(try SplitRun([], time).kept.isEmpty)
  }

  @Test func `augmented children follow their parents and are no test`() throws {
    let parents = days
    let run = try SplitRun(
      parents.flatMap { [Make.child(of: $0, text: "child of \($0.id)"), $0] }, time)
    for parent in parents {
      let child = "\(parent.id)/synonyms.1"
      #expect(run.sides[child] == (run.sides[parent.id] == .train ? .train : nil))
    }
    #expect(try verify(run) == [])
  }

  @Test(
    arguments: [
      ["exact": "true"], ["stratify": "label"], ["test-ids": "/x"], ["validation-ids": "/x"],
      ["validation-from": "2024-03-01", "test-from": "2024-03-01"],
      ["validation-from": "2024-03-02", "test-from": "2024-03-01"], ["test-from": "soon"],
    ])
  func `what does not go together is an error with a remedy`(_ other: [String: String]) throws {
    let error = #expect(throws: (any Error).self) {
      try splitStages[0].stage(time.merging(other) { $1 })
    }
    let remedy = (error as? Diagnostic)?.remedy ?? (error as? Diagnostics)?.list.first?.remedy
    #expect(remedy != nil)
    #expect(throws: Diagnostic.self) { try splitStages[0].stage(["test-from": "2024-01-01"]) }
  }

  @Test func `a record beyond its boundary is found, and boundaries that shares do not give`()
    throws
  {
    let run = try SplitRun(days, time)
    func kinds(_ change: (inout JSONObject) -> Void, _ records: [Record]) throws
      -> Set<SplitFault.Kind>
    {
      var object = try #require(run.certificate.json.object)
      change(&object)
      let certificate = try SplitCertificate(json: .object(SplitCertificate.sealed(object)))
      return Set(certificate.verify(records).map(\.kind))
    }
    var moved = run.kept
    let index = try #require(moved.firstIndex { $0.side == .test })
    moved[index].side = .train
    #expect(try kinds({ _ in }, moved) == [.time, .otherRecords])
    var later = run.kept
    let train = try #require(later.firstIndex { $0.side == .train })
    later[train].metadata["date"] = "2024-03-20"
    #expect(try kinds({ _ in }, later) == [.time, .otherRecords])
    later[train].metadata["date"] = nil
    #expect(try kinds({ _ in }, later) == [.time, .otherRecords])
    // Within the gap before the first validation record, where no record tells.
    let early = try kinds(
      { object in
        var time = object["time"]?.object ?? [:]
        time["validation_from"] = "2024-03-05T07:00:00Z"
        object["time"] = .object(time)
      }, run.kept)
    #expect(early == [.time])
    #expect(
      try kinds({ $0["shares"] = ["train": 0.7, "validation": 0.2, "test": 0.1] }, run.kept)
        == [.time])
  }

  @Test func `boundaries are drawn again where only children and undated records were left out`()
    throws
  {
    var records = days.flatMap { [Make.child(of: $0, text: "child of \($0.id)"), $0] }
    records.append(Make.record(500))
    let run = try SplitRun(records, time)
    #expect(run.certificate.leftOut["augmented-in-evaluation"] == 16)
    #expect(run.certificate.leftOut["no-time"] == 1)
    #expect(try verify(run) == [])
    var object = try #require(run.certificate.json.object)
    object["shares"] = ["train": 0.7, "validation": 0.2, "test": 0.1]
    let forged = try SplitCertificate(json: .object(SplitCertificate.sealed(object)))
    #expect(forged.verify(run.kept).map(\.kind) == [.time])
  }
}
