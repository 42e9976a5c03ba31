import Records
import Stages

/// How many children the records of each label are to have, so that rare labels get more.
///
/// What is counted are the records of the training side, children of earlier stages too; only originals
/// become parents. 13 bytes a record.
struct LabelBudget: Sendable {
  /// A label, the records that have it, and how many children it lacks.
  struct Account: Sendable {
    let label: String
    var records = 0
    var parents = 0
    var lacking = 0
  }

  private(set) var accounts: [Account] = []
  /// The account of each parent by its place in the collection; -1 for a record that is none.
  private var accountOf: [Int32]
  /// What decides between parents of one label: a hash of the seed, the stage and the parent's id.
  private var ranks: [UInt64]
  /// The most children of a record.
  let copies: Int

  private struct Read: Sendable {
    let index: Int
    let label: String?
    let isParent: Bool
    let rank: UInt64
  }

  /// Counts the labels of a collection.
  /// - Throws: `StageError` where no record of the training side has a label.
  init(
    _ target: LabelTarget, _ records: RecordCollection, copies: Int, _ context: StageContext
  ) throws {
    self.copies = copies
    accountOf = Array(repeating: -1, count: records.count)
    ranks = Array(repeating: 0, count: records.count)
    var known: [String: Int32] = [:]
    try records.forEachStoredBatch { stored -> Read? in
      let record = try stored.provenance()
      guard record.side ?? .train == .train else { return nil }
      return Read(
        index: stored.index, label: try stored.measure().label?.name,
        isParent: record.augmentedBy == nil,
        rank: StableHash.hash("\(context.stage)/budget/\(record.id)", seed: context.seed))
    } _: { batch in
      for read in batch.compactMap(\.self) { add(read, &known) }
    }
    guard !accounts.isEmpty else {
      throw StageError(
        "label-missing", "no training record has a label to derive children by", field: "label",
        remedy: "name the column with 'fields: {label: …}' in ingest, or remove 'per-label'")
    }
    let most = accounts.map(\.records).max() ?? 0
    for index in accounts.indices {
      let wanted = if case .number(let number) = target { number } else { most }
      accounts[index].lacking = max(0, wanted - accounts[index].records)
    }
  }

  private mutating func add(_ read: Read, _ known: inout [String: Int32]) {
    guard let label = read.label else { return }
    let account = known[label] ?? Int32(accounts.count)
    if known.updateValue(account, forKey: label) == nil {
      accounts.append(Account(label: label))
    }
    accounts[Int(account)].records += 1
    guard read.isParent else { return }
    accounts[Int(account)].parents += 1
    accountOf[read.index] = account
    ranks[read.index] = read.rank
  }

  // MARK: - Sharing out

  /// How many children are made of each record to choose from: as many as it may have, or, where they
  /// are costly, twice what its label lacks on average, as some are refused.
  func asked(isCostly: Bool) -> [UInt8] {
    let most = accounts.map { account in
      guard isCostly, account.parents > 0 else { return account.lacking > 0 ? copies : 0 }
      let twice = (2 * account.lacking + account.parents - 1) / account.parents
      return min(copies, twice)
    }
    return accountOf.map { $0 < 0 ? 0 : UInt8(most[Int($0)]) }
  }

  /// How many children each record is given of those that it has: of one label as equal a number as can
  /// be, until the label lacks none.
  func allotted(of available: [UInt8]) -> [UInt8] {
    var members = [[Int]](repeating: [], count: accounts.count)
    for (index, account) in accountOf.enumerated() where account >= 0 && available[index] > 0 {
      members[Int(account)].append(index)
    }
    var result = [UInt8](repeating: 0, count: available.count)
    for (account, places) in zip(accounts, members) {
      share(account.lacking, among: places, available, &result)
    }
    return result
  }

  private func share(
    _ lacking: Int, among places: [Int], _ available: [UInt8], _ result: inout [UInt8]
  ) {
    var left = lacking
    var open = places
    while left >= open.count, !open.isEmpty {
      left -= open.count
      for place in open { result[place] += 1 }
      open.removeAll { result[$0] == available[$0] }
    }
    guard left > 0 else { return }
    let order = open.sorted { (ranks[$0], $0) < (ranks[$1], $1) }
    for place in order.prefix(left) { result[place] += 1 }
  }

  /// What people should know: which labels still lack records, and why.
  func shortfalls(_ allotted: [UInt8]) -> [String] {
    var made = [Int](repeating: 0, count: accounts.count)
    for (index, account) in accountOf.enumerated() where account >= 0 {
      made[Int(account)] += Int(allotted[index])
    }
    return zip(accounts, made).compactMap { account, made in
      guard made < account.lacking else { return nil }
      return "label '\(account.label)' has \(account.records + made) of "
        + "\(account.records + account.lacking) records: its \(account.parents) originals have "
        + "\(made) children that keep the contract, at most \(copies) each ('copies')"
    }
  }
}
