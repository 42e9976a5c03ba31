public import Records
public import Stages
import TextKit

/// Proves from the records of a finished run that its split is what the certificate says.
///
/// Code of its own: it knows nothing of how families were made. Show it every record, then ask.
///
/// ```swift
/// var checker = SplitChecker(certificate)
/// for record in records { checker.add(record) }
/// let findings = checker.findings()   // empty where nothing leaks
/// ```
/// About 250 bytes a record, those made by augmentation included.
public struct SplitChecker: Sendable {
  /// Faults kept in full; beyond that they are only counted.
  private static let most = 20

  private let certificate: SplitCertificate
  let fields: SeenRecord.Fields
  private var links = SeenLinks()
  /// What records ask that were made by augmentation, with their ids.
  private var children: [(text: UInt128, id: String)] = []
  /// The sides that lists of ids name, by the hashes of these.
  private let given: [UInt128: Side]
  private var givenFound: Set<UInt128> = []
  private var tallies: [SideTally]
  private var groups: Set<UInt128> = []
  private var ungrouped = 0
  private var faults: [SplitFault] = []
  /// How many faults there are, those not kept included.
  public private(set) var faultCount = 0

  /// A checker that has seen no record.
  public init(_ certificate: SplitCertificate) {
    self.certificate = certificate
    fields = SeenRecord.Fields(certificate)
    let names = certificate.given.flatMap { side in
      side.ids.map { (ContentHash.short($0), side.side) }
    }
    given = Dictionary(names) { first, _ in first }
    let chance = ChanceSide(certificate, given: given)
    tallies = Side.allCases.map { SideTally($0, chance) }
  }

  /// Looks at one record.
  public mutating func add(_ record: Record) { add(SeenRecord(record, fields)) }

  mutating func add(_ record: SeenRecord) {
    guard let side = record.side else {
      return note(.noSide, "\(record.id) is on no side of the split")
    }
    for fault in links.add(record, side) { note(fault) }
    tallies[side.index].noteChance(record)
    checkTime(record, side)
    guard record.isOriginal else {
      guard side == .train else {
        return note(
          .augmentedEvaluation, "\(record.id) was made from another record and is on side \(side)")
      }
      return children.append((record.text, record.id))
    }
    tallies[side.index].add(record)
    if let name = record.name, let wanted = given[name] {
      givenFound.insert(name)
      if wanted != side {
        note(.givenSide, "\(record.id) was given to side \(wanted) and is on side \(side)")
      }
    }
    if let group = record.group { groups.insert(group) } else { ungrouped += 1 }
  }

  /// Every record lies between the boundaries of its side.
  private mutating func checkTime(_ record: SeenRecord, _ side: Side) {
    guard let time = certificate.time else { return }
    guard let moment = record.moment else {
      if record.isOriginal { note(.time, "\(record.id) has no time") }
      return
    }
    let expected = time.boundaries.side(of: moment)
    if expected != side {
      note(.time, "\(record.id) is on side \(side), and its time, \(moment), is of \(expected)")
    }
  }

  private mutating func note(_ fault: SplitFault) {
    faultCount += 1
    if faults.count < Self.most { faults.append(fault) }
  }

  private mutating func note(_ kind: SplitFault.Kind, _ description: String) {
    note(SplitFault(kind, description))
  }

  /// What is wrong, in the order it was met; empty where the split is what the certificate says.
  ///
  /// With `isComplete` the originals must be exactly those that the split emitted; without, later
  /// stages may have dropped some.
  public func findings(isComplete: Bool = true) -> [SplitFault] {
    var findings = faults
    for child in children {
      guard findings.count < Self.most, let side = links.side(ofText: child.text),
        side.isEvaluation
      else { continue }
      findings.append(
        SplitFault(
          .sharedText, "the text of \(child.id), made by augmentation, is on side \(side) too"))
    }
    for (side, tally) in zip(Side.allCases, tallies) {
      let claimed = certificate[side]
      if isComplete ? !tally.isSame(as: claimed) : tally.count > claimed.records {
        findings.append(
          SplitFault(
            .otherRecords,
            "side \(side) holds \(tally.count) records, which are not the \(claimed.records) "
              + "certified"))
      }
    }
    if !isComplete, tallies.allSatisfy({ $0.count == 0 }),
      certificate.sides.contains(where: { $0.records > 0 })
    {
      findings.append(
        SplitFault(.otherRecords, "there is no record that anything could be proven by"))
    }
    // What follows holds of all records alone; where others are there, that is the fault to tell.
    guard isComplete, !findings.contains(where: { $0.kind == .otherRecords }) else {
      return findings
    }
    return findings + countFaults + familyFaults + chanceFaults + boundaryFaults
  }
}

// MARK: - What follows from all records

extension SplitChecker {
  private var countFaults: [SplitFault] {
    var faults: [SplitFault] = []
    if fields.group != nil,
      groups.count != certificate.groups || ungrouped != certificate.ungrouped
    {
      faults.append(
        SplitFault(
          .families,
          "\(groups.count) groups and \(ungrouped) records without one are there, not "
            + "\(certificate.groups) and \(certificate.ungrouped) as certified"))
    }
    if givenFound.count != given.count {
      faults.append(
        SplitFault(
          .givenSide,
          "\(given.count - givenFound.count) of the \(given.count) ids given to sides are those of "
            + "no record"))
    }
    return faults
  }

