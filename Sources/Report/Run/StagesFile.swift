import Records

/// `stages.json`: how many records each stage took, made and gave.
struct StagesFile {
  /// One stage's counts: a record is kept, dropped, merged, quarantined or expanded.
  struct Stage {
    let name: String
    let taken: Int
    let made: Int
    let kept: Int
    let dropped: [(reason: String, count: Int)]
    let merged: Int
    let quarantined: [(reason: String, count: Int)]
    let expanded: Int
    /// Records whose content the stage changed; they are among those kept.
    let changed: Int

    var droppedCount: Int { dropped.reduce(0) { $0 + $1.count } }
    var quarantinedCount: Int { quarantined.reduce(0) { $0 + $1.count } }

    /// Records that did not go on.
    var ended: Int { droppedCount + merged + quarantinedCount + expanded }

    /// Records that the fates do not account for; 0 in a sound run.
    var unaccounted: Int {
      taken + made - kept - ended
    }
  }

  let stages: [Stage]
  let total: Stage?

  /// Reads the file of a run.
  static func read(from folder: RunFolder) -> Part<StagesFile> {
    folder.object("stages.json").read(as: "list of stages") { StagesFile($0) }
  }

  /// Nil when there is no list of stages.
  init?(_ json: JSONValue) {
    guard let list = json["stages"]?.array else { return nil }
    stages = list.map(Stage.init)
    total = json["total"].flatMap { $0.object == nil ? nil : Stage($0) }
  }
}

extension StagesFile.Stage {
  init(_ json: JSONValue) {
    name = json["name"]?.string ?? "?"
    taken = json["in"]?.count ?? 0
    made = json["made"]?.count ?? 0
    kept = json["kept"]?.count ?? 0
    merged = json["merged"]?.count ?? 0
    expanded = json["expanded"]?.count ?? 0
    changed = json["changed"]?.count ?? 0
    dropped = Self.reasons(json["dropped"])
    quarantined = Self.reasons(json["quarantined"])
  }

  /// Reasons with their counts, most frequent first; a bare number is a reason without a name.
  private static func reasons(_ json: JSONValue?) -> [(reason: String, count: Int)] {
    if let count = json?.count { return count == 0 ? [] : [("no reason given", count)] }
    let members = json?.object?.members ?? []
    return members.map { (reason: $0.key, count: $0.value.count ?? 0) }
      .filter { $0.count != 0 }
      .sorted { ($1.count, $0.reason) < ($0.count, $1.reason) }
  }
}
