import Records
import Stages
import TextKit

/// Looks for near duplicates on different sides without chance: none is missed.
///
/// Code of its own that knows nothing of MinHash: two sets of similarity t must share one of their
/// |A| − ⌈t |A|⌉ + 1 rarest shingles (Bayardo, Ma and Srikant, 2007, "Scaling up all pairs similarity
/// search"), so records are listed under these and compared with those listed before.
struct CrossSideJoin {
  /// About how often each shingle occurs; shingles may share a place, as any fixed order will do.
  private var frequencies = [UInt32](repeating: 0, count: 1 << 22)
  private var store: SetStore
  private var members: [(id: String, side: Side)] = []
  private let threshold: Double

  private init(_ threshold: Double) {
    self.threshold = threshold
    store = SetStore(bytes: 1 << 30, folder: FilePaths.temporary)
  }

  /// The first pair met on different sides whose similarity reaches a threshold; nil for none.
  ///
  /// Sides are in the order of the collections; nil stands for a record to leave out. 8 bytes a
  /// shingle, those past 1 GB on disk, and about 20 a shingle that records are listed under.
  static func find(
    in records: [RecordCollection], sides: [Side?], from threshold: Double
  ) throws -> NearestPair? {
    var join = CrossSideJoin(threshold)
    var index = 0
    for part in records {
      for (shingles, id) in try part.map({ (Self.shingles(of: $0), $0.id) }) {
        if let side = sides[index] { try join.add(shingles, id, side) }
        index += 1
      }
    }
    return try join.firstPair()
  }

  private static func shingles(of record: Record) -> [UInt64] {
    Shingles(ofForm: ComparableText.form(ofInputsOf: record)).hashes
  }

  private mutating func add(_ shingles: [UInt64], _ id: String, _ side: Side) throws {
    for shingle in shingles { frequencies[place(shingle)] &+= 1 }
    members.append((id, side))
    try store.append(shingles)
  }

  private func place(_ shingle: UInt64) -> Int {
    Int(truncatingIfNeeded: shingle) & (frequencies.count - 1)
  }

  /// The shingles of a set that one of its near duplicates must share.
  private func rarest(_ shingles: Span<UInt64>) -> [UInt64] {
    let ranked = shingles.indices.map { (frequencies[place(shingles[$0])], shingles[$0]) }.sorted {
      $0 < $1
    }
    let shared = Int((threshold * Double(ranked.count) - 1e-9).rounded(.up))
    return ranked.isEmpty ? [] : ranked.prefix(ranked.count - shared + 1).map(\.1)
  }

  private func firstPair() throws -> NearestPair? {
    var lists: [UInt64: [Int32]] = [:]
    for index in members.indices {
      var met: Set<Int32> = []
      for shingle in try store.with(index, rarest) {
        for other in lists[shingle] ?? [] where members[Int(other)].side != members[index].side {
          guard met.insert(other).inserted else { continue }
          if let pair = try pair(Int(other), index) { return pair }
        }
        lists[shingle, default: []].append(Int32(index))
      }
    }
    return nil
  }

  private func pair(_ first: Int, _ second: Int) throws -> NearestPair? {
    let similarity = try store.with(first) { left in
      try store.with(second) { Shingles.jaccard(left, $0) }
    }
    guard similarity >= threshold else { return nil }
    return NearestPair(
      similarity: similarity, first: members[first].id, firstSide: members[first].side,
      second: members[second].id, secondSide: members[second].side)
  }
}
