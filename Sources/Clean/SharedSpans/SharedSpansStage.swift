import Records
import Stages
import TextKit

/// `clean.shared-spans`: removes lines, sentences or runs of words that many records share.
struct SharedSpansStage: CollectionStage {
  private enum Keys {
    static let unit = Parameter(
      "unit", default: SpanReader.Unit.lines, "What is looked for in other records.")
    static let maxRecords = Parameter(
      "max-records", default: 20,
      "A span that more records hold is removed, wherever it stands.", check: Check.atLeast(1))
    static let words = Parameter<Int?>(
      "words", default: nil, aliases: ["ngram", "min-words"],
      "Shorter lines, paragraphs and sentences are left alone (4); of unit words, a run's (20).",
      check: Check.optionalAtLeast(1))
    static let keepFirst = Parameter(
      "keep-first", default: false, "Leave a span where it stands first.")
  }

  static let descriptor = StageDescriptor(
    "clean.shared-spans", "Remove lines, sentences or runs of words that many records share.",
    role: .cleaning,
    parameters: [Keys.unit, Keys.maxRecords, Keys.words, Keys.keepFirst, CleanKeys.fields],
    memory: "about 50 bytes a span that differs from others",
    example: "clean.shared-spans: {unit: lines, max-records: 20}"
  ) { values in
    let unit = values[Keys.unit]
    return SharedSpansStage(
      reader: SpanReader(unit: unit, words: values[Keys.words] ?? (unit == .words ? 20 : 4)),
      fields: values[CleanKeys.fields], maxRecords: values[Keys.maxRecords],
      keepsFirst: values[Keys.keepFirst])
  }

  let reader: SpanReader
  let fields: [Selector]
  let maxRecords: Int
  let keepsFirst: Bool

  /// How many records hold a span, and which holds it first.
  struct Holders: Sendable {
    var count: Int32
    let first: Int32
  }

  /// The spans that too many records hold.
  typealias Plan = [UInt64: Holders]

  func plan(_ records: RecordCollection, _ context: StageContext) throws -> Plan {
    var holders: Plan = [:]
    var index: Int32 = 0
    try records.forEachBatch { batch in
      let hashes = try OrderedMap.map(batch, threads: context.threads) { _, record in
        Set(fields.flatMap { record.fields($0) }.flatMap { reader.spans(of: $0.text) }.map(\.hash))
      }
      for spans in hashes {
        for span in spans { holders[span, default: Holders(count: 0, first: index)].count += 1 }
        index += 1
      }
    }
    return holders.filter { Int($0.value.count) > maxRecords }
  }

  func outcome(
    of record: Record, at index: Int, _ plan: Plan, _ context: StageContext
  ) throws(StageError) -> Outcome {
    guard !plan.isEmpty else { return .keep(record) }
    var record = record
    var removal = Removal()
    for selector in fields {
      record.mapFields(selector) { path, text in
        let spans = reader.spans(of: text).filter { span in
          guard let holders = plan[span.hash] else { return false }
          return !keepsFirst || Int(holders.first) != index
        }
        return spans.isEmpty ? text : removal.remove(spans, from: text, path, plan)
      }
    }
    guard !removal.evidence.isEmpty else { return .keep(record) }
    let detail = removal.detail(maxRecords)
    let left = fields.flatMap { record.fields($0) }.contains {
      !LocatedWords($0.text).hashes.isEmpty
    }
    return left ? .keep(record, note: .object(detail)) : .drop(Reason("shared-spans", detail))
  }
}

/// What is taken out of a record, with the evidence for the ledger.
private struct Removal {
  /// Spans shown in full; the others are counted.
  private static let shown = 5
  private(set) var evidence: [JSONValue] = []
  private var count = 0

  /// The text without spans, which may overlap.
  mutating func remove(
    _ spans: [SpanReader.Span], from text: String, _ path: String, _ plan: SharedSpansStage.Plan
  ) -> String {
    let bytes = Array(text.utf8)
    var kept: [UInt8] = []
    var end = 0
    for span in spans {
      note(span, bytes, path, plan)
      if span.range.lowerBound > end { kept += bytes[end..<span.range.lowerBound] }
      end = max(end, span.range.upperBound)
    }
    kept += bytes[end...]
    return String(decoding: kept, as: UTF8.self)
  }

  private mutating func note(
    _ span: SpanReader.Span, _ bytes: [UInt8], _ path: String, _ plan: SharedSpansStage.Plan
  ) {
    count += 1
    guard evidence.count < Self.shown else { return }
    evidence.append([
      "field": .string(path), "text": .string(String(decoding: bytes[span.range], as: UTF8.self)),
      "records": .integer(Int(plan[span.hash]?.count ?? 0)),
    ])
  }

  func detail(_ maxRecords: Int) -> JSONObject {
    [
      "spans": .integer(count), "max-records": .integer(maxRecords), "removed": .array(evidence),
    ]
  }
}
