import Records
import Stages
import Synchronization
import Testing

struct OrderedMapTests {
  @Test(arguments: 1...8)
  func `results keep the order of the elements`(_ threads: Int) throws {
    for count in [0, 1, 2, 3, 5, 31, 32, 33, 1000] {
      let squares = try OrderedMap.map(Array(0..<count), threads: threads) { index, element in
        index == element ? element * element : -1
      }
      #expect(squares == (0..<count).map { $0 * $0 }, "\(count)")
    }
  }

  @Test(arguments: 1...8)
  func `slices cover everything once, in order`(_ threads: Int) throws {
    for count in [0, 1, 7, 64, 1001] {
      let ranges = try OrderedMap.slices(of: count, threads: threads) { $0 }
      #expect(ranges.flatMap { Array($0) } == Array(0..<count))
      #expect(ranges.allSatisfy { !$0.isEmpty })
    }
  }

  struct Fault: Error, Equatable { let index: Int }

  @Test(arguments: 1...8)
  func `of several faults the first element's is thrown, every time`(_ threads: Int) throws {
    for attempt in 0..<50 {
      #expect(throws: Fault(index: 300 + attempt)) {
        try OrderedMap.map(Array(0..<1000), threads: threads) { index, _ in
          if index >= 300 + attempt { throw Fault(index: index) }
          return index
        }
      }
    }
  }

  @Test func `what comes long after a fault is not done`() throws {
    let done = Mutex(0)
    #expect(throws: Fault.self) {
      try OrderedMap.map(Array(0..<10_000), threads: 2) { index, _ in
        done.withLock { $0 += 1 }
        if index == 0 { throw Fault(index: 0) }
        return 0
      }
    }
    #expect(done.withLock { $0 } < 9_000)
  }

  @Test func `deep values are worked on in every thread`() throws {
    let text = String(repeating: "[", count: 512) + String(repeating: "]", count: 512)
    let sizes = try OrderedMap.map(Array(0..<64), threads: 8) { _, _ in
      let value = try JSONValue.parse(text)
      return value == (try JSONValue.parse(value.bytes))
        ? value.hashValue & 0 + value.bytes.count : 0
    }
    #expect(sizes == Array(repeating: 1024, count: 64))
  }
}
