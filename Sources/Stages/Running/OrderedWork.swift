import Dispatch
import Synchronization

/// Pieces of work that are handed over one by one, done on several threads, and whose results are taken in
/// the order of the pieces by the thread that hands them over.
///
/// Pieces behind one that takes long are done meanwhile, so that no thread waits for another before there are
/// as many of them as may be held, or as large ones.
final class OrderedWork<Result: Sendable>: @unchecked Sendable {
  // Safe: `untaken`, `held`, `lastTaken` and `waited` are touched by the one thread that hands pieces over.
  private let hands: [DispatchQueue]
  private let state: Mutex<State>
  /// Pieces whose results have not been taken, in order.
  private var untaken: [Piece] = []
  private let most: Int
  /// How many bytes those pieces work on, and may work on.
  private var held = 0
  private let room: Int
  private var lastTaken = ContinuousClock.now
  /// How long results may lie there untaken while more pieces come: what is not taken, a kill loses.
  private static var patience: Duration { .milliseconds(250) }
  /// How long whoever hands pieces over has waited for results.
  private(set) var waited = Duration.zero

  private struct State {
    /// Pieces that nobody has begun with.
    var waiting: [Piece] = []
    var idle: [Int]
  }

  private final class Piece: @unchecked Sendable {
    // Safe: both are touched by the thread that does the work, and by others only behind `isDone`.
    /// Nil when done: what it works on is then let go of.
    private var work: (@Sendable () throws -> Result)?
    private(set) var result: Swift.Result<Result, any Error>?
    let size: Int
    let isDone = DispatchSemaphore(value: 0)

    init(size: Int, _ work: @escaping @Sendable () throws -> Result) {
      self.size = size
      self.work = work
    }

    func run() {
      if let work { result = Swift.Result { try work() } }
      work = nil
      isDone.signal()
    }
  }

  init(threads: Int) {
    let threads = max(1, threads)
    hands = (0..<threads).map { _ in DispatchQueue(label: "ordered-work") }
    state = Mutex(State(idle: Array(0..<threads)))
    most = 4 * threads
    // Most pieces have some 128 KB; what is made of one is often as large again.
    room = max(8 << 20, most << 18)
  }

  /// Hands over a piece that works on so many bytes.
  ///
  /// Where as many pieces are held as may be, the first's result is waited for; others that are there are taken only
  /// when none has been for a while: one at a time they would wake those who go on with them too often.
  /// - Throws: What `take` or the first piece at fault has thrown; nothing is then begun any more.
  func add(
    size: Int, _ work: @escaping @Sendable () throws -> Result, _ take: (Result) throws -> Void
  ) throws {
    let isDue = ContinuousClock.now - lastTaken > Self.patience
    while !untaken.isEmpty {
      let isFull = untaken.count >= most || held + size > room
      guard isFull || isDue, try takeFirst(waits: isFull, take) else { break }
    }
    let piece = Piece(size: size, work)
    untaken.append(piece)
    held += size
    let hand = state.withLock { state in
      state.waiting.append(piece)
      return state.idle.popLast()
    }
    if let hand { hands[hand].async { [self] in workOff(hand) } }
  }

  /// Takes all results that have not been taken.
  /// - Throws: As `add`; nothing where that has thrown before.
  func finish(_ take: (Result) throws -> Void) throws {
    while try takeFirst(waits: true, take) {}
  }

  /// Drops what nobody has begun with, and waits for what is under way.
  func cancel() {
    untaken = []
    held = 0
    state.withLock { $0.waiting = [] }
    for hand in hands { hand.sync {} }
  }

  /// Takes the first piece's result; false where there is no piece, or it is not done and not waited for.
  private func takeFirst(waits: Bool, _ take: (Result) throws -> Void) throws -> Bool {
    guard let piece = untaken.first, isDone(piece, waits: waits) else { return false }
    untaken.removeFirst()
    held -= piece.size
    lastTaken = .now
    do {
      if let result = try piece.result?.get() { try take(result) }
    } catch {
      cancel()
      throw error
    }
    return true
  }

  private func isDone(_ piece: Piece, waits: Bool) -> Bool {
    if piece.isDone.wait(timeout: .now()) == .success { return true }
    if waits { waited += ContinuousClock().measure { piece.isDone.wait() } }
    return waits
  }

  private func workOff(_ hand: Int) {
    while let piece = next(for: hand) { piece.run() }
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
