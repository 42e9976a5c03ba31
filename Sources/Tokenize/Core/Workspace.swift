import CKernels

/// What one thread keeps between texts.
struct Workspace: ~Copyable {
  private var cache = WordCache()
  private var longCache = LongWordCache()
  /// The tokens of a word that is not known yet.
  private var pieces: [PieceToken] = []
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
    ends.truncate(to: 0)
    wordEnds.truncate(to: 0)
    if draws != nil {
      tokenize(text.words, text.text.bytes, model, tracks: tracks, drawing: &draws)
    } else if tracks {
      tokenize(text.words, text.text.bytes, model, tracks: true)
    } else if let seams = model.seams, !seams.areParts {
      // Without ends it does not matter which word a part belongs to.
      tokenize(
        seams.parts(of: text.words, in: text.text.bytes), text.text.bytes, model, tracks: false)
    } else {
      tokenize(text.words, text.text.bytes, model, tracks: false)
    }
  }

  /// The loop over words.
  ///
  /// Words go in groups: the places of all words of a group are asked for before the first is looked at, so
  /// that the processor waits for memory once a group and not once a word.
  private mutating func tokenize(
    _ words: [ByteRange], _ bytes: [UInt8], _ model: any TokenModel, tracks: Bool
  ) {
    words.withUnsafeBufferPointer { words in
      bytes.withUnsafeBufferPointer { text in
        withUnsafeTemporaryAllocation(of: anneal_word_keys.self, capacity: 1) { keys in
          guard let keys = keys.baseAddress else { return }
          var first = 0
          while first < words.count {
            let group = UnsafeBufferPointer(
              rebasing: words[first..<min(first + Self.group, words.count)])
            tokenize(group, keys, text, model, tracks: tracks)
            first += group.count
          }
        }
      }
    }
  }

  private static let group = Int(ANNEAL_WORD_GROUP)

  private mutating func tokenize(
    _ words: UnsafeBufferPointer<ByteRange>, _ keys: UnsafeMutablePointer<anneal_word_keys>,
    _ text: UnsafeBufferPointer<UInt8>, _ model: any TokenModel, tracks: Bool
  ) {
    var known = cache.known
    let count = Int64(words.count)
    // A range is two numbers of four bytes here and there.
    words.withMemoryRebound(to: anneal_range.self) { words in
      anneal_key_words(&known, text.baseAddress, Int64(text.count), words.baseAddress, count, keys)
    }
    var index = 0
    while true {
      index = addKnown(keys, from: index, to: words.count, tracks: tracks)
      if index == words.count { return }
      addUnknown(words[index], text, model, tracks: tracks)
      if tracks { wordEnds.append(Int32(truncatingIfNeeded: ends.count)) }
      index += 1
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
