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
/// About 150 bytes a record, those made by augmentation included.
public struct SplitChecker: Sendable {
  /// Faults kept in full; beyond that they are only counted.
  private static let most = 20

  private let certificate: SplitCertificate
  private let group: Selector?
  /// The side that each text, group and record was first seen on.
  private var texts: [UInt128: Side] = [:]
  private var groups: [UInt128: Side] = [:]
  private var records: [UInt128: Side] = [:]
  /// What records ask that were made by augmentation, with their ids.
  private var children: [(text: UInt128, id: String)] = []
  /// Children that came before their parents.
  private var waiting: [UInt128: Side] = [:]
  private var counts = [Int](repeating: 0, count: Side.allCases.count)
  private var labels = [[String: Int]](repeating: [:], count: Side.allCases.count)
  private var digests = [UInt128](repeating: 0, count: Side.allCases.count)
  private var faults: [SplitFault] = []
  /// How many faults there are, those not kept included.
  public private(set) var faultCount = 0

  /// A checker that has seen no record.
  public init(_ certificate: SplitCertificate) {
    self.certificate = certificate
    group = certificate.group.flatMap { Selector($0) }
  }

  /// Looks at one record.
  public mutating func add(_ record: Record) {
    guard let side = record.side else {
      return note(.noSide, "\(record.id) is on no side of the split")
    }
    checkLineage(record, side)
    if record.augmentedBy != nil {
      guard side == .train else {
        return note(
          .augmentedEvaluation, "\(record.id) was made from another record and is on side \(side)")
      }
      return children.append((Self.key(of: record), record.id))
    }
    let text = Self.key(of: record)
    counts[side.index] += 1
    let selector = certificate.stratify.flatMap { Selector($0) }
    if let label = selector.map({ record.value(of: $0) }) ?? record.label?.name {
      labels[side.index][label, default: 0] += 1
    }
    digests[side.index] &+= text
    if let other = texts.updateValue(side, forKey: text), other != side {
      note(.sharedText, "the text of \(record.id), on side \(side), is on side \(other) too")
    }
    guard let group, let value = record.value(of: group) else { return }
    if let other = groups.updateValue(side, forKey: ContentHash.short(value)), other != side {
      note(.sharedGroup, "the group '\(value)' of \(record.id) is on sides \(side) and \(other)")
    }
  }

  /// A child is on its parent's side, and all parts of one record are on one side.
  private mutating func checkLineage(_ record: Record, _ side: Side) {
    let own = ContentHash.short(record.id)
    if let expected = waiting[own], expected != side {
      note(.separatedChild, "\(record.id) is on side \(side), made from it is one on \(expected)")
    }
    records[own] = side
    guard let parent = record.parent.map({ ContentHash.short($0) }) else { return }
    let expected = records[parent] ?? waiting[parent] ?? side
    waiting[parent] = expected
    if expected != side {
      note(
        .separatedChild,
        "\(record.id) is on side \(side), its parent or a sibling is on side \(expected)")
    }
  }

  /// The hash of the words that a record asks with; the certificate's digests are sums of these.
  private static func key(of record: Record) -> UInt128 {
    let form = ComparableText.form(ofInputsOf: record)
    return ContentHash.short("text " + ComparableText.words(ofForm: form))
  }

  private mutating func note(_ kind: SplitFault.Kind, _ description: String) {
    faultCount += 1
    if faults.count < Self.most { faults.append(SplitFault(kind, description)) }
  }

  /// Compares the labels of a side with those certified.
  private func labelsDiffer(_ side: Side) -> Bool {
    let claimed = certificate[side].labels
    return claimed.count != labels[side.index].count
      || claimed.contains { labels[side.index][$0.name] != $0.count }
  }

  /// What is wrong, in the order it was met; empty where the split is what the certificate says.
  ///
  /// With `isComplete` the originals must be exactly those that the split emitted; without, later
  /// stages may have dropped some.
  public func findings(isComplete: Bool = true) -> [SplitFault] {
    var findings = faults
    for child in children {
      guard findings.count < Self.most, let side = texts[child.text], side.isEvaluation else {
        continue
      }
      findings.append(
        SplitFault(
          .sharedText, "the text of \(child.id), made by augmentation, is on side \(side) too"))
    }
    for side in Side.allCases {
      let claimed = certificate[side]
      let count = counts[side.index]
      let isSame =
        count == claimed.records && digests[side.index] == claimed.digest && !labelsDiffer(side)
      if isComplete ? !isSame : count > claimed.records {
        findings.append(
          SplitFault(
            .otherRecords,
            "side \(side) holds \(count) records, which are not the \(claimed.records) certified"))
      }
    }
    return findings
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

  /// Proves the certificate from the files of a run, and search them for near duplicates anew.
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
      try part.forEachBatch { batch in
        for record in batch {
          checker.add(record)
          sides.append(record.augmentedBy == nil ? record.side : nil)
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
    let found = try NearestPair.find(in: records, sides: sides)?.similarity ?? 0
    if let nearDuplicates, found >= nearDuplicates,
      !faults.contains(where: { $0.kind == .nearDuplicates })
    {
      faults.append(
        SplitFault(.nearDuplicates, "two records on different sides are \(found) alike"))
    }
    let claimed = nearest?.similarity ?? 0
    guard abs(found - claimed) > 1e-9 else { return faults }
    let fault = SplitFault(
      .similarity, "two records on different sides are \(found) alike, not \(claimed) as certified")
    return faults + [fault]
  }
}
