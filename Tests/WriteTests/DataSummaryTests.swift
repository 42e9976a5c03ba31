import Records
import Stages
import TestSupport
import Testing
import Write

struct DataSummaryTests {
  private func summary(_ sides: [(Side, [Record])]) throws -> DataSummary {
    let folder = try TemporaryFolder()
    let collections = try sides.map { side, records in
      var lines: [UInt8] = []
      for record in records {
        lines += JSONValue.object(record.object).bytes + [UInt8(ascii: "\n")]
      }
      let path = "\(folder.path)/\(side.rawValue)"
      try AtomicFile.write(lines, to: path)
      return (side: side, records: RecordCollection(path: path, count: records.count, threads: 2))
    }
    return try DataSummary(collections)
  }

  private func records(_ count: Int, _ text: String, label: String?) -> [Record] {
    (0..<count).map { .text(text, id: "f:\($0)", label: label) }
  }

  private let english = "The model reads a short text about the weather and answers a question."
  private let german = "Das Modell liest einen kurzen Text über das Wetter und beantwortet Fragen."

  @Test func `labels, lengths and languages of each side are counted`() throws {
    let made = try summary([
      (.train, records(9, english, label: "a") + records(3, "日本語の短い文です。", label: "b")),
      (.test, records(2, english, label: "a") + records(1, english, label: "b")),
    ])
    let train = made.object["train"]
    #expect(train?["records"] == 12)
    #expect(train?["labels"] == ["a": 9, "b": 3])
    #expect(train?["languages"] == ["en": 9, "ja": 3])
    #expect(train?["characters"]?["median"]?.int == english.unicodeScalars.count)
    #expect(train?["characters"]?["longest"]?.int == english.unicodeScalars.count)
    // Ten characters and seventy: bins grow by the fourth root of two, and all sides have the same.
    let bins = train?["characters"]?["histogram"]?.array ?? []
    #expect(english.unicodeScalars.count == 70)
    #expect(
      bins.compactMap { $0["at_most"]?.int } == [
        10, 11, 13, 16, 19, 23, 27, 32, 38, 45, 54, 64, 76,
      ])
    #expect(bins.compactMap { $0["records"]?.int } == [3] + Array(repeating: 0, count: 11) + [9])
    let test = made.object["test"]?["characters"]?["histogram"]?.array ?? []
    #expect(test.map { $0["at_most"] } == bins.map { $0["at_most"] })
    #expect(test.compactMap { $0["records"]?.int }.reduce(0, +) == 3)
    #expect(made.warnings.isEmpty && made.object["warnings"] == [])
    #expect(made.lines.count == 2 && made.lines[0].contains("labels: a 9, b 3"))
  }

  @Test func `what may spoil a training is said`() throws {
    let made = try summary([
      (.train, records(40, english, label: "a") + records(2, english, label: "b")),
      (.validation, records(5, english, label: "a")),
      (.test, records(4, german, label: "c")),
    ])
    #expect(
      made.warnings == [
        "the labels are unbalanced: 40 training records of 'a', 2 of 'b'",
        "the validation side lacks labels of the training side: b",
        "the test side has labels that no training record has: c",
        "the test side lacks labels of the training side: a, b",
        "the test side has languages that the training side lacks: de",
      ])
    let one = try summary([(.train, records(3, english, label: "a"))])
    #expect(one.warnings == ["all training records have the label 'a'"])
  }

  @Test func `scores that all differ are no classes`() throws {
    let scored = (0..<400).map { Record.text(english, id: "f:\($0)", label: "\($0)") }
    let made = try summary([(.train, scored), (.test, records(1, english, label: "x"))])
    #expect(made.object["train"]?["labels"] == nil)
    #expect(made.warnings.isEmpty)
  }

  @Test func `records without labels give no warning`() throws {
    #expect(try summary([(.train, records(3, english, label: nil))]).warnings.isEmpty)
  }
}
