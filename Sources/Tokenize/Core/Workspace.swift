import CKernels

/// What one thread keeps between texts.
///
/// Words are numbered first and their tokens written later, when many words that were not known have been
/// learned at once: then the processor waits for the tables of one while it is at work on another.
struct Workspace: ~Copyable {
  var memory: WordMemory
  /// The words that wait for their numbers, the last ones of all that wait.
  let keys = WordKeys()
  var longWords = LongWordCache()
  /// The same for raw words.
  var longRawWords = LongWordCache()
  /// The tokens of a word that is not remembered.
  var pieces: [PieceToken] = []
  /// The words whose tokens are still to be written, by their numbers, and the parts of the long ones.
  private var numbers = RawBuffer<UInt32>()
  var lists = RawBuffer<UInt32>()
  private let longOnes = RawBuffer<Int32>(capacity: Self.block)
  /// The parts of a long word.
  var parts = RawBuffer<ByteRange>()
  /// The parts of long words that wait for their numbers, and where in the lists these belong; a part of a long word
  /// that is too long itself has place 0.
  let partKeys = WordKeys()
  let partPlaces = RawBuffer<UInt32>(capacity: 2 * Self.block)
  private let partNumbers = RawBuffer<UInt32>(capacity: 2 * Self.block)
  let longParts = RawBuffer<Int32>(capacity: Self.block)
  /// How many words there are up to the end of each text at work.
  private var stops = RawBuffer<Int64>()
  /// How many ids there are up to the end of each text that is written.
  private(set) var textEnds = RawBuffer<Int64>()
  /// What the direct way cuts texts into.
  let cut = RawBuffer<ByteRange>(capacity: SplitPattern.room)
  /// The ids of the texts at work, those of added tokens included.
  private(set) var ids = RawBuffer<Int32>()
  /// Where the tokens of the piece at work end, from the start of their words; only where wanted.
  private(set) var ends = RawBuffer<Int32>()
  /// Where the tokens of each word of the piece at work end; only where wanted.
  private(set) var wordEnds = RawBuffer<Int32>()
  /// The origins of the tokens of the text at work, if wanted.
  var origins = RawBuffer<Origin>()
  /// The origins that the tokens have at the beginning of a window, where they may differ from the others.
  var firstOrigins = RawBuffer<Origin>()
  /// The words of the tokens of the text at work, if wanted.
  var words = RawBuffer<Int32>()

  static let block = WordKeys.block
  /// Once so many words wait for their tokens, these are written.
  private static let enough = 1 << 13

  init(_ learner: WordLearner) { memory = learner.memory() }

  /// Forgets the texts before, and the room that an uncommonly long one took.
  mutating func begin() {
    numbers.restart(keeping: Self.mostKept)
    lists.restart(keeping: Self.mostKept)
    stops.restart(keeping: Self.mostKept)
    textEnds.restart(keeping: Self.mostKept)
    ids.restart(keeping: Self.mostKept)
    ends.restart(keeping: Self.mostKept)
    wordEnds.restart(keeping: Self.mostKept)
    origins.restart(keeping: Self.mostKept)
    firstOrigins.restart(keeping: Self.mostKept)
    words.restart(keeping: Self.mostKept)
    parts.restart(keeping: Self.mostKept)
    if pieces.capacity > Self.mostKept { pieces = [] }
  }

  /// Buffers for more tokens than these are not kept for the next text.
  private static let mostKept = 1 << 20

  /// Adds the id of an added token.
  mutating func add(_ id: Int32) { add(number: UInt32(bitPattern: id) | ANNEAL_NUMBER_ID) }

  /// Adds the number of what is not looked up.
  mutating func add(number: UInt32) {
    if !keys.hasRoom { numberWords() }
    keys.skip()
    numbers.append(number)
  }

  /// Gives the words that have none yet their numbers.
  private mutating func numberWords() {
    memory.number(keys, to: numbers.base + (numbers.count - keys.count))
  }

