/// How often each sense of a lemma was met in texts that people tagged (cntlist(5WN)).
struct TagCounts: Sendable {
  /// A sense that was met.
  private struct Met: Sendable {
    let part: WordClass
    let sense: Int
    var count: Int
  }

  private var met: [Met] = []
  /// How often the lemma was met in each class.
  private var sums = SIMD4<Int>()

  /// How often the lemma was met in any class.
  var all: Int { sums.wrappedSum() }

  /// How often the lemma was met in a class.
  func count(_ part: WordClass) -> Int { sums[part.rawValue] }

  /// By sense; shorter than the senses where some never were met.
  func counts(_ part: WordClass) -> [Int] {
    var counts: [Int] = []
    for one in met where one.part == part {
      while counts.count < one.sense { counts.append(0) }
      counts[one.sense - 1] = one.count
    }
    return counts
  }

  /// Notes what stands behind the lemma in a line: `%type:… sense count`.
  mutating func add(_ bytes: UnsafeBufferPointer<UInt8>, _ rest: Range<Int>) {
    guard rest.count > 1, let part = WordClass(senseType: bytes[rest.lowerBound + 1]) else {
      return
    }
    var fields = 0
    var (sense, count): (Int?, Int?) = (nil, nil)
    bytes.forEachField(in: rest) { field in
      fields += 1
      if fields == 2 { sense = bytes.number(field) }
      if fields == 3 { count = bytes.number(field) }
      return fields < 4
    }
    guard fields == 3, let sense, let count, (1...1000).contains(sense) else { return }
    note(Met(part: part, sense: sense, count: count))
  }

  private mutating func note(_ one: Met) {
    if let place = met.firstIndex(where: { $0.part == one.part && $0.sense == one.sense }) {
      sums[one.part.rawValue] -= met[place].count
      met[place].count = one.count
    } else {
      met.append(one)
    }
    sums[one.part.rawValue] += one.count
  }
}
