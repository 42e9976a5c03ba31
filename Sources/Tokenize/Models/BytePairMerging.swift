import CKernels

extension MergeTable {
  /// Words of up to this many symbols are merged by plain scans, which beat a heap there.
  private static let longestScan = 96

  /// Joins neighbours among the symbols from a place on, always the pair of lowest rank and the leftmost of
  /// those, until none is known.
  func merge(_ symbols: inout [PieceToken], from first: Int) {
    let count = symbols.count - first
    if count < 2 { return }
    if count > Self.longestScan { return mergeByHeap(&symbols, from: first) }
    let left = symbols.withUnsafeMutableBufferPointer { symbols in
      withUnsafeTemporaryAllocation(of: Int32.self, capacity: count) { ranks in
        for place in 0..<count - 1 {
          ranks[place] = rank(symbols[first + place].id, symbols[first + place + 1].id)
        }
        return mergeByScan(UnsafeMutableBufferPointer(rebasing: symbols[first...]), ranks)
      }
    }
    symbols.removeLast(count - left)
  }

  /// Merges the symbols of bytes: the same, but the ranks of the first pairs come from a small table.
  func merge(
    bytes: UnsafeBufferPointer<UInt8>, ids: [Int32], to tokens: inout [PieceToken]
  ) {
    let first = tokens.count
    let count = bytes.count
    for place in 0..<count {
      tokens.append(PieceToken(id: ids[Int(bytes[place])], end: Int32(place + 1)))
    }
    guard count > 1, count <= Self.longestScan else { return merge(&tokens, from: first) }
    let left = tokens.withUnsafeMutableBufferPointer { tokens in
      withUnsafeTemporaryAllocation(of: Int32.self, capacity: count) { ranks in
        for place in 0..<count - 1 { ranks[place] = rank(ofByte: bytes[place], bytes[place + 1]) }
        return mergeByScan(UnsafeMutableBufferPointer(rebasing: tokens[first...]), ranks)
      }
    }
    tokens.removeLast(count - left)
  }

  /// Hands the table as the kernels see it to `body`.
  func withKernel(_ body: (anneal_merges) -> Void) {
    withExtendedLifetime(self) { body(kernel) }
  }

  /// Merges symbols in place, given the ranks of all pairs, and says how many are left.
  private func mergeByScan(
    _ symbols: UnsafeMutableBufferPointer<PieceToken>, _ ranks: UnsafeMutableBufferPointer<Int32>
  ) -> Int {
    var count = symbols.count
    while count > 1 {
      var best = 0
      var lowest = ranks[0]
      for place in 1..<max(count - 1, 1) where ranks[place] < lowest {
        lowest = ranks[place]
        best = place
      }
      guard lowest < Self.none else { return count }
      let id = product(of: lowest)
      // Both new pairs are asked for before either is looked up.
      if best > 0 { ask(for: symbols[best - 1].id, id) }
      if best + 2 < count { ask(for: id, symbols[best + 2].id) }
      symbols[best] = PieceToken(id: id, end: symbols[best + 1].end)
      count -= 1
      for place in best + 1..<max(count, best + 1) { symbols[place] = symbols[place + 1] }
      for place in best..<max(count - 1, best) { ranks[place] = ranks[place + 1] }
      if best > 0 { ranks[best - 1] = rank(symbols[best - 1].id, symbols[best].id) }
      if best + 1 < count { ranks[best] = rank(symbols[best].id, symbols[best + 1].id) }
    }
    return count
  }

  /// The same in n log n steps: a heap of ranks and places over a linked list of symbols.
  private func mergeByHeap(_ symbols: inout [PieceToken], from first: Int) {
    var list = SymbolList(Array(symbols[first...]))
    symbols.removeLast(symbols.count - first)
    var heap = BinaryHeap<UInt64>()
    for place in 0..<list.symbols.count - 1 { push(place, list, &heap) }
    while let top = heap.pop() {
      let place = Int(top & 0xFFFF_FFFF)
      let next = list.next[place]
      guard list.isAlive(place), next < list.symbols.count else { continue }
      let rank = rank(list.symbols[place].id, list.symbols[next].id)
      // An entry is stale once either symbol has changed; then the pair has another rank or none.
      guard rank < Self.none, UInt64(rank) == top >> 32 else { continue }
      list.join(place, next, id: product(of: rank))
      if list.previous[place] >= 0 { push(list.previous[place], list, &heap) }
      push(place, list, &heap)
    }
    symbols += list.remaining
  }

  private func push(_ place: Int, _ list: borrowing SymbolList, _ heap: inout BinaryHeap<UInt64>) {
    let next = list.next[place]
    guard next < list.symbols.count else { return }
    let rank = rank(list.symbols[place].id, list.symbols[next].id)
    if rank < Self.none { heap.push(UInt64(rank) << 32 | UInt64(place)) }
  }
}