  /// Gives the parts of long words that have none yet their numbers.
  mutating func numberParts() {
    let count = partKeys.count
    if count == 0 { return }
    memory.number(partKeys, to: partNumbers.base)
    for part in 0..<count where partPlaces.base[part] > 0 {
      lists.base[Int(partPlaces.base[part])] = partNumbers.base[part]
    }
  }

  /// Sees to it that the memory has room for all that waits and so many words more; false where it is full.
  mutating func reserve(_ more: Int) -> Bool {
    memory.reserve(keys.count + partKeys.count + more)
  }

  /// Whether so many words or parts of long ones wait for their tokens.
  private func isWaiting(for enough: Int) -> Bool {
    numbers.count >= enough || lists.count >= enough
  }

  /// Notes that a text ends, and says whether many words wait for their tokens.
  mutating func endText() -> Bool {
    stops.append(Int64(numbers.count))
    return isWaiting(for: Self.enough) || ids.count >= Self.enough
  }

  /// Adds the words of a piece; where `tracks`, their tokens are written too.
  ///
  /// Where merges are left out at random, what was learned before does not count.
  mutating func tokenize(
    _ text: borrowing PreTokenizedText, _ learner: WordLearner, tracks: Bool,
    _ draws: inout MergeDraws?
  ) {
    if tracks { beginPiece(learner) }
    if draws != nil {
      settle(learner, tracks: tracks)
      return tokenize(text.words, text.text.bytes, learner.model, tracks: tracks, drawing: &draws)
    }
    text.words.withUnsafeBufferPointer { words in
      text.text.bytes.withUnsafeBufferPointer { text in
        add(words, of: text, learner, tracks: tracks)
      }
    }
    if tracks { settle(learner, tracks: true) }
  }

  /// Writes what is waiting, and forgets the ends of the piece before.
  mutating func beginPiece(_ learner: WordLearner) {
    settle(learner, tracks: false)
    ends.truncate(to: 0)
    wordEnds.truncate(to: 0)
  }

  /// Adds words of the model.
  mutating func add(
    _ words: UnsafeBufferPointer<ByteRange>, of text: UnsafeBufferPointer<UInt8>,
    _ learner: WordLearner, tracks: Bool
  ) {
    add(words, of: text, learner, mark: false, folds: false, tracks: tracks) {
      $0.number(ofLong: $1, text, learner)
    }
  }

  /// Adds raw words, whose tokens' origins are not known.
  mutating func add(
    _ words: UnsafeBufferPointer<ByteRange>, of text: UnsafeBufferPointer<UInt8>,
    _ learner: WordLearner, raw: any RawWords
  ) {
    add(words, of: text, learner, mark: true, folds: raw.foldsCase, tracks: false) {
      $0.number(ofLong: $1, raw, text, learner)
    }
  }

  /// Adds words, in blocks that keep close to the processor.
  ///
  /// - Parameter numberOf: What a word that is not looked up by its bytes is numbered by.
  @inline(__always)
  private mutating func add(
    _ words: UnsafeBufferPointer<ByteRange>, of text: UnsafeBufferPointer<UInt8>,
    _ learner: WordLearner, mark: Bool, folds: Bool, tracks: Bool,
    _ numberOf: (inout Workspace, ByteRange) -> UInt32
  ) {
    for first in stride(from: 0, to: words.count, by: Self.block) {
      let slice = words[first..<min(first + Self.block, words.count)]
      let block = UnsafeBufferPointer(rebasing: slice)
      if !keys.hasRoom { numberWords() }
      if !reserve(block.count) { renewMemory(learner, tracks: tracks) }
      numbers.reserve(block.count)
      let count = keys.add(block, mark: mark, folds: folds, of: text, longOnes: longOnes.base)
      for place in UnsafeBufferPointer(start: longOnes.base, count: count) {
        let number = numberOf(&self, block[Int(place)])
        numbers.next[Int(place)] = number
      }
      numbers.advance(block.count)
      if isWaiting(for: Self.enough * 2) { settle(learner, tracks: tracks) }
    }
  }

