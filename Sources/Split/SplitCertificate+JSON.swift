public import Records

/// The certificate as a file.
extension SplitCertificate {
  /// The certificate as JSON, with shares reached beside shares asked for.
  public var json: JSONValue {
    let all = sides.reduce(0) { $0 + $1.records }
    let families = sides.reduce(0) { $0 + $1.families }
    var object: JSONObject = [
      "version": 1, "method": .string(method.rawValue), "seed": .string("\(seed)"),
      "shares": .object(JSONObject(Side.allCases.map { ($0.rawValue, .real(shares[$0.index])) })),
      "stratify": stratify.map { .string($0) } ?? .null,
      "group": group.map { .string($0) } ?? .null,
      "near_duplicates": nearDuplicates.map { .real($0) } ?? .null, "records": .integer(all),
      "families": .integer(families), "largest_family": .integer(largestFamily),
    ]
    if group != nil {
      object["groups"] = .integer(groups)
      object["ungrouped"] = .integer(ungrouped)
    }
    object["sides"] = .object(
      JSONObject(Side.allCases.map { ($0.rawValue, Self.json(self[$0], of: all)) }))
    object["empty_sides"] = .array(emptySides.map { .string($0.rawValue) })
    // What binds records to families, and how much of it runs between sides.
    object["edges"] = .integer(all - families)
    object["edges_cut"] = 0
    object["left_out"] = .object(leftOut)
    object["bridges_dropped"] = leftOut["bridges-split"] ?? 0
    object["largest_cross_split_similarity"] = .real(nearest?.similarity ?? 0)
    object["nearest_pair"] = nearest?.json ?? .null
    object["similarity"] = [
      "measure": .string("Jaccard of \(NearestPair.Limits.width)-word shingles"),
      "search": .string(
        "MinHash, \(NearestPair.Limits.signature) values in \(NearestPair.Limits.bands) bands; "
          + "pairs below 0.5 may be missed"),
    ]
    return .object(object)
  }

  private static func json(_ side: SideSummary, of all: Int) -> JSONValue {
    let share = all == 0 ? 0 : (Double(side.records) / Double(all) * 1e6).rounded() / 1e6
    return [
      "records": .integer(side.records), "families": .integer(side.families),
      "share": .real(share),
      "labels": .object(JSONObject(side.labels.map { ($0.name, .integer($0.count)) })),
      "digest": .string(String(side.digest, radix: 16)),
    ]
  }

  /// Reads what `json` wrote.
  /// - Throws: `SplitFault` naming the first member that is not as it should be.
  public init(json: JSONValue) throws(SplitFault) {
    func member<Value>(_ path: String, _ value: Value?) throws(SplitFault) -> Value {
      guard let value else {
        throw SplitFault(.unreadable, "the certificate's '\(path)' is missing or malformed")
      }
      return value
    }
    guard json["version"]?.int == 1 else {
      throw SplitFault(.unreadable, "the certificate is not of version 1")
    }
    method = try member("method", json["method"]?.string.flatMap(Method.init))
    seed = try member("seed", json["seed"]?.string.flatMap { UInt64($0) })
    var shares: [Double] = []
    var sides: [SideSummary] = []
    for side in Side.allCases {
      shares.append(try member("shares.\(side)", json["shares"]?[side.rawValue]?.double))
      sides.append(
        try member("sides.\(side)", json["sides"]?[side.rawValue].flatMap(SideSummary.init)))
    }
    self.shares = shares
    self.sides = sides
    stratify = json["stratify"]?.string
    group = json["group"]?.string
    let least = try member("near_duplicates", json["near_duplicates"])
    nearDuplicates =
      least.isNull
      ? nil
      : try member(
        "near_duplicates", least.double.flatMap { NearestPair.range.contains($0) ? $0 : nil })
    largestFamily = try member("largest_family", json["largest_family"]?.int)
    groups = json["groups"]?.int ?? 0
    ungrouped = json["ungrouped"]?.int ?? 0
    leftOut = try member("left_out", json["left_out"]?.object)
    let pair = try member("nearest_pair", json["nearest_pair"])
    nearest = pair.isNull ? nil : try member("nearest_pair", NearestPair(json: pair))
  }
}

extension SplitCertificate.SideSummary {
  fileprivate init?(_ json: JSONValue) {
    guard let records = json["records"]?.int, let families = json["families"]?.int,
      let labels = json["labels"]?.object,
      let digest = json["digest"]?.string.flatMap({ UInt128($0, radix: 16) })
    else { return nil }
    self.records = records
    self.families = families
    self.digest = digest
    self.labels = labels.members.map { .init(name: $0.key, count: $0.value.int ?? 0) }
  }
}

extension NearestPair {
  /// The pair as the certificate shows it.
  fileprivate var json: JSONValue {
    [
      "similarity": .real(similarity),
      "records": [
        ["id": .string(first), "side": .string(firstSide.rawValue)],
        ["id": .string(second), "side": .string(secondSide.rawValue)],
      ],
    ]
  }

  fileprivate init?(json: JSONValue) {
    guard let similarity = json["similarity"]?.double, let records = json["records"]?.array,
      records.count == 2, let first = records[0]["id"]?.string,
      let second = records[1]["id"]?.string,
      let firstSide = records[0]["side"]?.string.flatMap(Side.init),
      let secondSide = records[1]["side"]?.string.flatMap(Side.init)
    else { return nil }
    self.init(
      similarity: similarity, first: first, firstSide: firstSide, second: second,
      secondSide: secondSide)
  }
}
