import CKernels

/// The tokens of words met before, by the words' bytes; every word has a number.
///
/// Natural text repeats its words, so most words cost one look-up instead of a run of the model. Words lie in
/// the order in which they were first met, which puts those that are met often close together. New words are
/// open until they are learned, many at a time. The memory grows with what it holds, to about 20 MB; whoever
/// uses it starts afresh once `hasRoom` says no.
///
/// Sending one is safe: it alone owns what its pointers lead to.
struct WordMemory: ~Copyable, @unchecked Sendable {
  /// The memory as the kernels see it.
  private var kernel = anneal_memory()
  private var words: LargeTable<anneal_word>
  private var index: LargeTable<UInt32>
  private var spilled = RawBuffer<UInt32>()
  /// The tokens of a word that is being learned.
  private var pieces: [PieceToken] = []

  private static let fewestWords = 1 << 10
  private static let mostWords = Int(ANNEAL_MEMORY_MOST)
  private static let mostSpilled = 1 << 20
  /// The longest word that is looked up by its bytes.
  static let longestWord = Int(ANNEAL_WORD_LONGEST)
  /// The most tokens that a kernel finds of a word: one of each byte, and one of what comes before it.
  private static let mostTokens = Int(ANNEAL_WORD_SHARED)

  init() {
    words = LargeTable(zeros: Self.fewestWords, of: anneal_word())
    index = LargeTable(zeros: Self.fewestWords * 4, of: 0)
    kernel.count = 1
    kernel.words = words.base
    kernel.spilled = spilled.base
    useIndex()
  }

  /// One more than the number of words.
  var count: Int { Int(kernel.count) }

  /// Whether so many words more can be taken in, and after them two blocks of places that are not looked up.
  func hasRoom(for more: Int) -> Bool {
    hasPlaces(for: more + 2 * WordKeys.block) && kernel.spilled_count < Self.mostSpilled
  }

  /// Whether so many words can be taken in, whatever becomes of the room for their tokens.
  private func hasPlaces(for more: Int) -> Bool { count + more <= Self.mostWords }

  /// Writes the numbers of some words, for all of which there must be room, to their places in `numbers`; those of
  /// words without a key stay as they are.
  mutating func number(_ keys: borrowing WordKeys, to numbers: UnsafeMutablePointer<UInt32>) {
    precondition(hasPlaces(for: keys.count), "\(keys.count) words more than \(count)")
    makeRoom(for: keys.count)
    anneal_number_words(&kernel, keys.base, numbers)
  }

  /// Adds a word that is not looked up by its bytes, for which there must be room; nil where its tokens do not
  /// fit.
  mutating func add(_ tokens: [PieceToken]) -> UInt32? {
    guard Self.fits(tokens) else { return nil }
    precondition(hasPlaces(for: 1), "a word more than \(count)")
    makeRoom(for: 1)
    let number = kernel.count
    kernel.words[Int(number)] = anneal_word()
    kernel.count += 1
    keep(tokens, of: number)
    return number
  }

  /// Whether tokens fit in eight bits of place and 24 of id.
  private static func fits(_ tokens: [PieceToken]) -> Bool {
    tokens.allSatisfy { 0..<1 << 24 ~= $0.id && 0..<1 << 8 ~= $0.end }
  }

  private mutating func keep(_ tokens: [PieceToken], of number: UInt32) {
    withRoomToSpill(tokens.count) { kernel in
      withUnsafeTemporaryAllocation(of: UInt32.self, capacity: tokens.count + 1) { packed in
        for (place, token) in tokens.enumerated() {
          packed[place] = UInt32(bitPattern: token.id) << 8 | UInt32(bitPattern: token.end)
        }
        anneal_keep_tokens(&kernel, number, packed.baseAddress, UInt32(tokens.count))
      }
    }
  }

  private mutating func withRoomToSpill(_ more: Int, _ body: (inout anneal_memory) -> Void) {
    spilled.reserve(more)
    kernel.spilled = spilled.base
    body(&kernel)
    spilled.advance(Int(kernel.spilled_count) - spilled.count)
  }

