public import Records

/// What a split claims: how many records each side holds, what binds them, and that nothing leaks.
///
/// Written as `split.certificate.json` into the run folder. `SplitChecker` proves it anew from the
/// records, by code of its own.
public struct SplitCertificate: Sendable, Hashable {
  /// The file's name in a run folder.
  public static let fileName = "split.certificate.json"

  /// How sides were chosen.
  public enum Method: String, Sendable, Hashable {
    /// By a hash of each family: stable when records are added, proportions approximate.
    case hash
    /// By sharing out each class to the record.
    case exact
    /// By the records' time.
    case time
  }

  /// How many originals have a label.
  public struct LabelCount: Sendable, Hashable {
    /// The label as text.
    public let name: String
    /// How many originals of the side have it.
    public var count: Int
  }

  /// What one side holds, counting originals.
  public struct SideSummary: Sendable, Hashable {
    /// How many originals.
    public var records = 0
    /// How many families.
    public var families = 0
    /// How many originals have each label, in the order of the labels' bytes.
    public var labels: [LabelCount] = []
    /// A sum of hashes over what the originals ask: the same for the same texts in any order.
    public var digest: UInt128 = 0
    /// Likewise over all that the originals hold; nil in certificates of version 1, which lack it.
    public var contents: UInt128?
    /// When the earliest original is of, in a split by time.
    public var earliest: Moment?
    /// When the latest is of.
    public var latest: Moment?
  }

  /// How a split by time was made.
  public struct TimeSplit: Sendable, Hashable {
    /// What names a record's time.
    public let field: String
    /// Whether boundaries were given; they follow from shares elsewhere.
    public let isGiven: Bool
    /// Where sides begin.
    public let boundaries: TimeBoundaries
  }

  /// The version of the form that certificates are written in.
  static let currentVersion = 2

  /// The version of the form; 1 has no digests of contents and no checksum.
  let version: Int

  /// How sides were chosen.
  public let method: Method
  /// The seed of the run.
  public let seed: UInt64
  /// The shares that were asked for, in the order of `Side.allCases`; 0 for a side that was given.
  public let shares: [Double]
  /// What classes were taken from; nil where they played no part.
  public let stratify: String?
  /// What kept records together besides their texts; nil where nothing did.
  public let group: String?
  /// The Jaccard similarity from which records were kept together; nil where it played no part.
  public let nearDuplicates: Double?
  /// How time decided; nil where it played no part.
  public let time: TimeSplit?
  /// What sides were given by lists of ids.
  public let given: [GivenSide]
  /// What held these ids; nil for the records' own.
  public let idField: String?
  /// What each side holds, in the order of `Side.allCases`.
  public internal(set) var sides: [SideSummary]
  /// How many originals the largest family has.
  public let largestFamily: Int
  /// How many different groups there are.
  public let groups: Int
  /// How many originals have no group, where groups were asked for.
  public let ungrouped: Int
  /// How many records were left out, by reason.
  public let leftOut: JSONObject
  /// The two originals on different sides that have most in common; nil where none were found.
  public let nearest: NearestPair?

  /// What a side holds.
  public subscript(side: Side) -> SideSummary { sides[side.index] }

  /// Sides that were asked for and hold nothing, because there are few families and chance had it so.
  public var emptySides: [Side] {
    Side.allCases.filter { isWanted($0) && self[$0].records == 0 }
  }

  private func isWanted(_ side: Side) -> Bool {
    guard let time, time.isGiven else {
      return shares[side.index] > 0 || given.contains { $0.side == side }
    }
    return switch side {
    case .train: true
    case .validation: time.boundaries.validation != nil
    case .test: time.boundaries.test != nil
    }
  }

  /// What people should know of the split, one sentence each.
  public var warnings: [String] {
    var warnings = given.filter { $0.missing > 0 }.map { given in
      "split: \(given.missing) of \(given.missing + given.ids.count) ids in the list of "
        + "\(given.side) are those of no record, which may have been dropped before: "
        + given.examples.joined(separator: ", ")
    }
    if sides.contains(where: { $0.records > 0 }), !emptySides.isEmpty {
      warnings.append(
        "split: no record is on side \(emptySides.map(\.rawValue).joined(separator: " or ")), though it "
          + "was asked for: there are few families, or few different times")
    }
    if let late = leftOut["seen-earlier"]?.int, late > 0 {
      warnings.append(
        "split: left out of later sides, as earlier records of their families are on earlier ones "
          + "('seen-earlier' in the ledger): \(late)")
    }
    return warnings
  }
}

extension SplitCertificate.SideSummary {
  /// Looks at the time of an original.
  mutating func note(_ time: Moment) {
    earliest = min(earliest ?? time, time)
    latest = max(latest ?? time, time)
  }
}

extension SplitCertificate {
  /// Sums up a split.
  init(
    _ plan: SplitPlan, _ keys: [RecordKeys], _ rules: SplitRules, _ given: [GivenSide],
    _ nearest: NearestPair?
  ) {
    var tally = SplitTally(rules)
    for (index, record) in keys.enumerated() { tally.add(record, plan, index) }
    version = Self.currentVersion
    method = rules.time != nil ? .time : rules.isExact ? .exact : .hash
    seed = rules.seed
    shares = rules.shares.parts
    stratify = rules.strata?.description
    group = rules.group?.description
    nearDuplicates = rules.similarity
    time = rules.time.flatMap { time in
      plan.boundaries.map {
        TimeSplit(field: time.field.description, isGiven: time.given != nil, boundaries: $0)
      }
    }
    self.given = given
    idField = rules.given.field?.description
    sides = tally.summaries
    largestFamily = tally.familySizes.values.max() ?? 0
    groups = tally.groups.count
    ungrouped = rules.group == nil ? 0 : tally.ungrouped
    leftOut = JSONObject(tally.leftOut.sorted { $0.key < $1.key }.map { ($0, .integer($1)) })
    self.nearest = nearest
  }
}

/// Counts what a certificate says.
private struct SplitTally {
  private let rules: SplitRules
  var familySizes: [Int32: Int] = [:]
  var groups: Set<UInt128> = []
  var ungrouped = 0
  var leftOut: [String: Int] = [:]
  private var sides = [SplitCertificate.SideSummary](
    repeating: .init(contents: 0), count: Side.allCases.count)
  private var labels = [[String: Int]](repeating: [:], count: Side.allCases.count)

  init(_ rules: SplitRules) { self.rules = rules }

  mutating func add(_ record: RecordKeys, _ plan: SplitPlan, _ index: Int) {
    guard let side = plan.side(of: index) else {
      leftOut[plan.decisions[index].code(rules), default: 0] += 1
      return
    }
    guard !record.isAugmented else { return }
    sides[side.index].records += 1
    sides[side.index].digest &+= record.text
    sides[side.index].contents? &+= record.contents
    if let time = record.time { sides[side.index].note(time) }
    let size = familySizes[plan.families[index], default: 0]
    if size == 0 { sides[side.index].families += 1 }
    familySizes[plan.families[index]] = size + 1
    if let label = record.label { labels[side.index][label, default: 0] += 1 }
    if let group = record.group {
      groups.insert(group)
    } else {
      ungrouped += 1
    }
  }

  /// The sides with their labels in order.
  var summaries: [SplitCertificate.SideSummary] {
    zip(sides, labels).map { side, labels in
      var side = side
      let order = rules.strata ?? .value(.all)
      side.labels = labels.sorted { order.precedes($0.key, $1.key) }
        .map { SplitCertificate.LabelCount(name: $0, count: $1) }
      return side
    }
  }
}
