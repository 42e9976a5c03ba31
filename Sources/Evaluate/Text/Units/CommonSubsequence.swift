/// Longest common subsequences by rows of bits (Hyyrö, 2004): 64 cells of the table at once.
///
/// A bit is 0 where the length grows from one place of the candidate to the next.
struct CommonSubsequence {
  /// For each token of the candidate the places where it stands, `words` to a token.
  private var masks: [UInt64] = []
  /// The number of a token among the candidate's distinct ones, valid where the stamp is this call's.
  private var numbers: [(stamp: UInt32, number: UInt32)] = []
  private var stamp: UInt32 = 0
  /// The rows, from the one before the first token of the reference.
  private var rows: [UInt64] = []
  /// How many integers a row takes.
  private var words = 0

  /// The length for two lists of tokens below `limit`.
  mutating func length(
    _ reference: ArraySlice<UInt32>, _ candidate: ArraySlice<UInt32>, _ limit: Int
  ) -> Int {
    guard !reference.isEmpty, !candidate.isEmpty else { return 0 }
    makeMasks(candidate, limit)
    begin(rows: 1)
    for token in reference { advance(token, from: 0, to: 0) }
    return zeros(row: 0, below: candidate.count)
  }

  /// Marks which tokens of the reference are in the subsequence that rouge_score finds.
  ///
  /// Of several it is the one that a walk from the ends meets, which leaves the reference's token
  /// first where neither direction is better.
  mutating func mark(
    _ reference: ArraySlice<UInt32>, _ candidate: ArraySlice<UInt32>, _ limit: Int,
    _ isHit: inout [Bool]
  ) {
    guard !reference.isEmpty, !candidate.isEmpty else { return }
    makeMasks(candidate, limit)
    begin(rows: reference.count + 1)
    for (row, token) in reference.enumerated() { advance(token, from: row, to: row + 1) }
    var (i, j) = (reference.count, candidate.count)
    var length = zeros(row: i, below: j)
    while i > 0, j > 0, length > 0 {
      if reference[reference.startIndex + i - 1] == candidate[candidate.startIndex + j - 1] {
        isHit[i - 1] = true
        i -= 1
        j -= 1
        length -= 1
      } else if !grows(row: i, at: j - 1), zeros(row: i - 1, below: j) < length {
        j -= 1
      } else {
        i -= 1
      }
    }
  }

  private mutating func makeMasks(_ candidate: ArraySlice<UInt32>, _ limit: Int) {
    if numbers.count < limit {
      numbers += [(UInt32, UInt32)](repeating: (0, 0), count: limit * 2 - numbers.count)
    }
    if stamp == .max {
      for place in numbers.indices { numbers[place].stamp = 0 }
      stamp = 0
    }
    stamp += 1
    words = (candidate.count + 63) / 64
    masks.removeAll(keepingCapacity: true)
    for (place, token) in candidate.enumerated() {
      if numbers[Int(token)].stamp != stamp {
        numbers[Int(token)] = (stamp, UInt32(masks.count / words))
        for _ in 0..<words { masks.append(0) }
      }
      masks[Int(numbers[Int(token)].number) * words + place / 64] |= 1 << UInt64(place % 64)
    }
  }

  private mutating func begin(rows count: Int) {
    rows.removeAll(keepingCapacity: true)
    rows.reserveCapacity(count * words)
    for _ in 0..<count * words { rows.append(.max) }
  }

  /// The row that follows a token of the reference.
  private mutating func advance(_ token: UInt32, from row: Int, to next: Int) {
    let number = numbers[Int(token)]
    let isKnown = number.stamp == stamp
    var carry = false
    for word in 0..<words {
      let bits = rows[row * words + word]
      guard isKnown else {
        rows[next * words + word] = bits
        continue
      }
      let common = bits & masks[Int(number.number) * words + word]
      let (partial, first) = bits.addingReportingOverflow(common)
      let (sum, second) = partial.addingReportingOverflow(carry ? 1 : 0)
      carry = first || second
      rows[next * words + word] = sum | (bits & ~common)
    }
  }

  /// Whether the length grows at a place of a row.
  private func grows(row: Int, at place: Int) -> Bool {
    rows[row * words + place / 64] >> UInt64(place % 64) & 1 == 0
  }

  /// The length in a row's first places.
  private func zeros(row: Int, below count: Int) -> Int {
    var zeros = 0
    for word in 0..<count / 64 { zeros += (~rows[row * words + word]).nonzeroBitCount }
    if count % 64 > 0 {
      let low = ~rows[row * words + count / 64] & (1 << UInt64(count % 64) - 1)
      zeros += low.nonzeroBitCount
    }
    return zeros
  }
}
