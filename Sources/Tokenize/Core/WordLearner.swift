import Synchronization

/// What finds the tokens of words, for all threads, and the table that they are kept in.
final class WordLearner: Sendable {
  let model: any TokenModel
  /// What raw words are, where texts are cut into such.
  let raw: (any RawWords)?
  /// Whether there is such, which costs less to ask.
  let hasRaw: Bool
  /// Where the model knows that long words may be cut.
  let seams: BytePairSeams?
  /// The table in use, once there is one.
  private let table = Mutex<WordTable?>(nil)
  private let memories = Atomic<UInt32>(0)

  init(model: any TokenModel, raw: (any RawWords)?) {
    self.model = model
    self.raw = raw
    hasRaw = raw != nil
    seams = model.seams
  }

  /// Makes the table, if there is none, for threads that are to begin at once.
  ///
  /// Those that wait for the one of them that makes it are woken onto one processor, and left there for long.
  func prepare() { _ = newest(but: nil) }

  /// A memory for one thread.
  func memory() -> WordMemory {
    WordMemory(
      of: newest(but: nil), claim: memories.add(1, ordering: .relaxed).newValue)
  }

  /// Takes a memory whose table is full over to another one; no numbers of its words may be in use.
  func renew(_ memory: inout WordMemory) { memory.use(newest(but: memory.table)) }

  /// The table in use, or an empty one in its place where it is `full`.
  private func newest(but full: WordTable?) -> WordTable {
    table.withLock { table in
      if let table, table !== full { return table }
      let empty = WordTable()
      table = empty
      return empty
    }
  }

  /// Finds the tokens of the open words of a memory; those that the memory has no room for by themselves, and returns
  /// the numbers that they get by those they had.
  func learn(in memory: inout WordMemory) -> [UInt32: UInt32] {
    if memory.makeRoomToSpill() {
      model.learn(in: &memory, raw: raw)
    } else {
      model.learnOneByOne(in: &memory, raw: raw)
    }
    return memory.endLearning()
  }
}
