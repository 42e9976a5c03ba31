import Records
import Split
import Stages
import TestSupport
import Testing

@Suite struct `The version of the split` {
  /// Records of which some are alike by words, nearly alike, in groups or parts of others.
  private static let records: [Record] = {
    var records = Make.records(0..<60, labels: ["a", "b"])
    records += (60..<80).map { Make.record($0, label: "a", text: Make.text($0 - 60) + " \($0)") }
    records += (80..<100).map { Make.record($0, label: "b", text: Make.text($0 - 20) + "!") }
    for index in 20..<60 { records[index].metadata["patient"] = .integer(index / 4) }
    return records + records.prefix(8).map { Make.child(of: $0, text: "child of \($0.id)") }
  }()

  /// Where a hash is another, raise the version of `split` and write both here: a run would take up
  /// sides that an earlier build gave.
  @Test(
    arguments: [
      ([:], "4 22379032e738"), (["exact": "true", "stratify": "label"], "4 1e90ece28e45"),
      (["group": "metadata.patient", "near-duplicates": "0.5"], "4 5ee7f83cba0e"),
    ] as [([String: String], String)])
  func `rises with the sides it gives`(_ parameters: [String: String], _ known: String) throws {
    let run = try SplitRun(Self.records, parameters)
    let sides = run.sides.map { "\($0.key) \($0.value.rawValue)" }.sorted()
    let dropped = run.dropped.map { "\($0.key) \($0.value.code)" }.sorted()
    let hash = ContentHash.of((sides + dropped).joined(separator: "\n")).prefix(12)
    #expect("\(splitStages[0].version) \(hash)" == known)
  }
}
