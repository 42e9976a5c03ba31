import Records

/// `split.certificate.json`: the proof that no family of records lies on two sides.
struct CertificateFile {
  /// One side of the split.
  struct Side {
    let name: String
    let records: Int
    let families: Int?
    let share: Double?
    /// When its earliest and latest records are of, in a split by time.
    let earliest, latest: String?
  }

  let method: String?
  let sides: [Side]
  let families: Int?
  let groups: Int?
  let largestSimilarity: Double?
  let edgesCut: Int?
  let bridgesDropped: Int?
  /// How many records were left out of later sides, as their families began on earlier ones.
  let seenEarlier: Int?
  /// What records were shared out by.
  let strata: String?
  /// The field that holds times, and where validation and test begin.
  let timeField, validationFrom, testFrom: String?
  /// How many records lists of ids put on sides, and how many ids were those of none.
  let given: [(side: String, ids: Int, missing: Int)]
  let seed: String?
  /// The most similar records on different sides, and how similar they are.
  let nearest: (similarity: Double, records: [(id: String, side: String)])?
  /// How similarity was measured, in words.
  let measure: String?

  /// Nil when there are no sides.
  init?(_ json: JSONValue) {
    guard let members = json["sides"]?.object?.members else { return nil }
    sides = members.map { side in
      Side(
        name: side.key, records: side.value["records"]?.count ?? 0,
        families: side.value["families"]?.count, share: side.value["share"]?.double,
        earliest: side.value["earliest"]?.string, latest: side.value["latest"]?.string)
    }
    method = json["method"]?.string
    families = json["families"]?.count
    groups = json["groups"]?.count
    largestSimilarity = json["largest_cross_split_similarity"]?.double
    edgesCut = json["edges_cut"]?.count
    bridgesDropped = json["bridges_dropped"]?.count
    seenEarlier = json["left_out"]?["seen-earlier"]?.count
    strata = json["stratify"]?.string
    timeField = json["time"]?["field"]?.string
    validationFrom = json["time"]?["validation_from"]?.string
    testFrom = json["time"]?["test_from"]?.string
    given = (json["given"]?.object?.members ?? []).compactMap { member in
      member.value["ids"]?.array.map {
        (side: member.key, ids: $0.count, missing: member.value["missing"]?.count ?? 0)
      }
    }
    seed = json["seed"].map { $0.string ?? $0.text }
    nearest = Self.nearest(json["nearest_pair"])
    measure = json["similarity"]?["measure"]?.string
  }

  private static func nearest(
    _ json: JSONValue?
  ) -> (similarity: Double, records: [(id: String, side: String)])? {
    let records = (json?["records"]?.array ?? []).compactMap {
      record -> (id: String, side: String)? in
      guard let id = record["id"]?.string, let side = record["side"]?.string else { return nil }
      return (id, side)
    }
    guard records.count == 2, let similarity = json?["similarity"]?.double else { return nil }
    return (similarity, records)
  }
}
