/// A value for every Unicode scalar, in two stages: blocks of 256 equal values are stored once.
struct ScalarTable<Value: Hashable & Sendable>: Sendable {
  private var blocks: [UInt16] = []
  private var values: [Value] = []

  /// Fills the table with runs of equal values from U+0000 on; they must cover all 0x110000 places.
  init(runs: some Sequence<(length: Int, value: Value)>) {
    var uniform: [Value: UInt16] = [:]
    var open: [Value] = []
    for run in runs {
      var length = run.length
      while length > 0 {
        let part = min(length, 256 - open.count)
        if part == 256, let block = uniform[run.value] {
          blocks.append(block)
        } else {
          if part == 256 { uniform[run.value] = UInt16(values.count >> 8) }
          open.append(contentsOf: repeatElement(run.value, count: part))
          close(&open)
        }
        length -= part
      }
    }
    precondition(blocks.count == 0x1100, "runs cover \(blocks.count) of 4352 blocks")
  }

  /// A table that is `empty` but for the given scalars, in ascending order.
  init(empty: Value, entries: some Sequence<(scalar: UInt32, value: Value)>) {
    var runs: [(length: Int, value: Value)] = []
    var next: UInt32 = 0
    for entry in entries {
      runs.append((Int(entry.scalar - next), empty))
      runs.append((1, entry.value))
      next = entry.scalar + 1
    }
    runs.append((0x110000 - Int(next), empty))
    self.init(runs: runs)
  }

  private mutating func close(_ open: inout [Value]) {
    guard open.count == 256 else { return }
    blocks.append(UInt16(values.count >> 8))
    values.append(contentsOf: open)
    open.removeAll(keepingCapacity: true)
  }

  /// The value of one scalar.
  @inline(__always)
  subscript(scalar: UInt32) -> Value {
    // The first block is always the one of U+0000 to U+00FF.
    if scalar < 0x80 { return values[Int(scalar)] }
    return values[Int(blocks[Int(scalar >> 8)]) << 8 | Int(scalar & 0xFF)]
  }
}
