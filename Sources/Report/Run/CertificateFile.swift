import Records

/// `split.certificate.json`: the proof that no family of records lies on two sides.
struct CertificateFile {
  /// One side of the split.
  struct Side {
    let name: String
    let records: Int
    let families: Int?
    let share: Double?
  }

  let method: String?
  let sides: [Side]
  let families: Int?
  let groups: Int?
  let largestSimilarity: Double?
  let edgesCut: Int?
  let bridgesDropped: Int?
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
        families: side.value["families"]?.count, share: side.value["share"]?.double)
    }
    method = json["method"]?.string
    families = json["families"]?.count
    groups = json["groups"]?.count
    largestSimilarity = json["largest_cross_split_similarity"]?.double
    edgesCut = json["edges_cut"]?.count
    bridgesDropped = json["bridges_dropped"]?.count
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
