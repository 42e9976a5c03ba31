import Records
import Stages
import TestSupport
import Testing

@Suite struct WordNetTests {
  private static let header = "  1 This software and database is being provided to you\n"

  private func ingestLines(_ lines: String) throws -> Ingested {
    let folder = try TemporaryFolder()
    return try ingest(try folder.write(Self.header + lines, to: "data.adj"))
  }

  @Test func `a synset is its definition with lexicographer file and lemmas`() throws {
    let result = try ingestLines(
      "00006885 00 s 02 absolute 1 living_dead(p) 0 001 & 00006885 a 0000 "
        + "| perfect or complete; utter; \"absolute loyalty\"; \"an absolute; truth\"  \n")
    let record = try #require(result.records.first)
    #expect(record.content == .text("perfect or complete; utter"))
    #expect(record.label == Label("adj.all"))
    #expect(
      record.metadata
        == ["lemmas": ["absolute", "living dead"], "offset": "00006885", "pos": "s"])
    #expect(record.source == Source(file: "data.adj", line: 2))
  }

  static let glosses: [(gloss: String, definition: String)] = [
    ("only skin-deep: \"her beauty\"; \"x\"", "only skin-deep"),
    ("\"nothing but a quotation\"", "\"nothing but a quotation\""),
    ("in the phrase \"for; ever\" alone; now", "in the phrase \"for; ever\" alone; now"),
    ("capable of absorbing ; \"a\", \"b\"", "capable of absorbing"),
  ]

  @Test(arguments: glosses.indices)
  func `examples in quotes are no part of the definition`(_ index: Int) throws {
    let row = Self.glosses[index]
    let result = try ingestLines("00006885 03 n 01 a 0 000 | \(row.gloss)  \n")
    #expect(result.texts == [row.definition])
  }

  @Test func `a line that is no synset is a fault`() throws {
    let result = try ingestLines("nonsense\n00006885 45 n 01 a 0 000 | x\n00006885 03 n ff a | x\n")
    #expect(result.codes == Array(repeating: "invalid-wordnet", count: 3))
  }

  @Test(.enabled(if: Folders.exists("/usr/share/wordnet/data.noun"), "needs wordnet-base"))
  func `all of WordNet 3.0 is read`() throws {
    let result = try ingest("/usr/share/wordnet/data.*")
    #expect(result.faults.isEmpty)
    let counts = Dictionary(result.records.map { ($0.source.file, 1) }, uniquingKeysWith: +)
    // The numbers of synsets that wnstats(7WN) gives.
    #expect(
      counts
        == ["data.noun": 82115, "data.verb": 13767, "data.adj": 18156, "data.adv": 3621])
    #expect(Set(result.records.compactMap(\.label?.name)).count == 45)
    #expect(result.texts.allSatisfy { !$0.isEmpty })
  }
}
