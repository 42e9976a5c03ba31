import Records
import Split
import Stages
import TestSupport
import Testing

@Suite struct StratifyTests {
  @Test func `each class gets its shares about right`() throws {
    let run = try SplitRun(
      Make.records(0..<3000, labels: ["a", "b", "c"]), ["stratify": "label"])
    for side in Side.allCases {
      let expected = run.certificate.shares[side.index] * 1000
      for label in run.certificate[side].labels {
        #expect(abs(Double(label.count) - expected) < 4 * (expected * 0.2 + 10).squareRoot() + 12)
      }
      #expect(run.certificate[side].labels.map(\.name) == ["a", "b", "c"])
    }
    #expect(run.certificate.verify(run.kept) == [])
  }

  @Test func `exact shares are met to the record in every class`() throws {
    let run = try SplitRun(
      Make.records(0..<1000, labels: ["a", "b", "b", "c", "c", "c", "c", "d", "d", "d"]),
      ["stratify": "label", "exact": "true"])
    #expect(run.certificate[.train].labels.map(\.count) == [80, 160, 320, 240])
    #expect(run.certificate[.validation].labels.map(\.count) == [10, 20, 40, 30])
    #expect(run.certificate[.test].labels.map(\.count) == [10, 20, 40, 30])
  }

  @Test func `what small classes lose by rounding others make up for`() throws {
    // 40 classes of 5: no class alone gives a test record, together they must give 20.
    let run = try SplitRun(
      Make.records(0..<200, labels: (0..<40).map { "class \($0)" }),
      ["stratify": "label", "exact": "true"])
    #expect(run.count(.test) == 20)
    #expect(run.count(.validation) == 20)
    #expect(run.count(.train) == 160)
  }

  @Test func `a label seen once names label, record and remedy`() throws {
    let records = Make.records(0..<40, labels: ["a", "b"]) + [Make.record(77, label: "rare")]
    for parameters in [["stratify": "label"], ["stratify": "label", "exact": "true"]] {
      let run = try SplitRun(records, parameters)
      let fault = try #require(run.faults["f:77"])
      #expect(fault.code == "label-seen-once")
      #expect(fault.message.contains("'rare'"))
      #expect(fault.source?.line == 77)
      #expect(fault.field == "label")
      #expect(fault.remedy?.contains("stratify: none") == true)
      #expect(run.faults.count == 1)
      #expect(run.kept.count == 40)
      #expect(run.certificate.leftOut["label-seen-once"] == 1)
      #expect(run.certificate.verify(run.kept) == [])
    }
  }

  @Test func `a missing label is a fault only where classes matter`() throws {
    let records = Make.records(0..<40, labels: ["a", "b"]) + [Make.record(77)]
    #expect(try SplitRun(records, ["stratify": "label"]).faults["f:77"]?.code == "label-missing")
    #expect(try SplitRun(records).faults.isEmpty)
    #expect(try SplitRun(records, ["stratify": "none"]).faults.isEmpty)
  }

  @Test func `classes can be taken from any field`() throws {
    let records = (0..<100).map { number in
      var record = Make.record(number)
      record.metadata["level"] = .integer(number % 2)
      return record
    }
    let run = try SplitRun(records, ["stratify": "metadata.level", "exact": "true"])
    #expect(run.certificate[.test].labels.map(\.count) == [5, 5])
  }

  @Test func `sides that chance left empty are named`() throws {
    let run = try SplitRun(Make.records(0..<1))
    #expect(run.certificate.emptySides.count == 2)
    #expect(run.certificate.warnings.first?.contains("no record is on side") == true)
    #expect(try SplitRun([]).certificate.warnings == [])
    #expect(try SplitRun(Make.records(0..<500)).certificate.emptySides == [])
    #expect(try SplitRun([]).kept.isEmpty)
  }
}

extension Side {
  /// The side's place in `Side.allCases`.
  fileprivate var index: Int { Side.allCases.firstIndex(of: self) ?? 0 }
}
