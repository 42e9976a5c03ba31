import Foundation
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Threads kept ready for tens of thousands of small pieces of work, one after the other.
///
/// Each piece has shares, which whoever is free takes, the caller too: nobody waits for a thread that has not
/// begun. Hands without work watch for more of it for some microseconds and then sleep. Dispatch, which wakes
/// threads through the system every time, takes longer for a piece of ten microseconds than the work itself.
struct ReadyHands: ~Copyable {
  private let desk: Desk

  /// The caller and so many others, but no more threads than the machine has processors nor than there is use for;
  /// `work` does the share with a given number.
  init(others: Int, work: @escaping @Sendable (Int) -> Void) {
    let desk = Desk(work)
    self.desk = desk
    // A hand without a processor of its own could only hold up the others.
    let most = min(Self.mostOthers, ProcessInfo.processInfo.activeProcessorCount - 1)
    for _ in 0..<max(0, min(others, most)) {
      Thread.detachNewThread { desk.serve() }
    }
  }

  /// More hands than that reach for the same counters for longer than the work of such small pieces takes.
  private static let mostOthers = 7

  /// Does as many shares, in no order that is known, and returns when all are done.
  ///
  /// - Parameter wakes: Whether hands that sleep are worth waking.
  func work(shares: Int, wakes: Bool) { desk.work(shares, wakes: wakes) }

  deinit { desk.end() }
}

/// Where shares of work lie and are taken.
private final class Desk: Sendable {
  private let work: @Sendable (Int) -> Void
  /// How many shares nobody has taken yet.
  private let open = Atomic(0)
  /// How many shares are not done.
  private let undone = Atomic(0)
  private let sleeping = Atomic(0)
  private let hasEnded = Atomic(false)
  private let bell = NSCondition()

  /// So often those who wait look again before they let others have the processor, and so often a hand does that
  /// before it sleeps: about a quarter of a millisecond.
  private static let looks = 512
  private static let rounds = 512

  init(_ work: @escaping @Sendable (Int) -> Void) { self.work = work }

  func work(_ shares: Int, wakes: Bool) {
    undone.store(shares, ordering: .relaxed)
    // Whoever takes a share sees all that was written before.
    open.store(shares, ordering: .sequentiallyConsistent)
    if wakes, sleeping.load(ordering: .sequentiallyConsistent) > 0 { ring() }
    while takeShare() {}
    while undone.load(ordering: .acquiring) > 0 {
      if !watch({ undone.load(ordering: .acquiring) == 0 }) { sched_yield() }
    }
  }

  /// Does one of the open shares, or says that there is none.
  private func takeShare() -> Bool {
    var left = open.load(ordering: .relaxed)
    while left > 0 {
      let taken = open.weakCompareExchange(
        expected: left, desired: left - 1, ordering: .acquiringAndReleasing)
      if taken.exchanged {
        work(left - 1)
        undone.wrappingSubtract(1, ordering: .releasing)
        return true
      }
      left = taken.original
    }
    return false
  }

  /// Looks for a short while whether something has come about.
  @inline(__always)
  private func watch(_ isSo: () -> Bool) -> Bool {
    for _ in 0..<Self.looks where isSo() { return true }
    return false
  }

  /// What a hand does until there is no more work to come.
  func serve() {
    while !hasEnded.load(ordering: .acquiring) {
      if takeShare() { continue }
      var round = 0
      while round < Self.rounds, !watch({ open.load(ordering: .relaxed) > 0 }) {
        // On a machine with other work this lets that go on.
        sched_yield()
        round += 1
      }
      if round == Self.rounds { sleep() }
    }
  }

  private func sleep() {
    bell.lock()
    sleeping.wrappingAdd(1, ordering: .sequentiallyConsistent)
    while open.load(ordering: .sequentiallyConsistent) <= 0, !hasEnded.load(ordering: .acquiring) {
      bell.wait()
    }
    sleeping.wrappingSubtract(1, ordering: .relaxed)
    bell.unlock()
  }

  private func ring() {
    bell.lock()
    bell.broadcast()
    bell.unlock()
  }

  func end() {
    hasEnded.store(true, ordering: .sequentiallyConsistent)
    ring()
  }
}
