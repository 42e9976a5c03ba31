public import Records
import Stages

/// What the records of a run are grouped by.
public enum LedgerKey: String, CaseIterable, Sendable {
  /// Stage and reason.
  case reason
  /// The stage they ended in.
  case stage
  /// Kept, dropped, merged, quarantined, expanded.
  case fate
  /// The file they were read from.
  case source
  /// The side they were kept on.
  case side
  /// The stage that made them, if one did.
  case maker = "made-by"

  /// The name of a line's group; nil for lines that the key says nothing of.
  func group(of line: JSONObject) -> String? {
    let end = RecordEnd(line)
    switch self {
    case .reason: return end.stage.map { "\($0): \(end.reason ?? "?")" } ?? end.fate
    case .stage: return end.stage ?? end.fate
    case .fate: return end.fate
    case .source: return line["source"]?["file"]?.string
    case .side: return end.side
    case .maker:
      guard case .made(_, let stage) = RecordOrigin(line) else { return nil }
      return stage ?? "expanded"
    }
  }
}

/// Which records of a ledger are meant; what is nil is not asked for.
public struct LedgerFilter: Sendable {
  /// The stage they ended in.
  public var stage: String?
  /// Why they ended.
  public var reason: String?
  /// How they ended.
  public var fate: String?

  /// All records.
  public init(stage: String? = nil, reason: String? = nil, fate: String? = nil) {
    self.stage = stage
    self.reason = reason
    self.fate = fate
  }

  func includes(_ end: RecordEnd) -> Bool {
    (stage == nil || stage == end.stage) && (reason == nil || reason == end.reason)
      && (fate == nil || fate == end.fate)
  }
}

/// The records of a run, counted by what became of them.
public struct LedgerTable: Sendable {
  /// A group of records.
  public struct Row: Sendable {
    /// What they have in common.
    public let group: String
    /// How many they are.
    public internal(set) var count: Int
    /// The first of them, with what was measured.
    public internal(set) var samples: [JSONObject]
  }

  /// The groups, the largest first.
  public let rows: [Row]
  /// All records that the filter includes.
  public let total: Int

  /// Reads the ledger of a run.
  ///
  /// - Parameters:
  ///   - samples: how many records of a group to name.
  /// - Throws: `Diagnostics` where the folder holds no run, or no record is meant.
  public init(
    run: String, by key: LedgerKey, filter: LedgerFilter = LedgerFilter(), samples: Int = 1
  ) throws {
    var rows: [String: Row] = [:]
    var names = NamesMet()
    var total = 0
    try RunLedger(run: run).forEach { line in
      let end = RecordEnd(line)
      names.add(end)
      guard filter.includes(end), let group = key.group(of: line) else { return }
      total += 1
      rows[group, default: Row(group: group, count: 0, samples: [])].count += 1
      if rows[group]?.samples.count ?? 0 < samples { rows[group]?.samples.append(line) }
    }
    if let fault = names.fault(filter) { throw fault }
    self.total = total
    self.rows = rows.values.sorted { ($1.count, $0.group) < ($0.count, $1.group) }
  }

  /// The table as JSON, rows in its order.
  public var object: JSONObject {
    let rows = rows.map { row -> JSONValue in
      [
        "group": .string(row.group), "records": .integer(row.count),
        "samples": .array(row.samples.map { .object($0) }),
      ]
    }
    return ["records": .integer(total), "groups": .array(rows)]
  }
}

/// The stages, reasons and fates that a ledger holds, to say what else could have been meant.
struct NamesMet {
  private(set) var stages: Set<String> = []
  private(set) var reasons: Set<String> = []
  private(set) var fates: Set<String> = []

  mutating func add(_ end: RecordEnd) {
    fates.insert(end.fate)
    if let stage = end.stage { stages.insert(stage) }
    if let reason = end.reason { reasons.insert(reason) }
  }

  /// A name of the filter that no record has.
  func fault(_ filter: LedgerFilter) -> Diagnostics? {
    let asked = [
      ("stage", filter.stage, stages), ("reason", filter.reason, reasons),
      ("fate", filter.fate, fates),
    ]
    for case (let kind, let name?, let known) in asked where !known.contains(name) {
      let names = known.sorted()
      return Diagnostics([
        Diagnostic(
          "no record has the \(kind) '\(name)'",
          remedy: Suggestion.remedy(for: name, among: names)
            ?? (names.isEmpty
              ? "every record was kept" : "there are \(names.joined(separator: ", "))"))
      ])
    }
    return nil
  }
}
