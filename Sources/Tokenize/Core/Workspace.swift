import CKernels

/// What one thread keeps between texts.
struct Workspace: ~Copyable {
  private var cache = WordCache()
  private var longCache = LongWordCache()
  /// The tokens of a word that is not known yet.
  private var pieces: [PieceToken] = []
  /// The words of a block.
  private let keys = RawBuffer<anneal_word_keys>(capacity: 1)
  private let unknown = RawBuffer<Int32>(capacity: Self.block)
  /// A group of words that are learned at once.
  private let learned = RawBuffer<anneal_range>(capacity: Self.group)
  private let merged = RawBuffer<anneal_merged>(capacity: Self.group)
  /// The parts of a block with long words.
  private var parts = RawBuffer<ByteRange>()
  /// What the direct way cuts texts into.
  let cut = RawBuffer<ByteRange>(capacity: SplitPattern.room)
  /// The ids of the text at work, those of added tokens included.
  private(set) var ids = RawBuffer<Int32>()
  /// Where the tokens of the piece at work end, from the start of their words; only where wanted.
  private(set) var ends = RawBuffer<Int32>()
  /// Where the tokens of each word of the piece at work end; only where wanted.
  private(set) var wordEnds = RawBuffer<Int32>()
  /// The origins of the tokens of the text at work, if wanted.
  var origins = RawBuffer<Origin>()
  /// The words of the tokens of the text at work, if wanted.
  var words = RawBuffer<Int32>()

