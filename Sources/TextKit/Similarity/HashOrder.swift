/// Puts hashes in order, in time that grows with their number alone.
enum HashOrder {
  /// Below so many, comparing is faster than sharing out.
  private static let few = 24

  /// Sorts the first `count` numbers and leaves each once.
  ///
  /// Hashes are even over the 64 bits, so that as many parts of the range hold about one each; where
  /// they are not, a part is sorted by comparing.
  /// - Returns: How many are left.
  static func sort(_ numbers: UnsafeMutableBufferPointer<UInt64>, count: Int) -> Int {
    if count < few {
      insert(numbers, 0..<count)
    } else {
      share(numbers, count)
    }
    return unique(numbers, count)
  }

  /// Shares numbers out by their first bits, then sorts each part.
  private static func share(_ numbers: UnsafeMutableBufferPointer<UInt64>, _ count: Int) {
    let bits = UInt64(Int.bitWidth - count.leadingZeroBitCount)
    let shift = 64 - bits
    withUnsafeTemporaryAllocation(of: Int32.self, capacity: 1 << Int(bits) + 1) { ends in
      ends.initialize(repeating: 0)
      for place in 0..<count { ends[Int(numbers[place] >> shift) + 1] += 1 }
      for part in 1..<ends.count { ends[part] += ends[part - 1] }
      withUnsafeTemporaryAllocation(of: UInt64.self, capacity: count) { shared in
        for place in 0..<count {
          let part = Int(numbers[place] >> shift)
          shared[Int(ends[part])] = numbers[place]
          ends[part] += 1
        }
        for place in 0..<count { numbers[place] = shared[place] }
      }
      // By now each part's place holds its end.
      var start = 0
      for part in 0..<ends.count - 1 {
        let end = Int(ends[part])
        if end - start < few {
          insert(numbers, start..<end)
        } else {
          numbers[start..<end].sort()
        }
        start = end
      }
    }
  }

  /// Sorts a few numbers, each into those before it.
  private static func insert(_ numbers: UnsafeMutableBufferPointer<UInt64>, _ range: Range<Int>) {
    for place in range.dropFirst() {
      let number = numbers[place]
      var free = place
      while free > range.lowerBound, numbers[free - 1] > number {
        numbers[free] = numbers[free - 1]
        free -= 1
      }
      numbers[free] = number
    }
  }

  private static func unique(_ numbers: UnsafeMutableBufferPointer<UInt64>, _ count: Int) -> Int {
    var distinct = 0
    for place in 0..<count where place == 0 || numbers[place] != numbers[distinct - 1] {
      numbers[distinct] = numbers[place]
      distinct += 1
    }
    return distinct
  }
}
