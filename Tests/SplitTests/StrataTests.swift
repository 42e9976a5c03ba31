import Records
import Split
import Stages
import TestSupport
import Testing

@Suite struct `Strata of length and language` {
  private func labels(_ run: SplitRun) -> [String] {
    var names: [String] = []
    for side in Side.allCases {
      for label in run.certificate[side].labels where !names.contains(label.name) {
        names.append(label.name)
      }
    }
    return names
  }

  /// Records of so many words each.
  private func words(_ counts: [Int]) -> [Record] {
    counts.enumerated().map { index, count in
      Make.record(index, text: (0..<count).map { "w\(index)x\($0)" }.joined(separator: " "))
    }
  }

  @Test func `lengths are steps of powers of two, and no record is refused`() throws {
    let run = try SplitRun(
      words([1, 2, 3, 4, 7, 8, 15, 16, 100]) + [Make.record(50, text: "?!")],
      ["stratify": "length", "validation": "0", "test": "0"])
    #expect(run.faults.isEmpty && run.kept.count == 10)
    #expect(
      run.certificate[.train].labels.map { "\($0.name): \($0.count)" } == [
        "0 words: 1", "1 word: 1", "2-3 words: 2", "4-7 words: 2", "8-15 words: 2",
        "16-31 words: 1", "64-127 words: 1",
      ])
    #expect(run.certificate.verify(run.kept) == [])
  }

  @Test func `exact shares hold in every length, and a length is the same whatever is added`()
    throws
  {
    let records = words((0..<300).map { [3, 12, 40][$0 % 3] })
    let run = try SplitRun(records, ["stratify": "length", "exact": "true"])
    for side in Side.allCases {
      #expect(Set(run.certificate[side].labels.map(\.count)) == [side == .train ? 80 : 10])
    }
    let hashed = try SplitRun(records, ["stratify": "length"])
    let plain = try SplitRun(records)
    #expect(hashed.sides == plain.sides)
    #expect(run.certificate.verify(run.kept) == [])
  }

  @Test func `languages are told by the text`() throws {
    let texts = [
      "The patient was given two tablets and felt better in the morning.",
      "Der Patient bekam zwei Tabletten und fühlte sich am Morgen besser.",
      "病人吃了两片药，早上感觉好多了。", "12345 67890",
    ]
    let records = (0..<40).map { Make.record($0, text: texts[$0 % 4] + " \($0)") }
    let run = try SplitRun(
      records, ["stratify": "language", "exact": "true", "near-duplicates": "none"])
    #expect(labels(run).sorted() == ["de", "en", "und", "zh"])
    #expect(run.certificate[.test].labels.map(\.count) == [1, 1, 1, 1])
    #expect(run.certificate.verify(run.kept) == [])
    #expect(run.faults.isEmpty)
  }

  @Test func `a value may be called by its path, and what selects nothing is told`() throws {
    let error = #expect(throws: Diagnostics.self) { try splitStages[0].stage(["stratify": "size"]) }
    #expect(error?.list.first?.remedy?.contains("length, language") == true)
    let typo = #expect(throws: Diagnostics.self) {
      try splitStages[0].stage(["stratify": "lenght"])
    }
    #expect(typo?.list.first?.remedy == "did you mean 'length'?")
    var records = (0..<10).map { Make.record($0) }
    for index in records.indices { records[index].metadata["length"] = .integer(index % 2) }
    let run = try SplitRun(records, ["stratify": "metadata.length"])
    #expect(labels(run).sorted() == ["0", "1"])
  }
}
