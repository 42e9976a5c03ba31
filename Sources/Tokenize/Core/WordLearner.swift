import Synchronization

/// What finds the tokens of words, for all threads.
final class WordLearner: Sendable {
  let model: any TokenModel
  /// What raw words are, where texts are cut into such.
  let raw: (any RawWords)?
  /// Whether there is such, which costs less to ask.
  let hasRaw: Bool
  /// Where the model knows that long words may be cut.
  let seams: BytePairSeams?
  /// The words that any thread has learned, once there are several threads.
  private let learned = Mutex(WordMemory())
  private let workspaces = Atomic(0)

  init(model: any TokenModel, raw: (any RawWords)?) {
    self.model = model
    self.raw = raw
    hasRaw = raw != nil
    seams = model.seams
  }

  /// Notes that there is one workspace more.
  func addWorkspace() { workspaces.add(1, ordering: .relaxed) }

  /// Finds the tokens of the words of a memory from one on whose tokens are open.
  ///
  /// Every thread looks up words in a memory of its own, which no one else changes under its hands. Where asking
  /// costs less than learning, which the model says, what one thread has learned the others need not: they ask for
  /// it where a word is new to them.
  func learn(from first: Int, in memory: inout WordMemory) {
    guard model.sharesWords, workspaces.load(ordering: .relaxed) > 1 else {
      return model.learn(from: first, in: &memory, raw: raw)
    }
    learned.withLock { memory.takeTokens(from: first, of: $0) }
    model.learn(from: first, in: &memory, raw: raw)
    learned.withLock { $0.add(memory, from: first) }
  }
}
