import Records
import Stages
import TextKit

/// Looks for near duplicates on different sides among the records of a finished split; none is missed.
///
/// It shares the search with the split, but nothing of how families are made and sides given: it
/// reads the records anew, and their sides are what they say. `NearestPair` looks for the same pairs
/// by means that share nothing with it.
enum CrossSideJoin {
  /// The first pair met on different sides whose similarity reaches a threshold; nil for none.
  ///
  /// Sides are in the order of the collections; nil stands for a record to leave out. 12 bytes a
  /// shingle, 8 of these past 1 GB on disk, and 40 a shingle that records are listed under.
  static func find(
    in records: [RecordCollection], sides: [Side?], from threshold: Double
  ) throws -> NearestPair? {
    var store = SetStore(bytes: 1 << 30, folder: FilePaths.temporary)
    var members: [Member] = []
    var index = 0
    for part in records {
      for (shingles, id) in try part.map({ (Self.shingles(of: $0), $0.id) }) {
        if let side = sides[index] {
          members.append(Member(id: id, side: side))
          try store.append(shingles)
        }
        index += 1
      }
    }
    var finder = CrossingFinder(sides: members.map(\.side))
    let threads = records.first?.threads ?? 1
    try NeighbourSearch(JaccardRule(threshold: threshold, in: store), in: store, threads: threads)
      .run((0..<Int32(members.count)).map { $0 }, &finder)
    return finder.crossing.map { other, pair in
      let (first, second) = (members[Int(pair.item)], members[Int(other)])
      return NearestPair(
        similarity: pair.similarity, first: first.id, firstSide: first.side, second: second.id,
        secondSide: second.side)
    }
  }

  private struct Member {
    let id: String
    let side: Side
  }

  private static func shingles(of record: Record) -> [UInt64] {
    Shingles(ofForm: ComparableText.form(ofInputsOf: record)).hashes
  }
}

/// Remembers the first record that is near one on another side.
private struct CrossingFinder: NeighbourVisitor {
  let sides: [Side]
  private(set) var crossing: (item: Int32, with: Neighbour)?

  init(sides: [Side]) { self.sides = sides }

  func group(of item: Int32) -> Int32 { Int32(sides[Int(item)].index) }

  mutating func visit(_ item: Int32, _ neighbours: [Neighbour]) -> Bool {
    if crossing == nil,
      let other = neighbours.first(where: { sides[Int($0.item)] != sides[Int(item)] })
    {
      crossing = (item, other)
    }
    return true
  }
}
