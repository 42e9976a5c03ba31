import CKernels
import Foundation
import Synchronization
import Tensors
import Testing

/// A job none of whose pieces ends before as many threads as pieces have come.
private final class Meeting: Sendable {
  private let guests: Int
  private let arrived = Atomic(0)
  private let absent = Atomic(0)

  init(of guests: Int) { self.guests = guests }

  /// Whether all came within ten seconds.
  var isComplete: Bool { absent.load(ordering: .relaxed) == 0 }

  func attend() {
    arrived.add(1, ordering: .acquiringAndReleasing)
    let end = ContinuousClock.now + .seconds(10)
    while arrived.load(ordering: .acquiring) < guests {
      if ContinuousClock.now > end {
        absent.add(1, ordering: .relaxed)
        return
      }
    }
  }

  func hold() {
    anneal_parallel(
      Int64(guests), 1,
      { meeting, _, _ in
        guard let meeting else { return }
        Unmanaged<Meeting>.fromOpaque(meeting).takeUnretainedValue().attend()
      }, Unmanaged.passUnretained(self).toOpaque())
  }
}

@Suite struct `The pool of threads` {
  // In a process of its own, as a pool that is in use leaves other callers to themselves.
  @Test func `no thread misses a job, however soon it follows the last`() async {
    await #expect(processExitsWith: .success) {
      anneal_pool_set_threads(3)
      for job in 0..<2_000 {
        let meeting = Meeting(of: 3)
        meeting.hold()
        #expect(meeting.isComplete, "a thread missed job \(job)")
        if !meeting.isComplete { break }
      }
    }
  }

  @Test func `who works alone needs no other thread, until it is done`() async {
    await #expect(processExitsWith: .success) {
      struct Fault: Error {}
      anneal_pool_set_threads(3)
      #expect(Visitors.count() > 1)
      let alone = Engine.alone {
        let inner = Engine.alone { Visitors.count() }
        return [inner, Visitors.count()]
      }
      #expect(alone == [1, 1])
      #expect(throws: Fault.self) { try Engine.alone { throw Fault() } }
      #expect(Visitors.count() > 1)
    }
  }
}

/// A job of many pieces, each of which takes a while, that notes who comes.
private final class Visitors: Sendable {
  private let seen = Mutex<Set<UInt>>([])

  /// The number of threads that took part in a job.
  static func count() -> Int {
    let visitors = Visitors()
    anneal_parallel(
      40, 1,
      { visitors, _, _ in
        guard let visitors else { return }
        Unmanaged<Visitors>.fromOpaque(visitors).takeUnretainedValue().come()
      }, Unmanaged.passUnretained(visitors).toOpaque())
    return visitors.seen.withLock(\.count)
  }

  private func come() {
    seen.withLock { _ = $0.insert(UInt(pthread_self())) }
    usleep(1000)
  }
}
