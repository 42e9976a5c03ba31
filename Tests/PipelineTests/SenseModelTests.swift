import Models
import Pipeline
import Records
import Stages
import TestSupport
import Testing

private let model = try? ModelLocator().folder(of: "all-MiniLM-L6-v2", base: nil)

/// What all-MiniLM-L6-v2 makes of words with several senses.
@Suite(
  .enabled(if: model != nil, "needs all-MiniLM-L6-v2"),
  .enabled(if: Folders.exists("/usr/share/wordnet/index.noun"), "needs wordnet-base"))
struct `Senses by all-MiniLM-L6-v2` {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func stage(_ parameters: String) throws -> any Stage {
    let text = """
      stages:
        - ingest: {path: a.jsonl}
        - augment.synonyms: {rate: 1, near-duplicates: none, \(parameters)}
      """
    let plan = try Planner.plan(
      PipelineFile(text: text, path: "p.yaml", base: folder.path), catalog: .standard)
    return try #require(plan.steps.last?.stage)
  }

  /// The children's texts of each text.
  private func children(
    _ texts: [String], _ parameters: String, threads: Int = 1
  ) throws -> [[String]] {
    let stage = try #require(try stage(parameters) as? any CollectionStage)
    return try run(stage, texts, threads)
  }

  private func run<Each: CollectionStage>(
    _ stage: Each, _ texts: [String], _ threads: Int
  ) throws -> [[String]] {
    let records = texts.map { Record.text($0, id: "r:\(StableHash.hash($0))", side: .train) }
    var lines: [UInt8] = []
    for record in records {
      record.write(to: &lines)
      lines.append(0x0A)
    }
    let path = try folder.write(String(decoding: lines, as: UTF8.self), to: "records.jsonl")
    let context = StageContext(seed: 1, stage: "augment.synonyms", threads: threads)
    let plan = try stage.plan(
      RecordCollection(path: path, count: records.count, threads: threads), context)
    return try records.enumerated().map { index, record in
      guard case .derive(_, let children) = try stage.outcome(of: record, at: index, plan, context)
      else { return [] }
      return children.map { $0.record.texts().joined() }
    }
  }

  /// A sentence, what becomes of it by frequency, and by the encoder.
  static let table: [(String, String?, String?)] = [
    ("He gave me a dirty look.", "He gave me a soiled look.", nil),
    ("The police apprehended the thief.", nil, "The police arrested the thief."),
    ("I rode my bike to the dentist.", nil, "I rode my bicycle to the dentist."),
    ("The doctor asked me.", "The physician asked me.", "The physician asked me."),
  ]

  @Test(arguments: table)
  func `the encoder is right where the frequent sense is wrong`(
    text: String, frequent: String?, sensed: String?
  ) throws {
    #expect(try children([text], "senses: frequency") == [frequent.map { [$0] } ?? []])
    #expect(try children([text], "senses: encoder") == [sensed.map { [$0] } ?? []])
  }

  @Test func `what becomes of a sentence does not depend on those beside it, nor on threads`()
    throws
  {
    let texts =
      Self.table.map(\.0)
      + (0..<150).map { number in
        "\(number) doctors rode a bike to the \(String(repeating: "very ", count: number % 9))big movie."
      }
    let all = try children(texts, "senses: encoder, copies: 2", threads: 1)
    #expect(all.count { !$0.isEmpty } > 100)
    #expect(try children(texts, "senses: encoder, copies: 2", threads: 3) == all)
    for place in [0, 1, 40, 153] {
      #expect(try children([texts[place]], "senses: encoder, copies: 2") == [all[place]])
    }
  }

  @Test(arguments: [
    ("senses: encoder, model: no/such-encoder", ".model", "'no/such-encoder': "),
    ("senses: encoding", ".senses", "'encoding' is none of the choices"),
    ("model: all-MiniLM-L6-v2", ".model", "'model' is of use with 'senses: encoder' alone"),
  ])
  func `what is wrong is told where it is written`(
    parameters: String, path: String, message: String
  ) throws {
    let faults = #expect(throws: Diagnostics.self) { try stage(parameters) }
    let fault = try #require(faults?.list.first)
    #expect(fault.message.hasPrefix(message), "\(fault)")
    #expect(fault.path == "augment.synonyms\(path)" && fault.place?.line == 3, "\(fault)")
  }
}
