public import Records

/// How the fates of records differ between two runs, record by record by their ids.
///
/// Holds the id and the fate of every record of the first run: about 100 bytes a record.
public struct LedgerDifference: Sendable {
  /// What became of a record in one run and in the other.
  public struct Change: Hashable, Sendable {
    /// What became of it in the first run, in words; `not there` where it does not occur.
    public let before: String
    /// What became of it in the second run.
    public let after: String
  }

  /// Records that went the same ways.
  public struct Row: Sendable {
    /// Their ways.
    public let change: Change
    /// How many they are.
    public internal(set) var count: Int
    /// The ids of the first of them.
    public internal(set) var samples: [String]
  }

  /// Records of the same end whose trails differ: something else was changed in them.
  public let trailsDiffer: Int
  /// Records of the same end and trail.
  public let same: Int
  /// The differences, the most frequent first.
  public let rows: [Row]

  /// Compares two finished runs.
  /// - Throws: `Diagnostics` where one of the folders holds no run.
  public init(before: String, after: String, samples: Int = 3) throws {
    var ends = EndTable()
    try RunLedger(run: before).forEach { ends.add($0) }
    var rows = Rows(samples: samples)
    var same = 0
    var trailsDiffer = 0
    try RunLedger(run: after).forEach { line in
      let id = line["id"]?.string ?? "?"
      let end = RecordEnd(line).text
      let old = ends.take(id)
      if old?.text != end {
        rows.count(id, Change(before: old?.text ?? Self.absent, after: end))
      } else if old?.trail == Self.trail(line) {
        same += 1
      } else {
        trailsDiffer += 1
      }
    }
    for (id, text) in ends.rest { rows.count(id, Change(before: text, after: Self.absent)) }
    self.same = same
    self.trailsDiffer = trailsDiffer
    self.rows = rows.sorted
  }

  /// The groups as they are found.
  private struct Rows {
    let samples: Int
    private var rows: [Change: Row] = [:]

    init(samples: Int) { self.samples = samples }

    mutating func count(_ id: String, _ change: Change) {
      rows[change, default: Row(change: change, count: 0, samples: [])].count += 1
      if rows[change]?.samples.count ?? 0 < samples { rows[change]?.samples.append(id) }
    }

    var sorted: [Row] {
      rows.values.sorted {
        ($1.count, $0.change.before, $0.change.after)
          < ($0.count, $1.change.before, $1.change.after)
      }
    }
  }

  /// What is said of a record that a run does not know.
  static let absent = "not there"

  /// A hash of all that happened to a record.
  fileprivate static func trail(_ line: JSONObject) -> UInt64 {
    StableHash.hash((line["events"] ?? .null).bytes)
  }

  /// The difference as JSON.
  public var object: JSONObject {
    let rows = rows.map { row -> JSONValue in
      [
        "before": .string(row.change.before), "after": .string(row.change.after),
        "records": .integer(row.count), "samples": .array(row.samples.map { .string($0) }),
      ]
    }
    return [
      "same": .integer(same), "trails_differ": .integer(trailsDiffer), "changed": .array(rows),
    ]
  }
}

/// The ends of all records of a run by their ids; equal ends are held once.
private struct EndTable {
  private var numbers: [RecordEnd: Int] = [:]
  private var texts: [String] = []
  private var records: [String: (end: Int, trail: UInt64)] = [:]

  mutating func add(_ line: JSONObject) {
    let end = RecordEnd(line)
    let number = numbers[end] ?? texts.count
    if number == texts.count {
      numbers[end] = number
      texts.append(end.text)
    }
    records[line["id"]?.string ?? "?"] = (number, LedgerDifference.trail(line))
  }

  /// Takes a record out.
  mutating func take(_ id: String) -> (text: String, trail: UInt64)? {
    records.removeValue(forKey: id).map { (texts[$0.end], $0.trail) }
  }

  /// The records that were not taken out, by their ids.
  var rest: [(id: String, text: String)] {
    records.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
      .map { ($0.key, texts[$0.value.end]) }
  }
}