  /// Finds the tokens of the open words from one on, one after the other.
  ///
  /// - Parameter tokenize: Is given the bytes of a word and whether it is marked, and adds its tokens.
  mutating func learn(
    from first: Int,
    _ tokenize: (UnsafeBufferPointer<UInt8>, Bool, inout [PieceToken]) -> Void
  ) {
    for number in first..<count where kernel.words[number].count == UInt32.max {
      pieces.removeAll(keepingCapacity: true)
      Self.withBytes(kernel.words[number]) { tokenize($0, $1, &pieces) }
      // No model has tokens of a short word that do not fit: every token has a byte of its own, and ids are below
      // 2²⁴, which `Vocabulary` sees to.
      precondition(Self.fits(pieces), "the tokens \(pieces) of a short word")
      keep(pieces, of: UInt32(number))
    }
  }

  /// Merges the open words from one on, whose symbols are their bytes.
  mutating func merge(from first: Int, by merges: anneal_merges) {
    withRoomToSpill((count - first) * Self.mostTokens) { kernel in
      withUnsafePointer(to: merges) { anneal_merge_words($0, &kernel, UInt32(first), nil) }
    }
  }

  /// Finds the tokens of open raw words from one on, of most of them, by a unigram model.
  mutating func learn(from first: Int, by lattice: anneal_lattice) {
    withRoomToSpill((count - first) * Self.mostTokens) { kernel in
      withUnsafePointer(to: lattice) { anneal_learn_paths($0, &kernel, UInt32(first)) }
    }
  }

  /// Finds the tokens of open raw words from one on, of most of them, by taking the longest piece first.
  mutating func learn(from first: Int, by pieces: anneal_trie, continuation: Int32) {
    withRoomToSpill((count - first) * Self.mostTokens) { kernel in
      withUnsafePointer(to: pieces) {
        anneal_learn_pieces($0, continuation, &kernel, UInt32(first))
      }
    }
  }

  // MARK: Other threads

  /// Gives the open words from one on the tokens that another memory has of them.
  mutating func takeTokens(from first: Int, of known: borrowing WordMemory) {
    let known = known.kernel
    withRoomToSpill((count - first) * Self.mostTokens) { kernel in
      withUnsafePointer(to: known) { anneal_take_tokens(&kernel, UInt32(first), $0) }
    }
  }

  /// Takes the words of another memory from one on, all of which are learned; starts afresh where there is no room.
  mutating func add(_ other: borrowing WordMemory, from first: Int) {
    let more = other.count - first
    if !hasRoom(for: more) { self = WordMemory() }
    makeRoom(for: more)
    let other = other.kernel
    withRoomToSpill(more * Self.mostTokens) { kernel in
      withUnsafePointer(to: other) { anneal_add_learned(&kernel, $0, UInt32(first)) }
    }
  }

  /// Merges the open words from one on.
  ///
  /// - Parameter spell: Is given the bytes of a word and whether it is marked, and adds its symbols, no more than
  ///   there are bytes, or returns false where they are its bytes.
  mutating func merge(
    from first: Int, by merges: anneal_merges,
    spelling spell: (UnsafeBufferPointer<UInt8>, Bool, inout [PieceToken]) -> Bool
  ) {
    let symbols = RawBuffer<anneal_symbols>(capacity: count - first)
    for number in first..<count where kernel.words[number].count == UInt32.max {
      pieces.removeAll(keepingCapacity: true)
      var isSpelled = true
      Self.withBytes(kernel.words[number]) { isSpelled = spell($0, $1, &pieces) }
      symbols.base[number - first].count = UInt32.max
      guard isSpelled else { continue }
      precondition(pieces.count <= Self.longestWord, "\(pieces.count) symbols in a short word")
      symbols.base[number - first].count = UInt32(pieces.count)
      withUnsafeMutableBytes(of: &symbols.base[number - first].tokens) { tokens in
        let tokens = tokens.bindMemory(to: UInt32.self)
        for (place, piece) in pieces.enumerated() {
          tokens[place] = UInt32(bitPattern: piece.id) << 8 | UInt32(bitPattern: piece.end)
        }
      }
    }
    withRoomToSpill((count - first) * Self.mostTokens) { kernel in
      withUnsafePointer(to: merges) {
        anneal_merge_words($0, &kernel, UInt32(first), symbols.base)
      }
    }
  }

