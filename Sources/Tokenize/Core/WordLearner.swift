import Synchronization

/// What finds the tokens of words, for all threads.
///
/// Sharing one is safe: what changes is the memory of words, which is only touched while the lock is held.
final class WordLearner: @unchecked Sendable {
  let model: any TokenModel
  /// What raw words are, where texts are cut into such.
  let raw: (any RawWords)?
  /// The words that any thread has learned, once there are several threads.
  private var learned = WordMemory()
  private let lock = Mutex(())
  private let workspaces = Atomic(0)

  init(model: any TokenModel, raw: (any RawWords)?) {
    self.model = model
    self.raw = raw
  }

  /// Notes that there is one workspace more.
  func addWorkspace() { workspaces.add(1, ordering: .relaxed) }

  /// Finds the tokens of the words of a memory from one on whose tokens are open.
  ///
  /// What one thread has learned the others need not: every thread looks up words in a memory of its own, which no one
  /// else changes under its hands, and asks for the others' only where a word is new to it.
  func learn(from first: Int, in memory: inout WordMemory) {
    guard model.sharesWords, workspaces.load(ordering: .relaxed) > 1 else {
      return model.learn(from: first, in: &memory, raw: raw)
    }
    lock.withLock { _ in memory.takeTokens(from: first, of: learned) }
    model.learn(from: first, in: &memory, raw: raw)
    lock.withLock { _ in learned.add(memory, from: first) }
  }
}
