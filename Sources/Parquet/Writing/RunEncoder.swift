/// Writes small numbers as runs and groups of packed bits: the inverse of `HybridRuns`.
struct RunEncoder {
  private(set) var bytes: [UInt8] = []
  private let width: Int
  private var literals: [UInt32] = []
  private static let shortestRun = 8

  init(width: Int) { self.width = width }

  /// The encoding of all numbers at once.
  static func encode(_ numbers: some Collection<UInt32>, width: Int) -> [UInt8] {
    var encoder = RunEncoder(width: width)
    var rest = numbers[...]
    while let first = rest.first {
      let end = rest.firstIndex { $0 != first } ?? rest.endIndex
      let run = rest.distance(from: rest.startIndex, to: end)
      let odd = encoder.literals.count % 8
      if run >= shortestRun, odd == 0 {
        encoder.flush()
        encoder.append(run: run, of: first)
        rest = rest[end...]
      } else {
        // Groups are of eight, so a run gives some numbers to the group before it.
        let given = run >= shortestRun ? 8 - odd : run
        encoder.literals.append(contentsOf: repeatElement(first, count: given))
        rest = rest.dropFirst(given)
      }
    }
    encoder.flush()
    return encoder.bytes
  }

  private mutating func varint(_ value: Int) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(rest & 0x7F) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  private mutating func append(run: Int, of number: UInt32) {
    varint(run << 1)
    for index in 0..<(width + 7) / 8 {
      bytes.append(UInt8(truncatingIfNeeded: number >> UInt32(8 * index)))
    }
  }

  private mutating func flush() {
    guard !literals.isEmpty else { return }
    let groups = (literals.count + 7) / 8
    varint(groups << 1 | 1)
    var bits: UInt64 = 0
    var count = 0
    literals.append(contentsOf: repeatElement(0, count: groups * 8 - literals.count))
    for number in literals {
      bits |= UInt64(number) << UInt64(count)
      count += width
      while count >= 8 {
        bytes.append(UInt8(truncatingIfNeeded: bits))
        bits >>= 8
        count -= 8
      }
    }
    literals.removeAll(keepingCapacity: true)
  }
}
