import Records

/// `data/summary.json`: what each side of the data is like.
struct SummaryFile {
  struct Side {
    let name: String
    let records: Int
    /// Characters of a record: the middle one, that which 95 of 100 do not exceed, and the most.
    let median: Int?
    let p95: Int?
    let longest: Int?
    /// How many records have at most so many characters, and more than the bin before.
    let lengths: [(atMost: Int, records: Int)]
    /// Classes and languages by name, the most frequent first.
    let labels: [(name: String, records: Int)]
    let languages: [(name: String, records: Int)]
  }

  let sides: [Side]
  let warnings: [String]

  /// Nil when there is no side.
  init?(_ json: JSONValue) {
    sides = ["train", "validation", "test"].compactMap { name in
      json[name].flatMap { Side(name: name, $0) }
    }
    warnings = json["warnings"]?.array?.compactMap(\.string) ?? []
    if sides.isEmpty { return nil }
  }
}

extension SummaryFile.Side {
  init?(name: String, _ json: JSONValue) {
    guard let records = json["records"]?.count else { return nil }
    self.name = name
    self.records = records
    let characters = json["characters"]
    median = characters?["median"]?.count
    p95 = characters?["p95"]?.count
    longest = characters?["longest"]?.count
    lengths = (characters?["histogram"]?.array ?? []).compactMap { bin in
      guard let atMost = bin["at_most"]?.count, let records = bin["records"]?.count else {
        return nil
      }
      return (atMost, records)
    }
    labels = Self.counts(json["labels"])
    languages = Self.counts(json["languages"])
  }

  private static func counts(_ json: JSONValue?) -> [(name: String, records: Int)] {
    (json?.object?.members ?? []).map { (name: $0.key, records: $0.value.count ?? 0) }
      .sorted { ($1.records, $0.name) < ($0.records, $1.name) }
  }
}
