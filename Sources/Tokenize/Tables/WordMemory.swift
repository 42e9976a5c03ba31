import CKernels

/// The tokens of words met before, by the words' bytes, as one thread sees and fills them; every word has a number.
///
/// Natural text repeats its words, so most words cost one look-up instead of a run of the model. The words are those of
/// a table that threads share. New words are open until they are learned, many at a time; each thread learns those that
/// it has met, for another one may be long in coming. Whoever uses it goes over to another table once `reserve` says
/// no; what was learned is forgotten then.
///
/// Sending one is safe: of what its pointers lead to, others change only the table, which is made for that.
struct WordMemory: ~Copyable, @unchecked Sendable {
  /// The words of all threads, and room for more.
  private(set) var table: WordTable
  /// The memory as the kernels see it.
  private var kernel: anneal_memory
  /// The words whose tokens are to be found.
  private var open = RawBuffer<UInt32>()
  /// Where the room for spilled tokens ends that is this thread's.
  private var spillEnd = 0
  /// Whether the table has no such room any more.
  private var isFull = false
  /// Words that are not looked up by their bytes.
  private var own = OwnWords()
  /// Words that turned out to have more tokens than the table keeps, by their numbers.
  private var large: [UInt32: [PieceToken]] = [:]
  /// The tokens of a word that is being learned.
  private var pieces: [PieceToken] = []

  /// The longest word that is looked up by its bytes.
  static let longestWord = Int(ANNEAL_WORD_LONGEST)

  /// A view of a table.
  ///
  /// - Parameter claim: A number other than those of the other views, and not 0.
  init(of table: WordTable, claim: UInt32) {
    self.table = table
    kernel = table.kernel
    kernel.claim = claim | ANNEAL_WORD_OPEN
  }

  /// Goes over to another table; no numbers of the old one may be in use.
  mutating func use(_ other: WordTable) {
    precondition(open.count == 0, "\(open.count) words that are not learned")
    let claim = kernel.claim
    table = other
    kernel = other.kernel
    kernel.claim = claim
    spillEnd = 0
    isFull = false
  }

  /// How many words more may be added.
  private var room: Int {
    Int(kernel.end - kernel.next) + Int(kernel.spare_end - kernel.spare)
  }

  /// Sees to it that so many words more can be taken in; false where the table is full.
  mutating func reserve(_ more: Int) -> Bool {
    if isFull { return false }
    if room >= more { return true }
    let count = max(Self.step, more)
    guard let first = table.takeNumbers(count) else { return false }
    let (start, end) = (UInt32(first), UInt32(first + count))
    if kernel.spare == kernel.spare_end, kernel.end == start {
      kernel.end = end
    } else if kernel.spare_end == start {
      kernel.spare_end = end
    } else {
      // Few numbers are lost where there are two runs of them already.
      if kernel.spare < kernel.spare_end {
        (kernel.next, kernel.end) = (kernel.spare, kernel.spare_end)
      }
      (kernel.spare, kernel.spare_end) = (start, end)
    }
    return true
  }

  /// How many numbers are taken at once, at least.
  private static let step = 1 << 10

  /// Writes the numbers of some words, for all of which room is reserved, to their places in `numbers`; those of words
  /// without a key stay as they are.
  mutating func number(_ keys: borrowing WordKeys, to numbers: UnsafeMutablePointer<UInt32>) {
    precondition(room >= keys.looked, "\(keys.looked) words in room for \(room)")
    open.reserve(keys.count)
    kernel.open = open.base
    anneal_number_words(&kernel, keys.base, numbers)
    open.advance(Int(kernel.open_count) - open.count)
  }

  // MARK: Own words

  /// Adds a word that is not looked up by its bytes; nil where its tokens do not fit.
  mutating func add(_ tokens: [PieceToken]) -> UInt32? {
    Self.fits(tokens) && !own.areMany ? own.add(tokens) : nil
  }

  /// Forgets the words that are not looked up by their bytes where they are many; no numbers of such may be in use.
  mutating func forgetManyOwn() -> Bool {
    guard own.areMany else { return false }
    own = OwnWords()
    return true
  }

  // MARK: Learning

  /// Whether there are words whose tokens are to be found.
  var hasOpen: Bool { open.count > 0 }

  /// Sees to it that the tokens of the open words find room; false where there is none.
  mutating func makeRoomToSpill() -> Bool {
    let most = open.count * WordTable.mostTokens
    if spillEnd - Int(kernel.spilled_count) >= most { return true }
    let count = max(most, Self.spillStep)
    guard let start = table.takeRoom(count) else {
      isFull = true
      return false
    }
    kernel.spilled_count = UInt32(start)
    spillEnd = start + count
    return true
  }

  /// For how many tokens room is taken at once, at least.
  private static let spillStep = 1 << 14

  /// Notes that the tokens of all words are found, and returns the numbers that words with very many tokens get, by
  /// those they had.
  mutating func endLearning() -> [UInt32: UInt32] {
    open.truncate(to: 0)
    kernel.open_count = 0
    if large.isEmpty { return [:] }
    let numbers = large.mapValues { own.add($0) }
    large = [:]
    return numbers
  }

