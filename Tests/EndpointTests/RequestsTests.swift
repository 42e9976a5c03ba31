import Dispatch
import Endpoint
import Synchronization
import TestSupport
import Testing

/// Requests that wait at the same time.
@Suite struct RequestsTests {
  /// Lets those pass whose turn it is, whatever order they come in.
  private final class Turns: Sendable {
    private let gates: [DispatchSemaphore]
    init(_ count: Int) { gates = (0..<count).map { _ in DispatchSemaphore(value: 0) } }
    func open(_ place: Int) { gates[place].signal() }
    /// Waits for a turn; false where it does not come within ten seconds.
    func wait(_ place: Int) -> Bool { gates[place].wait(timeout: .now() + 10) == .success }
  }

  private struct Fault: Error, Equatable { let place: Int }

  @Test func `keep the order, and as many wait at once as may, however they end`() throws {
    let turns = Turns(24)
    let waiting = Mutex(0)
    let most = Mutex(0)
    let all = 20
    // Eight at a time end in reverse: the last of them opens the one before. The very first eight end once
    // all of them are there.
    let found = try Requests.map(all, atOnce: 8) { place -> Int in
      let now = waiting.withLock { waiting -> Int in
        waiting += 1
        return waiting
      }
      most.withLock { $0 = max($0, now) }
      if now == 8 { turns.open(all) }
      if place == 7 { #expect(turns.wait(all), "eight at once") }
      let isLast = place % 8 == 7 || place == all - 1
      if !isLast { #expect(turns.wait(place), "request \(place)") }
      waiting.withLock { $0 -= 1 }
      if place % 8 != 0 { turns.open(place - 1) }
      return place * place
    }
    #expect(found == (0..<all).map { $0 * $0 })
    #expect(most.withLock { $0 } == 8 && waiting.withLock { $0 } == 0)
  }

  @Test func `of two faults the first request's is told, and no more are asked`() {
    let turns = Turns(2)
    let asked = Mutex(Set<Int>())
    let error = #expect(throws: Fault.self) {
      try Requests.map(20, atOnce: 2) { place -> Int in
        asked.withLock { _ = $0.insert(place) }
        // The second ends first; the first is under way, and what it throws is told.
        if place == 0 { #expect(turns.wait(0)) }
        defer { if place == 1 { turns.open(0) } }
        if place < 2 { throw Fault(place: place) }
        return place
      }
    }
    #expect(error == Fault(place: 0))
    // Neither of the two goes on behind its own fault.
    #expect(asked.withLock { $0 } == [0, 1])
  }

  @Test(arguments: [(0, 8), (1, 8), (3, 1)])
  func `few are asked as often as they are`(count: Int, atOnce: Int) throws {
    let asked = Mutex(0)
    let found = try Requests.map(count, atOnce: atOnce) { place in
      asked.withLock { $0 += 1 }
      return place
    }
    #expect(found == Array(0..<count) && asked.withLock { $0 } == count)
  }
}
