/// About how many sets of a store hold each number, as ranks: the rarer, the lower.
///
/// Numbers may share a counter, which then counts too much; one that is held twice never counts as
/// rare as one that is held once. 2 to 4 bytes a number of the store, up to a limit.
struct SetFrequencies: Sendable {
  /// How many ranks there are; the lowest is of numbers that one set alone holds.
  static let ranks = 272
  private var counters: [UInt16]

  /// Counts the numbers of a store.
  init(_ store: SetStore, bytes: Int) throws {
    var size = 1 << 10
    while size < store.total, size * 4 <= bytes { size *= 2 }
    counters = Array(repeating: 0, count: size)
    try store.forEachRun { numbers in
      let mask = UInt64(counters.count - 1)
      counters.withUnsafeMutableBufferPointer { counters in
        for number in numbers {
          let count = counters[Int(number & mask)]
          counters[Int(number & mask)] = count == .max ? count : count + 1
        }
      }
    }
  }

  /// The rank of a number.
  ///
  /// Each count below 128 has its own, then each sixteenth of a doubling.
  @inline(__always)
  func rank(_ number: UInt64) -> Int {
    let count = Int(counters[Int(number & UInt64(counters.count - 1))])
    guard count >= 128 else { return max(0, count - 1) }
    let doublings = Int.bitWidth - 1 - count.leadingZeroBitCount
    return 127 + (doublings - 7) * 16 + (count >> (doublings - 4) & 15)
  }
}
