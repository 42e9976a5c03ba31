import Records

/// `metrics.json`: what each side of the split scored, and how training went.
struct MetricsFile {
  /// One side's metrics.
  struct Side {
    /// Single numbers by name, in the file's order.
    let numbers: [(name: String, value: Double)]
    let confusion: Confusion?
    let classes: [ClassRow]
    /// Metrics that could not be computed, and why.
    let unavailable: [(name: String, reason: String)]
    /// Remarks by metric.
    let notes: [(name: String, note: String)]

    /// A number by its metric's name.
    subscript(name: String) -> Double? { numbers.first { $0.name == name }?.value }
  }

  /// Counts of references (rows) against predictions (columns); square by construction.
  struct Confusion {
    let labels: [String]
    let counts: [[Int]]

    var total: Int { counts.reduce(0) { $0 + $1.reduce(0, +) } }
    var hits: Int { labels.indices.reduce(0) { $0 + counts[$1][$1] } }
  }

  /// A row of the table of classes.
  struct ClassRow {
    let label: String
    let precision: Double
    let recall: Double
    let f1: Double
    let support: Int
  }

  let test: Side?
  let validation: Side?
  let history: History?
  /// What the model could do before training and after, on data that it is not about.
  let forgetting: Forgetting?

  /// Scores on data that the training is not about.
  struct Forgetting {
    let before: Side
    let after: Side
    let records: Int
  }

  init(_ json: JSONValue) {
    test = json["test"].flatMap(Side.init)
    validation = json["validation"].flatMap(Side.init)
    history = json["train"].flatMap(History.init(train:))
    forgetting = json["forgetting"].flatMap(Forgetting.init)
  }
}

extension MetricsFile.Side {
  init?(_ json: JSONValue) {
    guard let object = json.object else { return nil }
    numbers = object.members.compactMap { member in
      member.value.double.map { (member.key, $0) }
    }
    confusion = json["confusion"].flatMap(MetricsFile.Confusion.init)
    classes = (json["classes"]?.object?.members ?? []).compactMap(MetricsFile.ClassRow.init)
    unavailable = Self.sentences(json["unavailable"]).map { ($0, $1) }
    notes = Self.sentences(json["notes"]).map { ($0, $1) }
  }

  private static func sentences(_ json: JSONValue?) -> [(String, String)] {
    (json?.object?.members ?? []).compactMap { member in
      member.value.string.map { (member.key, $0) }
    }
  }
}

extension MetricsFile.Forgetting {
  init?(_ json: JSONValue) {
    guard let before = json["before"].flatMap(MetricsFile.Side.init),
      let after = json["after"].flatMap(MetricsFile.Side.init)
    else { return nil }
    (self.before, self.after, records) = (before, after, json["records"]?.count ?? 0)
  }
}

extension MetricsFile.Confusion {
  /// Nil when the matrix is not square, or holds something other than counts.
  init?(_ json: JSONValue) {
    guard let names = json["labels"]?.array, let rows = json["counts"]?.array else { return nil }
    labels = names.map { $0.string ?? $0.text }
    counts = rows.map { ($0.array ?? []).compactMap(\.count) }
    guard counts.count == labels.count, counts.allSatisfy({ $0.count == names.count })
    else { return nil }
  }
}

extension MetricsFile.ClassRow {
  init?(_ member: JSONObject.Member) {
    guard member.value.object != nil else { return nil }
    label = member.key
    precision = member.value["precision"]?.double ?? .nan
    recall = member.value["recall"]?.double ?? .nan
    f1 = member.value["f1"]?.double ?? .nan
    support = member.value["support"]?.count ?? 0
  }
}
