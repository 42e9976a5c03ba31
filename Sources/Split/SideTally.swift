import Records

/// What the checker counts of one side.
struct SideTally: Sendable {
  private let side: Side
  private let chance: ChanceSide
  /// How many originals.
  private(set) var count = 0
  private var labels: [String: Int] = [:]
  private var digest: UInt128 = 0
  private var contents: UInt128 = 0
  /// The times of originals, where time decides.
  private(set) var times: [Moment] = []
  /// How many records may have founded a family on this side.
  private(set) var decided = 0

  init(_ side: Side, _ chance: ChanceSide) {
    self.side = side
    self.chance = chance
  }

  /// Counts an original.
  mutating func add(_ record: SeenRecord) {
    count += 1
    if let label = record.label { labels[label, default: 0] += 1 }
    digest &+= record.text
    contents &+= record.contents
    if let moment = record.moment { times.append(moment) }
  }

  /// Counts a record, original or not, that a hash or a list would put here.
  mutating func noteChance(_ record: SeenRecord) {
    if chance.mayDecide(record, side) { decided += 1 }
  }

  /// Whether the side holds what a certificate says.
  func isSame(as claimed: SplitCertificate.SideSummary) -> Bool {
    count == claimed.records && digest == claimed.digest
      && (claimed.contents == nil || claimed.contents == contents)
      && claimed.earliest == times.min() && claimed.latest == times.max()
      && claimed.labels.count == labels.count
      && claimed.labels.allSatisfy { labels[$0.name] == $0.count }
  }
}

/// Where a hash of its group or its words puts a record, as a certificate says how.
struct ChanceSide: Sendable {
  private let shares: Shares?
  private let seed: UInt64
  private let given: [UInt128: Side]

  init(_ certificate: SplitCertificate, given: [UInt128: Side]) {
    shares =
      certificate.method == .hash
      ? Shares(
        train: certificate.shares[0], validation: certificate.shares[1],
        test: certificate.shares[2]) : nil
    seed = certificate.seed
    self.given = given
  }

  /// Whether a family that the record founded would be on a side.
  func mayDecide(_ record: SeenRecord, _ side: Side) -> Bool {
    guard let shares else { return false }
    if let name = record.name, let given = given[name] { return given == side }
    return shares.side(at: Shares.position(of: record.group ?? record.text, seed: seed)) == side
  }
}