  /// Forgets all words, so that there is room for a block.
  private mutating func renewMemory(_ learner: WordLearner, tracks: Bool) {
    settle(learner, tracks: tracks)
    repeat { learner.renew(&memory) } while !reserve(Self.block)
  }

  /// Learns the words that are new, and writes the tokens of all that wait for them.
  mutating func settle(_ learner: WordLearner, tracks: Bool) {
    numberWords()
    numberParts()
    if memory.hasOpen { learn(learner) }
    write(tracks: tracks)
    numbers.truncate(to: 0)
    lists.truncate(to: 0)
    stops.truncate(to: 0)
    if memory.forgetManyOwn() {
      longWords = LongWordCache()
      longRawWords = LongWordCache()
    }
  }

  /// Learns the words that are new.
  private mutating func learn(_ learner: WordLearner) {
    let others = learner.learn(in: &memory)
    if others.isEmpty { return }
    for place in 0..<numbers.count {
      if let other = others[numbers.base[place]] { numbers.base[place] = other }
    }
    // Every list is a count and two numbers for each part.
    var list = 0
    while list < lists.count {
      for part in 0..<Int(lists.base[list]) {
        let place = list + 1 + 2 * part
        if let other = others[lists.base[place]] { lists.base[place] = other }
      }
      list += 1 + 2 * Int(lists.base[list])
    }
  }

  /// Writes the tokens of all words that wait, and where those of texts end.
  private mutating func write(tracks: Bool) {
    var first = 0
    var textsDone = 0
    var room = numbers.count * 2 + 16
    textEnds.reserve(stops.count)
    while first < numbers.count || textsDone < stops.count {
      ids.reserve(room)
      let before = tracks ? ends.count : 0
      if tracks {
        ends.reserve(room)
        wordEnds.reserve(numbers.count - first)
      }
      var tokens = anneal_tokens(
        ids: ids.next - before, ends: tracks ? ends.base : nil,
        word_ends: tracks ? wordEnds.next : nil, count: Int64(before), room: Int64(before + room),
        stops: stops.base, texts: Int64(stops.count), texts_done: Int64(textsDone),
        text_ends: textEnds.base + (textEnds.count - textsDone), before: Int64(ids.count - before))
      let done = memory.write(numbers.elements, from: first, lists: lists.base, to: &tokens)
      ids.advance(Int(tokens.count) - before)
      if tracks {
        ends.advance(Int(tokens.count) - before)
        wordEnds.advance(done - first)
      }
      textEnds.advance(Int(tokens.texts_done) - textsDone)
      (first, textsDone) = (done, Int(tokens.texts_done))
      room *= 2
    }
  }

  /// Forgets the texts that are written.
  mutating func forgetTexts() {
    ids.truncate(to: 0)
    textEnds.truncate(to: 0)
  }

  private mutating func tokenize(
    _ words: [ByteRange], _ bytes: [UInt8], _ model: any TokenModel, tracks: Bool,
    drawing draws: inout MergeDraws?
  ) {
    for word in words {
      pieces.removeAll(keepingCapacity: true)
      draws?.tokenize(word, of: bytes.span, model, to: &pieces)
      ids.reserve(pieces.count)
      for token in pieces {
        ids.append(token.id)
        if tracks { ends.append(token.end) }
      }
      if tracks { wordEnds.append(Int32(truncatingIfNeeded: ends.count)) }
    }
  }
}

/// A workspace on the shelf.
///
/// Sending one is safe: a pipeline takes it from its list under a lock, so that at any time one thread at
/// most has it, and puts it back under the same lock.
final class WorkspaceBox: @unchecked Sendable {
  var workspace: Workspace

  init(_ learner: WordLearner) { workspace = Workspace(learner) }
}
