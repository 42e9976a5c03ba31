import CKernels

/// What finds the tokens of words.
struct WordLearner: Sendable {
  let model: any TokenModel
  /// What raw words are, where texts are cut into such.
  let raw: (any RawWords)?
}

/// What one thread keeps between texts.
///
/// Words are numbered first and their tokens written later, when many words that were not known have been
/// learned at once: then the processor waits for the tables of one while it is at work on another.
struct Workspace: ~Copyable {
  private var memory = WordMemory()
  /// The words that wait for their numbers, the last ones of all that wait.
  private let keys = WordKeys()
  private var longWords = LongWordCache()
  /// The same for raw words.
  private var longRawWords = LongWordCache()
  /// Words of the memory before this one are learned.
  private var learned = 1
  /// The tokens of a word that is not remembered.
  private var pieces: [PieceToken] = []
  /// The words whose tokens are still to be written, by their numbers, and the parts of the long ones.
  private var numbers = RawBuffer<UInt32>()
  private var lists = RawBuffer<UInt32>()
  private let longOnes = RawBuffer<Int32>(capacity: Self.block)
  /// The parts of a long word.
  private var parts = RawBuffer<ByteRange>()
  private let partKeys = WordKeys()
  private let partNumbers = RawBuffer<UInt32>(capacity: Self.block)
  private let longParts = RawBuffer<Int32>(capacity: Self.block)
  /// How many words there are up to the end of each text at work.
  private var stops = RawBuffer<Int>()
  /// How many ids there are up to the end of each text that is written.
  private(set) var textEnds = RawBuffer<Int>()
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
  /// The words of the tokens of the text at work, if wanted.
  var words = RawBuffer<Int32>()

