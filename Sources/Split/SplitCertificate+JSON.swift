public import Records
import Stages

/// The certificate as a file.
extension SplitCertificate {
  /// The certificate as JSON, with shares reached beside shares asked for, and a checksum.
  public var json: JSONValue {
    .object(version == 1 ? members : Self.sealed(members))
  }

  /// A certificate's members with the checksum of all others, so that no edit by hand goes unnoticed.
  ///
  /// Whoever computes it anew is left with what the records themselves prove.
  package static func sealed(_ members: JSONObject) -> JSONObject {
    var object = members.without([checksumKey])
    object[checksumKey] = .string(ContentHash.of(JSONValue.object(object).text))
    return object
  }

  private static let checksumKey = "checksum"

  private var members: JSONObject {
    let all = sides.reduce(0) { $0 + $1.records }
    let families = sides.reduce(0) { $0 + $1.families }
    var object: JSONObject = [
      "version": .integer(version), "method": .string(method.rawValue), "seed": .string("\(seed)"),
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
    if let time { object["time"] = time.json }
    if !given.isEmpty { object["given"] = givenJSON }
    object["sides"] = .object(
      JSONObject(Side.allCases.map { ($0.rawValue, json(self[$0], of: all)) }))
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
    return object
  }

  private var givenJSON: JSONValue {
    var object: JSONObject = ["id_field": idField.map { .string($0) } ?? .null]
    for side in given { object[side.side.rawValue] = side.json }
    return .object(object)
  }

  private func json(_ side: SideSummary, of all: Int) -> JSONValue {
    let share = all == 0 ? 0 : (Double(side.records) / Double(all) * 1e6).rounded() / 1e6
    var object: JSONObject = [
      "records": .integer(side.records), "families": .integer(side.families),
      "share": .real(share),
      "labels": .object(JSONObject(side.labels.map { ($0.name, .integer($0.count)) })),
      "digest": .string(String(side.digest, radix: 16)),
    ]
    if let contents = side.contents { object["contents"] = .string(String(contents, radix: 16)) }
    if time != nil {
      object["earliest"] = side.earliest.json
      object["latest"] = side.latest.json
    }
    return .object(object)
  }
}

// MARK: - Reading

extension SplitCertificate {
  /// Reads what `json` wrote.
  /// - Throws: `SplitFault` naming the first member that is not as it should be, or that does not
  ///   follow from the others.
  public init(json: JSONValue) throws(SplitFault) {
    func member<Value>(_ path: String, _ value: Value?) throws(SplitFault) -> Value {
      guard let value else {
        throw SplitFault(.unreadable, "the certificate's '\(path)' is missing or malformed")
      }
      return value
    }
    guard let version = json["version"]?.int, 1...Self.currentVersion ~= version else {
      throw SplitFault(
        .unreadable, "the certificate is not of version 1 or \(Self.currentVersion)")
    }
    self.version = version
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
    time = try json["time"].map { json throws(SplitFault) in
      try member("time", TimeSplit(json: json))
    }
    idField = json["given"]?["id_field"]?.string
    var given: [GivenSide] = []
    for side in Side.allCases {
      guard let list = json["given"]?[side.rawValue] else { continue }
      given.append(try member("given.\(side)", GivenSide(list, side: side)))
    }
    self.given = given
    leftOut = try member("left_out", json["left_out"]?.object)
    let pair = try member("nearest_pair", json["nearest_pair"])
    nearest = pair.isNull ? nil : try member("nearest_pair", NearestPair(json: pair))
    try checkForm(json)
  }

  /// What is written must be what the certificate would write of itself.
  private func checkForm(_ json: JSONValue) throws(SplitFault) {
    let (found, expected) = (json.object ?? [:], self.json.object ?? [:])
    // The checksum tells the most, and what only that shows comes last.
    let keys = (expected.keys + found.keys).filter { $0 != Self.checksumKey }
    for key in keys where found[key] != expected[key] {
      throw SplitFault(
        .unreadable, "the certificate's '\(key)' does not agree with the rest of it")
    }
    guard found[Self.checksumKey] == expected[Self.checksumKey] else {
      throw SplitFault(
        .unreadable, "the certificate has been edited: its checksum is not that of the rest")
    }
    guard sides.allSatisfy({ ($0.contents != nil) == (version > 1) }),
      (method == .time) == (time != nil), stratify.map({ Strata($0) != nil }) != false,
      group.map({ Selector($0) != nil }) != false, idField.map({ Selector($0) != nil }) != false,
      Shares(train: shares[0], validation: shares[1], test: shares[2]) != nil,
      version > 1 || time == nil && given.isEmpty
    else {
      throw SplitFault(.unreadable, "its version, method, fields or shares make no sense")
    }
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
    contents = json["contents"]?.string.flatMap { UInt128($0, radix: 16) }
    earliest = json["earliest"]?.string.flatMap { Moment($0) }
    latest = json["latest"]?.string.flatMap { Moment($0) }
  }
}

extension SplitCertificate.TimeSplit {
  fileprivate var json: JSONValue {
    [
      "field": .string(field), "boundaries": .string(isGiven ? "given" : "shares"),
      "validation_from": boundaries.validation.json, "test_from": boundaries.test.json,
    ]
  }

  fileprivate init?(json: JSONValue) {
    guard let field = json["field"]?.string, Selector(field) != nil,
      let boundaries = json["boundaries"]?.string
    else { return nil }
    self.field = field
    isGiven = boundaries == "given"
    self.boundaries = TimeBoundaries(
      validation: json["validation_from"]?.string.flatMap { Moment($0) },
      test: json["test_from"]?.string.flatMap { Moment($0) })
  }
}

extension Moment? {
  fileprivate var json: JSONValue { map { .string($0.description) } ?? .null }
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
