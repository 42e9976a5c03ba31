import Records
import Stages
import Synchronization
import TextKit

/// Looks for near duplicates on different sides without chance: none is missed.
///
/// Code of its own that knows nothing of MinHash: two sets of similarity t must share one of their
/// |A| − ⌈t |A|⌉ + 1 rarest shingles (Bayardo, Ma and Srikant, 2007, "Scaling up all pairs similarity
/// search"), so records are listed under these, and those of different sides in one list compared.
struct CrossSideJoin {
  private let threshold: Double
  private let threads: Int
  private var store = SetStore(bytes: 1 << 30, folder: FilePaths.temporary)
  /// Id, side and number of shingles of each record.
  private var members: [(id: String, side: Side, size: Int32)] = []
  /// About how many records have each shingle; shingles may share a place, as any fixed order will do.
  private var frequencies: [UInt16] = []
  /// The most places of frequencies, and the most bytes of lists at a time.
  private static let mostPlaces = 1 << 27
  private static let listBytes = 1 << 30

  private init(_ threshold: Double, threads: Int) {
    self.threshold = threshold
    self.threads = threads
  }

  /// The pair on different sides whose similarity reaches a threshold and whose later record comes
  /// first; nil for none.
  ///
  /// Sides are in the order of the collections; nil stands for a record to leave out. 8 bytes a shingle,
  /// those past 1 GB on disk; 2 to 4 bytes a shingle for frequencies, 256 MB at most; 12 bytes a shingle
  /// that a record is listed under, 1 GB at most; and about 100 bytes a record.
  static func find(
    in records: [RecordCollection], sides: [Side?], from threshold: Double
  ) throws -> NearestPair? {
    var join = CrossSideJoin(threshold, threads: records.first?.threads ?? 1)
    var index = 0
    for part in records {
      try part.forEachBatch {
        (Shingles(ofForm: ComparableText.form(ofInputsOf: $0)).hashes, $0.id)
      } _: { batch in
        for (shingles, id) in batch {
          if let side = sides[index], !shingles.isEmpty {
            join.members.append((id, side, Int32(shingles.count)))
            try join.store.append(shingles)
          }
          index += 1
        }
      }
    }
    guard Set(join.members.map(\.side)).count > 1 else { return nil }
    try join.countFrequencies()
    return try join.firstPair()
  }

  private func firstPair() throws -> NearestPair? {
    let listed = members.reduce(0) { $0 + prefix(of: Int($1.size)) }
    let passes = UInt32(1 + listed * MemoryLayout<Entry>.stride / Self.listBytes)
    let best = Atomic(Pair.none)
    for pass in 0..<passes {
      let lists = try OrderedMap.slices(of: members.count, threads: threads) { range in
        try entries(of: range) { $0 % passes == pass }
      }
      _ = try OrderedMap.slices(of: Self.buckets, threads: threads) { buckets in
        for bucket in buckets {
          try Interruption.check()
          try search(lists.flatMap { $0[bucket] }, best)
        }
      }
    }
    let found = best.load(ordering: .relaxed)
    return found == Pair.none ? nil : try nearest(Pair(found))
  }

  private mutating func countFrequencies() throws {
    var size = 1 << 10
    while size < store.total, size < Self.mostPlaces { size *= 2 }
    var counts = [UInt16](repeating: 0, count: size)
    try store.forEachRun { shingles in
      for shingle in shingles {
        let place = Int(shingle & UInt64(size - 1))
        if counts[place] < .max { counts[place] += 1 }
      }
    }
    frequencies = counts
  }

  // MARK: - Lists

  /// A record under one of its shingles; equal keys of different shingles cost a comparison, no more.
  private struct Entry: Sendable {
    let key: UInt32
    let member: Int32
    /// How many shingles of the record come from this one on, the rarest first.
    let rest: Int32
  }

  /// How many parts keys are divided into, for threads to search.
  private static let buckets = 64

  /// How many of so many shingles hold one that a near duplicate must share.
  private func prefix(of count: Int) -> Int {
    count - Int((threshold * Double(count) - 1e-9).rounded(.up)) + 1
  }

  /// What some records are listed under, by bucket; shingles that no other record has lead nowhere.
  private func entries(
    of range: Range<Int>, where isWanted: (UInt32) -> Bool
  ) throws -> [[Entry]] {
    var lists = [[Entry]](repeating: [], count: Self.buckets)
    var ranked: [(count: UInt16, shingle: UInt64)] = []
    for member in range {
      try store.with(member) { shingles in
        ranked.removeAll(keepingCapacity: true)
        for place in shingles.indices {
          let shingle = shingles[place]
          ranked.append((frequencies[Int(shingle & UInt64(frequencies.count - 1))], shingle))
        }
      }
      ranked.sort { $0 < $1 }
      for place in 0..<prefix(of: ranked.count) where ranked[place].count > 1 {
        let key = UInt32(truncatingIfNeeded: ranked[place].shingle >> 32)
        guard isWanted(key) else { continue }
        lists[Int(key >> 26)].append(
          Entry(key: key, member: Int32(member), rest: Int32(ranked.count - place)))
      }
    }
    return lists
  }

  // MARK: - Comparing

  /// Two records, the later one in the upper half: the least is the one that is told.
  private struct Pair {
    // Signed: the least of unsigned atomic numbers is taken as if they were signed (Swift 6.3).
    static let none = Int.max
    let number: Int

    init(_ number: Int) { self.number = number }
    init(_ left: Int32, _ right: Int32) {
      number = Int(max(left, right)) << 32 | Int(min(left, right))
    }

    var first: Int { number & 0xFFFF_FFFF }
    var second: Int { number >> 32 }
  }

  /// Compares the records of different sides that share a key, unless a better pair is found.
  private func search(_ entries: [Entry], _ best: borrowing Atomic<Int>) throws {
    let sorted = entries.sorted { ($0.key, $0.member) < ($1.key, $1.member) }
    var start = 0
    while start < sorted.count {
      let end = sorted[start...].firstIndex { $0.key != sorted[start].key } ?? sorted.count
      try search(list: sorted[start..<end], best)
      start = end
    }
  }

  private func search(list: ArraySlice<Entry>, _ best: borrowing Atomic<Int>) throws {
    var lists = [[Entry]](repeating: [], count: Side.allCases.count)
    for entry in list {
      let own = members[Int(entry.member)].side
      for side in Side.allCases where side != own {
        for other in lists[side.index] where mayBeAlike(entry, other) {
          let pair = Pair(entry.member, other.member)
          guard pair.number < best.load(ordering: .relaxed) else { continue }
          if try similarity(of: pair) >= threshold { best.min(pair.number, ordering: .relaxed) }
        }
      }
      lists[own.index].append(entry)
    }
  }

  /// Whether enough shingles lie behind one that two records share, the first that they share counted.
  private func mayBeAlike(_ left: Entry, _ right: Entry) -> Bool {
    let sizes = members[Int(left.member)].size + members[Int(right.member)].size
    let common = Double(min(left.rest, right.rest))
    return common * (1 + threshold) >= threshold * Double(sizes) - 1e-9
  }

  private func similarity(of pair: Pair) throws -> Double {
    try store.with(pair.first) { left in
      try store.with(pair.second) { Shingles.jaccard(left, $0) }
    }
  }

  private func nearest(_ pair: Pair) throws -> NearestPair {
    let (first, second) = (members[pair.first], members[pair.second])
    return NearestPair(
      similarity: try similarity(of: pair), first: first.id, firstSide: first.side,
      second: second.id, secondSide: second.side)
  }
}