  private static let block = WordKeys.block
  /// Once so many words wait for their tokens, these are written.
  private static let enough = 1 << 13

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
    words.restart(keeping: Self.mostKept)
    parts.restart(keeping: Self.mostKept)
    if pieces.capacity > Self.mostKept { pieces = [] }
  }

  /// Buffers for more tokens than these are not kept for the next text.
  private static let mostKept = 1 << 20

  /// Adds the id of an added token.
  mutating func add(_ id: Int32) {
    numberWords()
    numbers.append(UInt32(bitPattern: id) | ANNEAL_NUMBER_ID)
  }

  /// Gives the words that have none yet their numbers.
  private mutating func numberWords() {
    memory.number(keys, to: numbers.base + (numbers.count - keys.count))
  }

  /// Notes that a text ends, and says whether many words wait for their tokens.
  mutating func endText() -> Bool {
    stops.append(numbers.count)
    return numbers.count >= Self.enough || ids.count >= Self.enough
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

  /// Adds words, in blocks that keep close to the processor.
  ///
  /// - Parameter raw: What the words are, if they are no words of the model.
  mutating func add(
    _ words: UnsafeBufferPointer<ByteRange>, of text: UnsafeBufferPointer<UInt8>,
    _ learner: WordLearner, raw: (any RawWords)? = nil, tracks: Bool
  ) {
    let (isRaw, folds) = (raw != nil, raw?.foldsCase == true)
    for first in stride(from: 0, to: words.count, by: Self.block) {
      let slice = words[first..<min(first + Self.block, words.count)]
      let block = UnsafeBufferPointer(rebasing: slice)
      if !keys.hasRoom { numberWords() }
      if !memory.hasRoom(for: keys.count + block.count) { restart(learner, tracks: tracks) }
      numbers.reserve(block.count)
      let count = keys.add(block, mark: isRaw, folds: folds, of: text, longOnes: longOnes.base)
      for place in UnsafeBufferPointer(start: longOnes.base, count: count) {
        let word = block[Int(place)]
        numbers.next[Int(place)] =
          raw.map { number(ofLong: word, $0, text, learner) } ?? number(ofLong: word, text, learner)
      }
      numbers.advance(block.count)
      if numbers.count >= Self.enough * 2 { settle(learner, tracks: tracks) }
    }
  }

  /// Forgets all words.
  private mutating func restart(_ learner: WordLearner, tracks: Bool) {
    settle(learner, tracks: tracks)
    memory = WordMemory()
    longWords = LongWordCache()
    longRawWords = LongWordCache()
    learned = 1
  }

  /// Learns the words that are new, and writes the tokens of all that wait for them.
  mutating func settle(_ learner: WordLearner, tracks: Bool) {
    numberWords()
    if memory.count > learned {
      learner.model.learn(from: learned, in: &memory, raw: learner.raw)
      learned = memory.count
    }
    var first = 0
    for stop in stops.elements {
      write(first..<stop, tracks: tracks)
      textEnds.append(ids.count)
      first = stop
    }
    write(first..<numbers.count, tracks: tracks)
    numbers.truncate(to: 0)
    lists.truncate(to: 0)
    stops.truncate(to: 0)
  }

  /// Writes the tokens of some of the words that wait.
  private mutating func write(_ range: Range<Int>, tracks: Bool) {
    var first = range.lowerBound
    var room = range.count * 2 + 16
    while first < range.upperBound {
      let waiting = UnsafeBufferPointer(
        start: UnsafePointer(numbers.base + first), count: range.upperBound - first)
      ids.reserve(room)
      let before = tracks ? ends.count : 0
      if tracks {
        ends.reserve(room)
        wordEnds.reserve(waiting.count)
      }
      var tokens = anneal_tokens(
        ids: ids.next - before, ends: tracks ? ends.base : nil,
        word_ends: tracks ? wordEnds.next : nil, count: Int64(before), room: Int64(before + room))
      let done = memory.write(waiting, lists: lists.base, to: &tokens)
      ids.advance(Int(tokens.count) - before)
      if tracks {
        ends.advance(Int(tokens.count) - before)
        wordEnds.advance(done)
      }
      first += done
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

extension Workspace {
  /// The number of a word that is not looked up by its bytes: that of its only part, or of the list of its parts.
  private mutating func number(
    ofLong word: ByteRange, _ text: UnsafeBufferPointer<UInt8>, _ learner: WordLearner
  ) -> UInt32 {
    let start = lists.count
    lists.append(0)
    if !word.isEmpty {
      let seams = learner.model.seams
      parts.truncate(to: 0)
      if let seams {
        seams.appendParts(of: word, in: text, to: &parts)
      } else {
        parts.append(word)
      }
      let areParts = parts.count > 1 && seams?.areParts == true
      for first in stride(from: 0, to: parts.count, by: Self.block) {
        let size = min(Self.block, parts.count - first)
        listParts(first..<first + size, of: word, areParts: areParts, text, learner)
      }
    }
    return endList(from: start)
  }

  /// The number of a raw word that is not looked up by its bytes.
  private mutating func number(
    ofLong word: ByteRange, _ raw: any RawWords, _ text: UnsafeBufferPointer<UInt8>,
    _ learner: WordLearner
  ) -> UInt32 {
    let bytes = UnsafeBufferPointer(rebasing: text[word.indices])
    let isKept = bytes.count <= LongWordCache.longest && !raw.foldsCase
    if isKept, let known = longRawWords.find(word, of: text.span) { return known }
    if learner.model.seams != nil, let whole = raw.modelWord(of: bytes) {
      // Its parts are remembered.
      return whole.withUnsafeBufferPointer {
        number(ofLong: ByteRange(0, whole.count), $0, learner)
      }
    }
    pieces.removeAll(keepingCapacity: true)
    raw.tokenize(bytes, learner.model, to: &pieces)
    if isKept, memory.hasRoom(for: keys.count + Self.block + 1), let number = memory.add(pieces) {
      longRawWords.remember(word, of: text.span, number)
      return number
    }
    let start = lists.count
    lists.append(0)
    listPieces(behind: 0)
    return endList(from: start)
  }

  /// The number that stands for the list from a place on, or for its only part.
  private mutating func endList(from start: Int) -> UInt32 {
    let count = (lists.count - start) / 2
    lists.base[start] = UInt32(count)
    if count == 1, lists.base[start + 1] & ANNEAL_NUMBER_ID == 0 {
      let only = lists.base[start + 1]
      lists.truncate(to: start)
      return only
    }
    precondition(start <= Int(ANNEAL_NUMBER_REST), "a list of words at \(start)")
    return UInt32(ANNEAL_NUMBER_LIST) | UInt32(start)
  }

  /// Adds some parts of a word to the lists.
  private mutating func listParts(
    _ range: Range<Int>, of word: ByteRange, areParts: Bool, _ text: UnsafeBufferPointer<UInt8>,
    _ learner: WordLearner
  ) {
    let block = UnsafeBufferPointer(
      start: UnsafePointer(parts.base + range.lowerBound), count: range.count)
    guard memory.hasRoom(for: keys.count + Self.block + block.count * 2) else {
      for part in block { listTokens(of: part, in: word, isPart: areParts, text, learner) }
      return
    }
    let count = partKeys.add(block, mark: areParts, of: text, longOnes: longParts.base)
    for place in UnsafeBufferPointer(start: longParts.base, count: count) {
      partNumbers.base[Int(place)] = 0
    }
    memory.number(partKeys, to: partNumbers.base)
    for (place, part) in block.enumerated() {
      let number = partNumbers.base[place]
      if number > 0 {
        list(number, at: part.start - word.start)
      } else if !areParts, part.indices.count <= LongWordCache.longest {
        listLong(part, in: word, text, learner)
      } else {
        listTokens(of: part, in: word, isPart: areParts, text, learner)
      }
    }
  }

  private mutating func list(_ number: UInt32, at place: Int32) {
    lists.append(number)
    lists.append(UInt32(bitPattern: place))
  }

  /// Adds a part that may have been met before but is not looked up by its bytes.
  private mutating func listLong(
    _ part: ByteRange, in word: ByteRange, _ text: UnsafeBufferPointer<UInt8>,
    _ learner: WordLearner
  ) {
    if let known = longWords.find(part, of: text.span) {
      return list(known, at: part.start - word.start)
    }
    pieces.removeAll(keepingCapacity: true)
    learner.model.tokenize(part, of: text.span, to: &pieces)
    guard let number = memory.add(pieces) else {
      return listPieces(behind: part.start - word.start)
    }
    longWords.remember(part, of: text.span, number)
    list(number, at: part.start - word.start)
  }

  /// Adds the tokens of a part that is not remembered.
  private mutating func listTokens(
    of part: ByteRange, in word: ByteRange, isPart: Bool, _ text: UnsafeBufferPointer<UInt8>,
    _ learner: WordLearner
  ) {
    pieces.removeAll(keepingCapacity: true)
    if isPart {
      learner.model.tokenizePart(part, of: text.span, to: &pieces)
    } else {
      learner.model.tokenize(part, of: text.span, to: &pieces)
    }
    listPieces(behind: part.start - word.start)
  }

  private mutating func listPieces(behind start: Int32) {
    for token in pieces {
      list(UInt32(bitPattern: token.id) | ANNEAL_NUMBER_ID, at: token.end + start)
    }
  }
}

/// A workspace on the shelf.
///
/// Sending one is safe: a pipeline takes it from its list under a lock, so that at any time one thread at
/// most has it, and puts it back under the same lock.
final class WorkspaceBox: @unchecked Sendable {
  var workspace = Workspace()
}
