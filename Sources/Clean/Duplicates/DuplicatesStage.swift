import Records
import Stages
import TextKit

/// `clean.duplicates`: of records with the same or nearly the same text one stays.
///
/// A record is dropped only if it is itself alike enough to the record that stands for it, however
/// many others lie between them; that record is never dropped.
struct DuplicatesStage: CollectionStage {
  let method: DuplicateMethod
  let fields: [Selector]
  let survivor: SurvivorPolicy
  /// Bytes of memory for what grows with the records' texts.
  let memory: Int

  func plan(_ records: RecordCollection, _ context: StageContext) throws -> DuplicatePlan {
    let folder = Folders.isFolder(context.artifacts) ? context.artifacts : FilePaths.temporary
    var store = SetStore(bytes: memory / 2, folder: folder)
    var names = NamePool()
    var ranks: [Double] = []
    let reader = SetReader(method: method, fields: fields, survivor: survivor)
    try records.forEachSlice({ try reader.sets(of: $0) }) { sets in
      for set in sets.sets { try store.append(set) }
      names.append(sets.names)
      ranks += sets.ranks
    }
    var finder = SurvivorFinder(count: store.count)
    try method.search(
      store, SurvivorPolicy.order(ranks, count: store.count), bytes: memory / 2,
      threads: context.threads, &finder)
    return DuplicatePlan(finder, names)
  }

  func leaves(recordAt index: Int, _ plan: DuplicatePlan) -> Bool {
    plan.survivor(of: index) == nil
  }

  func outcome(
    of record: Record, at index: Int, _ plan: DuplicatePlan, _ context: StageContext
  ) throws(StageError) -> Outcome {
    guard let survivor = plan.survivor(of: index) else { return .keep(record) }
    return .merge(into: survivor.id, method.reason(survivor.similarity))
  }
}

/// For each record that is dropped the one that stands for it, and how alike they are.
struct DuplicatePlan: Sendable {
  /// The survivor of each record, its own place where it stays.
  private let survivors: [Int32]
  private let similarities: [Double]
  private let names: NamePool

  init(_ finder: SurvivorFinder, _ names: NamePool) {
    survivors = finder.survivors
    similarities = finder.similarities
    self.names = names
  }

  /// The record that stands for another; nil where that stays.
  func survivor(of index: Int) -> (id: String, similarity: Double)? {
    let survivor = Int(survivors[index])
    return survivor == index ? nil : (names[survivor], similarities[index])
  }
}

/// Keeps the first of records that are alike, in the order they are visited.
struct SurvivorFinder: NeighbourVisitor {
  /// The survivor of each record, itself where it stays.
  private(set) var survivors: [Int32]
  /// How alike each record and its survivor are.
  private(set) var similarities: [Double]

  init(count: Int) {
    survivors = (0..<count).map { Int32($0) }
    similarities = Array(repeating: 1, count: count)
  }

  /// One neighbour is enough, and it is the first.
  func group(of item: Int32) -> Int32 { 0 }

  mutating func visit(_ item: Int32, _ neighbours: [Neighbour]) -> Bool {
    guard let first = neighbours.first else { return true }
    survivors[Int(item)] = first.item
    similarities[Int(item)] = first.similarity
    return false
  }
}

/// The ids of all records as one run of bytes.
struct NamePool: Sendable {
  private var bytes: [UInt8] = []
  private var ends: [Int] = []

  /// Adds the next id.
  mutating func append(_ name: String) {
    bytes.append(contentsOf: name.utf8)
    ends.append(bytes.count)
  }

  /// Adds the next id, which is these bytes.
  mutating func append(_ name: UnsafeBufferPointer<UInt8>) {
    bytes.append(contentsOf: name)
    ends.append(bytes.count)
  }

  /// Adds the ids of another pool.
  mutating func append(_ other: NamePool) {
    let start = bytes.count
    bytes += other.bytes
    for end in other.ends { ends.append(start + end) }
  }

  /// The id at a place.
  subscript(index: Int) -> String {
    String(decoding: bytes[(index == 0 ? 0 : ends[index - 1])..<ends[index]], as: UTF8.self)
  }
}
