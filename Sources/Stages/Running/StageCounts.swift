public import Records

/// What became of the records of a stage.
public struct StageCounts: Sendable, Hashable {
  /// Records that came in; for a source, raw records read.
  public var incoming = 0
  /// Records that the stage made: children and parts.
  public var made = 0
  /// Records that go on, made ones included.
  public var kept = 0
  /// Records that ended, by reason.
  public var dropped: [String: Int] = [:]
  /// Records that another one stands for.
  public var merged = 0
  /// Records put aside as faulty, by kind of fault.
  public var quarantined: [String: Int] = [:]
  /// Records replaced by their parts.
  public var expanded = 0
  /// Records whose content the stage changed.
  public var changed = 0

  /// Nothing yet.
  public init() {}

  /// All dropped records.
  public var droppedTotal: Int { dropped.values.reduce(0, +) }
  /// All quarantined records.
  public var quarantinedTotal: Int { quarantined.values.reduce(0, +) }

  /// Whether every record is accounted for.
  public var balances: Bool {
    incoming + made == kept + droppedTotal + merged + quarantinedTotal + expanded
  }

  /// Adds the counts of other records of the same stage.
  public static func += (left: inout StageCounts, right: StageCounts) {
    left.incoming += right.incoming
    left.made += right.made
    left.kept += right.kept
    left.dropped.merge(right.dropped, uniquingKeysWith: +)
    left.merged += right.merged
    left.quarantined.merge(right.quarantined, uniquingKeysWith: +)
    left.expanded += right.expanded
    left.changed += right.changed
  }

  /// The counts as they are written to files, reasons in alphabetical order.
  public var object: JSONObject {
    [
      "in": .integer(incoming), "made": .integer(made), "kept": .integer(kept),
      "changed": .integer(changed), "dropped": Self.json(dropped), "merged": .integer(merged),
      "quarantined": Self.json(quarantined), "expanded": .integer(expanded),
    ]
  }

  /// Reads what `object` wrote.
  public init(object: JSONObject) {
    func integer(_ key: String) -> Int { object[key]?.int ?? 0 }
    incoming = integer("in")
    made = integer("made")
    kept = integer("kept")
    changed = integer("changed")
    dropped = Self.counts(object["dropped"])
    merged = integer("merged")
    quarantined = Self.counts(object["quarantined"])
    expanded = integer("expanded")
  }

  private static func json(_ counts: [String: Int]) -> JSONValue {
    .object(JSONObject(counts.sorted { $0.key < $1.key }.map { ($0.key, .integer($0.value)) }))
  }

  private static func counts(_ value: JSONValue?) -> [String: Int] {
    let members = value?.object?.members ?? []
    return Dictionary(
      members.map { ($0.key, $0.value.int ?? 0) }, uniquingKeysWith: { $1 })
  }
}
