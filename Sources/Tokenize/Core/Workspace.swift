/// What one thread keeps between texts.
struct Workspace: ~Copyable {
  private var cache = WordCache()
  private var longCache = LongWordCache()
  /// The tokens of a word that is not known yet.
  private var pieces: [PieceToken] = []
  private var touched: UInt64 = 0
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

  /// Forgets the text before.
  mutating func begin() {
    ids.truncate(to: 0)
    origins.truncate(to: 0)
    words.truncate(to: 0)
  }

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

  /// The loop over words, compiled once with and once without ends.
  ///
  /// Words go in groups: the places of all words of a group are asked for before the first is looked at, so
  /// that the processor waits for memory once a group and not once a word.
  @inline(__always)
  private mutating func tokenize(
    _ words: [ByteRange], _ bytes: [UInt8], _ model: any TokenModel, tracks: Bool
  ) {
    let span = bytes.span
    words.withUnsafeBufferPointer { words in
      bytes.withUnsafeBufferPointer { text in
        withUnsafeTemporaryAllocation(of: WordKey.self, capacity: Self.group) { keys in
          guard let base = text.baseAddress, let keys = keys.baseAddress else { return }
          var first = 0
          while first < words.count {
            let count = min(Self.group, words.count - first)
            makeKeys(words, first, count, base, text.count, keys)
            for index in 0..<count {
              let word = words[first + index]
              if !addKnown(keys[index], shift: 0, tracks: tracks) {
                addUnknown(word, base, span, model, tracks: tracks)
              }
              if tracks { wordEnds.append(Int32(truncatingIfNeeded: ends.count)) }
            }
            first += count
          }
        }
      }
    }
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

  private static let group = 48

  /// Writes the keys of a group of words, and touches the places where they would be.
  @inline(__always)
  private mutating func makeKeys(
    _ words: UnsafeBufferPointer<ByteRange>, _ first: Int, _ count: Int,
    _ base: UnsafePointer<UInt8>, _ size: Int, _ keys: UnsafeMutablePointer<WordKey>
  ) {
    withUnsafeTemporaryAllocation(
      of: UnsafePointer<WordCache.Slot>.self, capacity: Self.group
    ) {
      places in
      for index in 0..<count {
        let word = words[first + index]
        let isShort = word.end &- word.start <= Int32(WordKey.longest)
        keys[index] = isShort ? WordKey(base, count: size, word) : .none
        places[index] = cache.place(of: keys[index])
      }
      // A loop of loads and nothing else, so that as many as possible are under way at once.
      var touched: UInt64 = 0
      for index in 0..<count { touched |= places[index].pointee.high }
      // Kept, so that the loads are not taken for useless.
      self.touched = touched
    }
  }

  /// Adds the tokens of a short word that is known; false for any other.
  ///
  /// - Parameter shift: What is added to the ends.
  @inline(__always)
  private mutating func addKnown(_ key: WordKey, shift: Int32, tracks: Bool) -> Bool {
    guard let slot = cache.find(key) else { return false }
    let tokens = Int(slot.pointee.count)
    // Three are written whatever there are, which costs less than asking.
    let room = max(tokens, WordCache.Slot.most)
    ids.reserve(room)
    if tracks { ends.reserve(room) }
    if tokens <= WordCache.Slot.most {
      write(slot.pointee.first, 0, shift, tracks)
      write(slot.pointee.second, 1, shift, tracks)
      write(slot.pointee.third, 2, shift, tracks)
    } else {
      let spilled = cache.spilled(of: slot)
      for index in 0..<tokens { write(spilled[index], index, shift, tracks) }
    }
    ids.advance(tokens)
    if tracks { ends.advance(tokens) }
    return true
  }

  /// Adds the tokens of a part of a word if it is short and known.
  ///
  /// - Parameter mark: Tells parts of words from words, where they may have other tokens.
  private mutating func addKnownPart(
    _ part: ByteRange, _ base: UnsafePointer<UInt8>, _ count: Int, shift: Int32, mark: UInt8,
    tracks: Bool
  ) -> Bool {
    guard part.end - part.start <= Int32(WordKey.longest) else { return false }
    return addKnown(
      WordKey(base, count: count, part, mark: mark), shift: shift, tracks: tracks)
  }

  @inline(__always)
  private mutating func write(_ packed: UInt32, _ place: Int, _ shift: Int32, _ tracks: Bool) {
    ids.next[place] = Int32(bitPattern: packed >> 8)
    if tracks { ends.next[place] = Int32(bitPattern: packed & 0xFF) &+ shift }
  }

  /// Adds a word that is long or not known, in parts where the model allows it.
  @inline(never)
  private mutating func addUnknown(
    _ word: ByteRange, _ base: UnsafePointer<UInt8>, _ text: borrowing Span<UInt8>,
    _ model: any TokenModel, tracks: Bool
  ) {
    guard word.end - word.start > Int32(WordKey.longest), let seams = model.seams else {
      return addWhole(word, base, text, model, shift: 0, isPart: false, tracks: tracks)
    }
    var start = Int(word.start)
    while start < Int(word.end) {
      let end = seams.next(after: start, in: base, Int(word.end))
      let part = ByteRange(start, end)
      let shift = part.start - word.start
      let isPart = seams.areParts && end - start < word.indices.count
      if !addKnownPart(
        part, base, text.count, shift: shift, mark: isPart ? 0x80 : 0, tracks: tracks)
      {
        addWhole(part, base, text, model, shift: shift, isPart: isPart, tracks: tracks)
      }
      start = end
    }
  }

  /// Adds the tokens of a word or a part of one that is not among the short known ones.
  private mutating func addWhole(
    _ word: ByteRange, _ base: UnsafePointer<UInt8>, _ text: borrowing Span<UInt8>,
    _ model: any TokenModel, shift: Int32, isPart: Bool, tracks: Bool
  ) {
    let length = word.indices.count
    if length > WordKey.longest, length <= LongWordCache.longest, !isPart,
      let known = longCache.find(word, of: text)
    {
      return add(known, shift: shift, tracks: tracks)
    }
    pieces.removeAll(keepingCapacity: true)
    if isPart {
      model.tokenizePart(word, of: text, to: &pieces)
    } else {
      model.tokenize(word, of: text, to: &pieces)
    }
    if length <= WordKey.longest {
      cache.remember(
        WordKey(base, count: text.count, word, mark: isPart ? 0x80 : 0), pieces)
    } else if length <= LongWordCache.longest, !isPart {
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
