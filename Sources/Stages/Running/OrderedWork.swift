import Dispatch
import Synchronization

/// Pieces of work that are handed over one by one, done on several threads, and whose results are taken in
/// the order of the pieces by the thread that hands them over.
///
/// Pieces behind one that takes long are done meanwhile, so that no thread waits for another before there are
/// as many of them as may be held.
final class OrderedWork<Result: Sendable>: @unchecked Sendable {
  // Safe: `untaken`, `isOver` and `waited` are touched by the one thread that hands pieces over.
  private let hands: [DispatchQueue]
  private let state: Mutex<State>
  /// Pieces whose results have not been taken, in order.
  private var untaken: [Piece] = []
  private let most: Int
  private var isOver = false
  /// How long whoever hands pieces over has waited for results.
  private(set) var waited = Duration.zero

  private struct State {
    /// Pieces that nobody has begun with.
    var waiting: [Piece] = []
    var idle: [Int]
  }

  private final class Piece: @unchecked Sendable {
    // Safe: `result` is set by the thread that does the work, and read behind `isDone`.
    let work: @Sendable () throws -> Result
    var result: Swift.Result<Result, any Error>?
    let isDone = DispatchSemaphore(value: 0)

    init(_ work: @escaping @Sendable () throws -> Result) { self.work = work }
  }

  init(threads: Int) {
    let threads = max(1, threads)
    hands = (0..<threads).map { _ in DispatchQueue(label: "ordered-work") }
    state = Mutex(State(idle: Array(0..<threads)))
    most = 4 * threads
  }

  /// Hands a piece over; where as many as may be held are under way, the result of the first is waited for.
  /// - Throws: What `take` or the first piece at fault has thrown; nothing is then begun any more.
  func add(
    _ work: @escaping @Sendable () throws -> Result, _ take: (Result) throws -> Void
  ) throws {
    if untaken.count >= most { try takeFirst(take) }
    let piece = Piece(work)
    untaken.append(piece)
    let hand = state.withLock { state in
      state.waiting.append(piece)
      return state.idle.popLast()
    }
    if let hand { hands[hand].async { [self] in workOff(hand) } }
  }

  /// Takes all results that have not been taken.
  /// - Throws: As `add`; nothing where that has thrown before.
  func finish(_ take: (Result) throws -> Void) throws {
    while !untaken.isEmpty { try takeFirst(take) }
  }

  /// Drops what nobody has begun with, and waits for what is under way.
  func cancel() {
    untaken = []
    state.withLock { $0.waiting = [] }
    for hand in hands { hand.sync {} }
  }

  private func takeFirst(_ take: (Result) throws -> Void) throws {
    let piece = untaken.removeFirst()
    waited += ContinuousClock().measure { piece.isDone.wait() }
    do {
      if let result = try piece.result?.get() { try take(result) }
    } catch {
      cancel()
      throw error
    }
  }

  private func workOff(_ hand: Int) {
    while let piece = next(for: hand) {
      piece.result = Swift.Result { try piece.work() }
      piece.isDone.signal()
    }
  }

  /// The next piece to begin with; where there is none, the hand is idle.
  private func next(for hand: Int) -> Piece? {
    state.withLock { state in
      guard state.waiting.isEmpty else { return state.waiting.removeFirst() }
      state.idle.append(hand)
      return nil
    }
  }
}
