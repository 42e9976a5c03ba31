/// Records put together so that each row holds nearly as many tokens as fit.
///
/// Rows lie in memory one record after the other: every record has positions of its own and sees
/// itself alone, so that packing changes what a step holds and never what a record's loss is.
package struct Packing: Sendable {
  /// The places of each row's records.
  package let rows: [[Int]]

  /// Packs best fit first, longest records first (as TRL's `bfd`); a record longer than the
  /// capacity has a row of its own.
  ///
  /// Depends on the lengths alone. Time: n log n, and for each record a walk over capacity / 64 words.
  package init(lengths: [Int], capacity: Int) {
    precondition(capacity > 0, "rows of \(capacity) tokens")
    var rows: [[Int]] = []
    var open = OpenRows(capacity: capacity)
    for place in lengths.indices.sorted(by: { (-lengths[$0], $0) < (-lengths[$1], $1) }) {
      let length = min(lengths[place], capacity)
      if let (row, space) = open.take(atLeast: length) {
        rows[row].append(place)
        open.add(row, space: space - length)
      } else {
        open.add(rows.count, space: capacity - length)
        rows.append([place])
      }
    }
    self.rows = rows
  }
}

/// Rows by the space they have left, and the smallest space that is enough.
private struct OpenRows {
  private var rows: [[Int]]
  /// A bit for each space that some row has.
  private var bits: [UInt64]

  init(capacity: Int) {
    rows = Array(repeating: [], count: capacity + 1)
    bits = Array(repeating: 0, count: capacity / 64 + 1)
  }

  mutating func add(_ row: Int, space: Int) {
    rows[space].append(row)
    bits[space / 64] |= 1 << UInt64(space % 64)
  }

  /// Takes out the row with the least space that holds a length, the last one opened.
  mutating func take(atLeast length: Int) -> (row: Int, space: Int)? {
    var word = length / 64
    var candidates = bits[word] & (UInt64.max << UInt64(length % 64))
    while candidates == 0 {
      word += 1
      guard word < bits.count else { return nil }
      candidates = bits[word]
    }
    let space = word * 64 + candidates.trailingZeroBitCount
    guard let row = rows[space].popLast() else { return nil }
    if rows[space].isEmpty { bits[word] &= ~(1 << UInt64(space % 64)) }
    return (row, space)
  }
}
