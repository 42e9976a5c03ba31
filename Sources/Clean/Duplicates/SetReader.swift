import Records
import Stages
import TextKit

/// What is kept of some records for comparing them.
struct RecordSets: Sendable {
  private(set) var names = NamePool()
  private(set) var ranks: [Double] = []
  private var numbers: [UInt64] = []
  private var ends: [Int] = []

  /// The numbers of each record.
  var sets: some Sequence<ArraySlice<UInt64>> {
    ends.indices.lazy.map { numbers[($0 == 0 ? 0 : ends[$0 - 1])..<ends[$0]] }
  }

  mutating func add(_ name: String, _ set: [UInt64], rank: Double?) {
    names.append(name)
    add(set)
    if let rank { ranks.append(rank) }
  }

  mutating func add(_ name: UnsafeBufferPointer<UInt8>, _ set: [UInt64]) {
    names.append(name)
    add(set)
  }

  private mutating func add(_ set: [UInt64]) {
    numbers += set
    ends.append(numbers.count)
  }
}

/// Makes of records what is kept for comparing them.
struct SetReader: Sendable {
  let method: DuplicateMethod
  let fields: [Selector]
  let survivor: SurvivorPolicy

  /// Whether the texts as they lie in the files are enough.
  private var readsBytes: Bool {
    guard case .exact(normalizes: false) = method else { return false }
    return fields == [.all] && survivor.preference == .first
  }

  func sets(of slice: StoredSlice) throws -> RecordSets {
    var sets = RecordSets()
    var texts: [UInt8] = []
    let readsBytes = readsBytes
    try slice.forEach { stored, json in
      if readsBytes, Self.add(json, &texts, to: &sets) { return }
      let record = try stored.record()
      let texts = fields.flatMap { record.texts($0) }
      sets.add(
        record.id, method.set(of: texts), rank: survivor.rank(of: record, texts))
    }
    return sets
  }

  /// Adds the hash of all texts of a record; false where the record must be parsed for that.
  private static func add(
    _ json: UnsafeBufferPointer<UInt8>, _ texts: inout [UInt8], to sets: inout RecordSets
  ) -> Bool {
    texts.removeAll(keepingCapacity: true)
    guard let places = TextPlaces(in: json), places.append(textsOf: json, to: &texts) else {
      return false
    }
    let id = UnsafeBufferPointer(
      rebasing: json[places.id.lowerBound + 1..<places.id.upperBound - 1])
    guard !id.contains(UInt8(ascii: "\\")) else { return false }
    let hash = texts.withUnsafeBufferPointer { ContentHash.short($0) }
    sets.add(id, DuplicateMethod.numbers(of: hash))
    return true
  }
}