  /// Whether tokens fit in eight bits of place and 24 of id.
  private static func fits(_ tokens: [PieceToken]) -> Bool {
    tokens.allSatisfy { 0..<1 << 24 ~= $0.id && 0..<1 << 8 ~= $0.end }
  }

  /// Keeps the tokens of a word.
  private mutating func keep(_ tokens: [PieceToken], of number: UInt32) {
    // No model has tokens of a short word that do not fit: every token has a byte of its own, and ids are below
    // 2²⁴, which `Vocabulary` sees to.
    precondition(Self.fits(tokens), "the tokens \(tokens) of a short word")
    guard tokens.count <= WordTable.mostTokens, !isFull else {
      // It stays open, for whoever meets it next.
      large[number] = tokens
      anneal_disclaim(&kernel, number)
      return
    }
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: tokens.count + 1) { packed in
      for (place, token) in tokens.enumerated() {
        packed[place] = token.packed
      }
      anneal_keep_tokens(&kernel, number, packed.baseAddress, UInt32(tokens.count))
    }
  }

  /// Finds the tokens of open words, one after the other.
  ///
  /// - Parameter tokenize: Is given the bytes of a word and whether it is marked, and adds its tokens.
  mutating func learn(
    _ tokenize: (UnsafeBufferPointer<UInt8>, Bool, inout [PieceToken]) -> Void
  ) {
    for place in 0..<open.count {
      let number = open.base[place]
      let word = kernel.words + Int(number)
      guard anneal_is_open(word) else { continue }
      pieces.removeAll(keepingCapacity: true)
      Self.withBytes(of: word) { tokenize($0, $1, &pieces) }
      keep(pieces, of: number)
    }
  }

  /// Merges the open words, whose symbols are their bytes.
  mutating func merge(by merges: anneal_merges) {
    withUnsafePointer(to: merges) { anneal_merge_words($0, &kernel, nil) }
  }

  /// Finds the tokens of open raw words, of most of them, by a unigram model.
  mutating func learn(by lattice: anneal_lattice) {
    withUnsafePointer(to: lattice) { anneal_learn_paths($0, &kernel) }
  }

  /// Finds the tokens of open raw words, of most of them, by taking the longest piece first.
  mutating func learn(by pieces: anneal_trie, continuation: Int32) {
    withUnsafePointer(to: pieces) { anneal_learn_pieces($0, continuation, &kernel) }
  }

  /// Merges the open words.
  ///
  /// - Parameter spell: Is given the bytes of a word and whether it is marked, and adds its symbols, no more than
  ///   there are bytes, or returns false where they are its bytes.
  mutating func merge(
    by merges: anneal_merges,
    spelling spell: (UnsafeBufferPointer<UInt8>, Bool, inout [PieceToken]) -> Bool
  ) {
    let symbols = RawBuffer<anneal_symbols>(capacity: open.count)
    for place in 0..<open.count {
      pieces.removeAll(keepingCapacity: true)
      var isSpelled = false
      let word = kernel.words + Int(open.base[place])
      if anneal_is_open(word) {
        Self.withBytes(of: word) { isSpelled = spell($0, $1, &pieces) }
      }
      symbols.base[place].count = UInt32.max
      guard isSpelled else { continue }
      precondition(pieces.count <= Self.longestWord, "\(pieces.count) symbols in a short word")
      symbols.base[place].count = UInt32(pieces.count)
      withUnsafeMutableBytes(of: &symbols.base[place].tokens) { tokens in
        let tokens = tokens.bindMemory(to: UInt32.self)
        for (index, piece) in pieces.enumerated() {
          tokens[index] = piece.packed
        }
      }
    }
    withUnsafePointer(to: merges) { anneal_merge_words($0, &kernel, symbols.base) }
  }

  /// Gives the open words that are tokens as they stand those tokens.
  mutating func keepWhole(_ known: anneal_words) {
    withUnsafePointer(to: known) { anneal_keep_whole($0, &kernel) }
  }

  /// Hands the bytes of a word to `body`, and whether it is marked.
  private static func withBytes(
    of word: UnsafePointer<anneal_word>, _ body: (UnsafeBufferPointer<UInt8>, Bool) -> Void
  ) {
    let (low, high) = (word.pointee.low, word.pointee.high)
    let mark = Int(ANNEAL_WORD_MARK)
    let length = Int(high >> 56)
    withUnsafeBytes(of: (low.littleEndian, high.littleEndian)) { bytes in
      body(
        UnsafeBufferPointer(rebasing: bytes.bindMemory(to: UInt8.self)[..<(length & (mark - 1))]),
        length >= mark)
    }
  }

  // MARK: Writing

  /// Writes the tokens of the numbered words from one on, and returns where the first one stands for which there was
  /// no room.
  func write(
    _ numbers: UnsafeBufferPointer<UInt32>, from first: Int, lists: UnsafePointer<UInt32>,
    to tokens: inout anneal_tokens
  ) -> Int {
    withUnsafePointer(to: kernel) { kernel in
      withUnsafePointer(to: own.kernel) { own in
        Int(
          anneal_write_tokens(
            kernel, own, numbers.baseAddress, Int64(first), Int64(numbers.count), lists, &tokens))
      }
    }
  }
}
