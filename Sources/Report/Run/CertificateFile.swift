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
  }
}