  /// Gives the words from one on that are tokens as they stand those tokens.
  mutating func keepWhole(from first: Int, _ known: anneal_words) {
    withUnsafePointer(to: known) { anneal_keep_whole($0, &kernel, UInt32(first)) }
  }

  /// Hands the bytes of a word to `body`, and whether it is marked.
  private static func withBytes(
    _ word: anneal_word, _ body: (UnsafeBufferPointer<UInt8>, Bool) -> Void
  ) {
    let mark = Int(ANNEAL_WORD_MARK)
    let length = Int(word.high >> 56)
    withUnsafeBytes(of: (word.low.littleEndian, word.high.littleEndian)) { bytes in
      body(
        UnsafeBufferPointer(rebasing: bytes.bindMemory(to: UInt8.self)[..<(length & (mark - 1))]),
        length >= mark)
    }
  }

  /// Writes the tokens of the numbered words from one on, and returns where the first one stands for which there was
  /// no room.
  func write(
    _ numbers: UnsafeBufferPointer<UInt32>, from first: Int, lists: UnsafePointer<UInt32>,
    to tokens: inout anneal_tokens
  ) -> Int {
    withUnsafePointer(to: kernel) {
      Int(
        anneal_write_tokens(
          $0, numbers.baseAddress, Int64(first), Int64(numbers.count), lists, &tokens))
    }
  }

  private mutating func makeRoom(for more: Int) {
    if count + more > words.count { growWords() }
    if (count + more) * 2 > index.count { growIndex(for: more) }
  }

  /// Goes from a small table to one for all words there may be, of which only what is used costs memory.
  private mutating func growWords() {
    let larger = LargeTable(zeros: Self.mostWords, of: anneal_word())
    larger.base.update(from: words.base, count: count)
    words = larger
    kernel.words = larger.base
  }

  /// Makes an index of which half is free behind so many words more: looking for a place in a full one never ends.
  private mutating func growIndex(for more: Int) {
    // Four times as large, so that little is written again and again.
    var size = index.count * 4
    while size < (count + more) * 2 { size *= 4 }
    index = LargeTable(zeros: min(size, Self.mostWords * 2), of: 0)
    useIndex()
    anneal_index_words(&kernel)
  }

  private mutating func useIndex() {
    kernel.index = index.base
    kernel.shift = UInt64(64 - index.count.trailingZeroBitCount)
  }
}

/// The keys of words that are to be looked up.
struct WordKeys: ~Copyable {
  fileprivate let base = UnsafeMutablePointer<anneal_word_keys>.allocate(capacity: 1)
  /// The most words that are added at once; twice as many find room.
  static let block = Int(ANNEAL_WORD_BLOCK)

  init() { base.pointee.count = 0 }

  deinit { base.deallocate() }

  /// The number of words.
  var count: Int { Int(base.pointee.count) }

  /// Whether a block finds room.
  var hasRoom: Bool { count <= Self.block }

  /// Adds a place that is not looked up, for which there must be room.
  func skip() {
    precondition(hasRoom, "a place behind \(count)")
    anneal_skip_key(base)
  }

  /// Adds the keys of words, at most a block, for which there must be room.
  ///
  /// - Parameters:
  ///   - mark: Whether the words are to differ from equal ones without it.
  ///   - folds: Whether words that differ in the case of ASCII letters have one key.
  ///   - longOnes: Where the places of words that are too long are written; they get no key.
  /// - Returns: How many words are long.
  func add(
    _ words: UnsafeBufferPointer<ByteRange>, mark: Bool = false, folds: Bool = false,
    of text: UnsafeBufferPointer<UInt8>, longOnes: UnsafeMutablePointer<Int32>
  ) -> Int {
    precondition(hasRoom && words.count <= Self.block, "\(words.count) words behind \(count)")
    // A range is two numbers of four bytes here and there.
    return words.withMemoryRebound(to: anneal_range.self) { ranges in
      Int(
        anneal_add_keys(
          base, text.baseAddress, Int64(text.count), ranges.baseAddress, Int64(ranges.count),
          mark ? UInt8(ANNEAL_WORD_MARK) : 0, folds, longOnes))
    }
  }
}