  /// Near duplicates join what shares no text, group or parent, so there are at most as many families as
  /// these alone make; without them, and without children that the split left out, just as many.
  private var familyFaults: [SplitFault] {
    let found = links.families()
    let isWhole =
      certificate.nearDuplicates == nil && children.isEmpty
      && certificate.leftOut["augmented-in-evaluation"] == nil
    var faults: [SplitFault] = []
    for side in Side.allCases {
      let (claimed, count) = (certificate[side].families, found.counts[side.index])
      let records = certificate[side].records
      guard isWhole ? claimed != count : claimed > count || (claimed == 0) != (records == 0) else {
        continue
      }
      faults.append(
        SplitFault(
          .families,
          "side \(side) has \(isWhole ? "" : "at most ")\(count) families, not \(claimed)"))
    }
    let (claimed, largest) = (certificate.largestFamily, found.largest)
    let sides = certificate.sides.map { $0.records - $0.families + ($0.families > 0 ? 1 : 0) }
    if isWhole ? claimed != largest : claimed < largest || claimed > sides.max() ?? 0 {
      faults.append(
        SplitFault(
          .families,
          "the largest family has \(isWhole ? "" : "at least ")\(largest) records, not \(claimed)"))
    }
    return faults
  }

  /// Where a hash decides, every family has a record whose hash is of the family's side.
  private var chanceFaults: [SplitFault] {
    guard certificate.method == .hash, certificate.version > 1 else { return [] }
    return Side.allCases.compactMap { side in
      let lost = side.isEvaluation ? certificate.leftOut["augmented-in-evaluation"]?.int ?? 0 : 0
      let possible = tallies[side.index].decided + lost
      guard certificate[side].families > possible else { return nil }
      return SplitFault(
        .chance,
        "the seed and the shares put \(possible) records on side \(side), too few for its "
          + "\(certificate[side].families) families")
    }
  }

  /// Where no record was left out for its family, boundaries that follow from shares can be drawn again:
  /// what has no time, or was made by augmentation, had no part in them.
  private var boundaryFaults: [SplitFault] {
    guard let time = certificate.time, !time.isGiven, certificate.leftOut["seen-earlier"] == nil,
      let shares = Shares(
        train: certificate.shares[0], validation: certificate.shares[1],
        test: certificate.shares[2])
    else { return [] }
    let drawn = TimeBoundaries(sharing: tallies.flatMap(\.times), shares)
    guard drawn != time.boundaries else { return [] }
    func told(_ moment: Moment?) -> String { moment?.description ?? "never" }
    return [
      SplitFault(
        .time,
        "by the shares validation begins \(told(drawn.validation)) and test \(told(drawn.test))")
    ]
  }
}

extension SplitCertificate {
  /// Proves the certificate from records that are all in memory, but for the similarity.
  /// - Returns: What is wrong; empty where nothing leaks.
  public func verify(_ records: some Sequence<Record>, isComplete: Bool = true) -> [SplitFault] {
    var checker = SplitChecker(self)
    for record in records { checker.add(record) }
    return checker.findings(isComplete: isComplete)
  }

  /// Proves the certificate from the files of a run, and searches them for near duplicates anew.
  ///
  /// - Parameters:
  ///   - records: The records as the run wrote them, `data/train.jsonl` and its like.
  ///   - isComplete: Whether these are all originals that the split emitted.
  /// - Returns: What is wrong; empty where nothing leaks.
  public func verify(_ records: [RecordCollection], isComplete: Bool = true) throws -> [SplitFault]
  {
    var checker = SplitChecker(self)
    var sides: [Side?] = []
    for part in records {
      let fields = checker.fields
      try part.forEachBatch {
        SeenRecord($0, fields)
      } _: { batch in
        for record in batch {
          checker.add(record)
          sides.append(record.isOriginal ? record.side : nil)
        }
      }
    }
    var faults = checker.findings(isComplete: isComplete)
    if let nearDuplicates,
      let pair = try CrossSideJoin.find(in: records, sides: sides, from: nearDuplicates)
    {
      faults.append(
        SplitFault(
          .nearDuplicates,
          "\(pair.first), on side \(pair.firstSide), and \(pair.second), on side "
            + "\(pair.secondSide), are \(pair.similarity) alike"))
    }
    // The search may meet other pairs among fewer records, so only the same records compare.
    guard isComplete else { return faults }
    let pair = try NearestPair.find(in: records, sides: sides)
    let found = pair?.similarity ?? 0
    if let nearDuplicates, found >= nearDuplicates,
      !faults.contains(where: { $0.kind == .nearDuplicates })
    {
      faults.append(
        SplitFault(.nearDuplicates, "two records on different sides are \(found) alike"))
    }
    if pair != nearest { faults.append(Self.otherPair(pair, than: nearest)) }
    return faults
  }

  private static func otherPair(_ found: NearestPair?, than claimed: NearestPair?) -> SplitFault {
    func told(_ pair: NearestPair?) -> String {
      pair.map { "\($0.first) and \($0.second), \($0.similarity)" } ?? "none"
    }
    return SplitFault(
      .similarity,
      "the two records on different sides that are most alike are \(told(found)), not "
        + "\(told(claimed)) as certified")
  }
}