  /// Forgets the text before, and the room that an uncommonly long one took.
  mutating func begin() {
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
  mutating func add(_ id: Int32) { ids.append(id) }

  /// Adds the tokens of the words of a piece.
  ///
  /// Where merges are left out at random, what was learned before does not count.
  mutating func tokenize(
    _ text: borrowing PreTokenizedText, _ model: any TokenModel, tracks: Bool,
    _ draws: inout MergeDraws?
  ) {
    beginPiece()
    if draws != nil {
      return tokenize(text.words, text.text.bytes, model, tracks: tracks, drawing: &draws)
    }
    text.words.withUnsafeBufferPointer { words in
      text.text.bytes.withUnsafeBufferPointer { text in
        tokenize(words, of: text, model, tracks: tracks)
      }
    }
  }

  /// Forgets the ends of the piece before.
  mutating func beginPiece() {
    ends.truncate(to: 0)
    wordEnds.truncate(to: 0)
  }

  /// The loop over words, in blocks that keep close to the processor.
  mutating func tokenize(
    _ words: UnsafeBufferPointer<ByteRange>, of text: UnsafeBufferPointer<UInt8>,
    _ model: any TokenModel, tracks: Bool
  ) {
    var first = 0
    while first < words.count {
      let slice = words[first..<min(first + Self.block, words.count)]
      let block = UnsafeBufferPointer(rebasing: slice)
      // Without ends it does not matter which word a part belongs to.
      if makeKeys(of: block, text) > 0, !tracks, let seams = model.seams, !seams.areParts {
        tokenize(partsOf: block, seams, text, model)
      } else {
        tokenizeKeyed(block, text, model, tracks: tracks)
      }
      first += block.count
    }
  }

  /// Hands the ids of consecutive words to `visit`, up to each of some ascending stops.
  mutating func tokenize(
    _ words: UnsafeBufferPointer<ByteRange>, stops: [Int], of text: UnsafeBufferPointer<UInt8>,
    _ model: any TokenModel, _ visit: (UnsafeBufferPointer<Int32>) -> Void
  ) {
    var stop = stops.makeIterator()
    var end = stop.next()
    var firstId = ids.count
    for first in stride(from: 0, to: max(words.count, 1), by: Self.block) {
      let count = min(Self.block, words.count - first)
      let block = UnsafeBufferPointer(rebasing: words[first..<first + count])
      _ = makeKeys(of: block, text)
      if model.learnsTogether { learn(block, from: 0, text, model) }
      var place = 0
      while let next = end, next - first <= count {
        add(block, place..<next - first, text, model)
        visit(UnsafeBufferPointer(start: ids.base + firstId, count: ids.count - firstId))
        firstId = ids.count
        place = next - first
        end = stop.next()
      }
      add(block, place..<count, text, model)
    }
  }

  /// Adds some of the words of a block that has its keys, one by one where they are not known.
  private mutating func add(
    _ words: UnsafeBufferPointer<ByteRange>, _ range: Range<Int>,
    _ text: UnsafeBufferPointer<UInt8>, _ model: any TokenModel
  ) {
    var index = range.lowerBound
    while index < range.upperBound {
      index = addKnown(keys.base, from: index, to: range.upperBound, tracks: false)
      if index == range.upperBound { return }
      addUnknown(words[index], text, model, tracks: false)
      index += 1
    }
  }

  /// Adds words by the parts that the long ones among them fall into.
  private mutating func tokenize(
    partsOf words: UnsafeBufferPointer<ByteRange>, _ seams: BytePairSeams,
    _ text: UnsafeBufferPointer<UInt8>, _ model: any TokenModel
  ) {
    parts.truncate(to: 0)
    seams.appendParts(of: words, in: text, to: &parts)
    // Nothing is written to the parts before all of them are done.
    let all = UnsafeBufferPointer(start: UnsafePointer(parts.base), count: parts.count)
    for first in stride(from: 0, to: all.count, by: Self.block) {
      let block = UnsafeBufferPointer(
        rebasing: all[first..<min(first + Self.block, all.count)])
      _ = makeKeys(of: block, text)
      tokenizeKeyed(block, text, model, tracks: false)
    }
  }

  /// Makes the keys of a block of words, and says how many are too long for one.
  private mutating func makeKeys(
    of words: UnsafeBufferPointer<ByteRange>, _ text: UnsafeBufferPointer<UInt8>
  ) -> Int {
    // A range is two numbers of four bytes here and there.
    words.withMemoryRebound(to: anneal_range.self) { words in
      Int(
        anneal_key_words(
          text.baseAddress, Int64(text.count), words.baseAddress, Int64(words.count), keys.base))
    }
  }

  private static let block = Int(ANNEAL_WORD_BLOCK)
  private static let group = Int(ANNEAL_WORD_GROUP)

  /// Adds the words of a block that has its keys: the known ones at once, up to one that is not; then all of those that are
  /// not are learned together, where the model can, and it goes on.
  private mutating func tokenizeKeyed(
    _ words: UnsafeBufferPointer<ByteRange>, _ text: UnsafeBufferPointer<UInt8>,
    _ model: any TokenModel, tracks: Bool
  ) {
    var index = 0
    var hasLearned = !model.learnsTogether
    while true {
      index = addKnown(keys.base, from: index, to: words.count, tracks: tracks)
      if index == words.count { return }
      if !hasLearned {
        hasLearned = true
        learn(words, from: index, text, model)
        continue
      }
      addUnknown(words[index], text, model, tracks: tracks)
      if tracks { wordEnds.append(Int32(truncatingIfNeeded: ends.count)) }
      index += 1
    }
  }

  /// Learns the short words of a block that are not known.
  private mutating func learn(
    _ words: UnsafeBufferPointer<ByteRange>, from first: Int, _ text: UnsafeBufferPointer<UInt8>,
    _ model: any TokenModel
  ) {
    var known = cache.known
    let count = Int(
      anneal_unknown_words(&known, keys.base, Int64(first), Int64(words.count), unknown.base))
    for start in stride(from: 0, to: count, by: Self.group) {
      let size = min(Self.group, count - start)
      for index in 0..<size {
        let word = words[Int(unknown.base[start + index])]
        learned.base[index] = anneal_range(start: word.start, end: word.end)
      }
      let group = UnsafeBufferPointer(start: UnsafePointer(learned.base), count: size)
      model.tokenizeShort(group, of: text, to: merged.base)
      for index in 0..<size {
        let place = Int(unknown.base[start + index])
        cache.remember(WordKey(text, words[place], isPart: false), merged.base + index)
      }
    }
  }

  /// Adds the tokens of words up to one that is not known, and says which that is.
  private mutating func addKnown(
    _ keys: UnsafePointer<anneal_word_keys>, from first: Int, to count: Int, tracks: Bool
  ) -> Int {
    let room = (count - first + 1) * (WordCache.longestWord + 1)
    ids.reserve(room)
    let before = tracks ? ends.count : 0
    if tracks {
      ends.reserve(room)
      wordEnds.reserve(count - first)
    }
    var tokens = anneal_tokens(
      ids: ids.next - before, ends: tracks ? ends.base : nil,
      word_ends: tracks ? wordEnds.next : nil, count: Int64(before))
    var known = cache.known
    let next = Int(anneal_add_known(&known, keys, Int64(first), Int64(count), &tokens))
    ids.advance(Int(tokens.count) - before)
    if tracks {
      ends.advance(Int(tokens.count) - before)
      wordEnds.advance(next - first)
    }
    return next
  }

  private mutating func tokenize(
    _ words: [ByteRange], _ bytes: [UInt8], _ model: any TokenModel, tracks: Bool,
    drawing draws: inout MergeDraws?
  ) {
    for word in words {
      pieces.removeAll(keepingCapacity: true)
      draws?.tokenize(word, of: bytes.span, model, to: &pieces)
      add(pieces[...], shift: 0, tracks: tracks)
      if tracks { wordEnds.append(Int32(truncatingIfNeeded: ends.count)) }
    }
  }

  /// Adds a word that is long or not known, in parts where the model allows it.
  private mutating func addUnknown(
    _ word: ByteRange, _ text: UnsafeBufferPointer<UInt8>, _ model: any TokenModel, tracks: Bool
  ) {
    guard word.indices.count > WordCache.longestWord, let seams = model.seams,
      let base = text.baseAddress
    else { return addWhole(word, text, model, shift: 0, isPart: false, tracks: tracks) }
    var start = Int(word.start)
    while start < Int(word.end) {
      let end = seams.next(after: start, in: base, Int(word.end))
      let part = ByteRange(start, end)
      let isPart = seams.areParts && end - start < word.indices.count
      addPart(part, text, model, shift: part.start - word.start, isPart: isPart, tracks: tracks)
      start = end
    }
  }

  /// Adds the tokens of a part of a word.
  ///
  /// - Parameters:
  ///   - shift: What is added to the ends.
  ///   - isPart: Whether it may have other tokens than a word of the same bytes.
  private mutating func addPart(
    _ part: ByteRange, _ text: UnsafeBufferPointer<UInt8>, _ model: any TokenModel, shift: Int32,
    isPart: Bool, tracks: Bool
  ) {
    guard part.indices.count <= WordCache.longestWord,
      let known = cache.find(WordKey(text, part, isPart: isPart))
    else { return addWhole(part, text, model, shift: shift, isPart: isPart, tracks: tracks) }
    ids.reserve(known.count)
    if tracks { ends.reserve(known.count) }
    for packed in known {
      ids.append(Int32(bitPattern: packed >> 8))
      if tracks { ends.append(Int32(bitPattern: packed & 0xFF) + shift) }
    }
  }

  /// Adds the tokens of a word or a part of one that is not among the short known ones.
  private mutating func addWhole(
    _ word: ByteRange, _ bytes: UnsafeBufferPointer<UInt8>, _ model: any TokenModel,
    shift: Int32, isPart: Bool, tracks: Bool
  ) {
    let text = bytes.span
    let length = word.indices.count
    let isShort = length <= WordCache.longestWord
    let isKept = !isShort && length <= LongWordCache.longest && !isPart
    if isKept, let known = longCache.find(word, of: text) {
      return add(known, shift: shift, tracks: tracks)
    }
    pieces.removeAll(keepingCapacity: true)
    if isPart {
      model.tokenizePart(word, of: text, to: &pieces)
    } else {
      model.tokenize(word, of: text, to: &pieces)
    }
    if isShort {
      cache.remember(WordKey(bytes, word, isPart: isPart), pieces)
    } else if isKept {
      longCache.remember(word, of: text, pieces)
    }
    add(pieces[...], shift: shift, tracks: tracks)
  }

  private mutating func add(_ tokens: ArraySlice<PieceToken>, shift: Int32, tracks: Bool) {
    ids.reserve(tokens.count)
    if tracks { ends.reserve(tokens.count) }
    for token in tokens {
      ids.append(token.id)
      if tracks { ends.append(token.end + shift) }
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
