import CKernels

extension Workspace {
  /// The number of a word that is not looked up by its bytes: that of its only part, or of the list of its parts.
  mutating func number(
    ofLong word: ByteRange, _ text: UnsafeBufferPointer<UInt8>, _ learner: WordLearner
  ) -> UInt32 {
    let start = lists.count
    lists.append(0)
    if !word.isEmpty {
      let seams = learner.seams
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
  mutating func number(
    ofLong word: ByteRange, _ raw: any RawWords, _ text: UnsafeBufferPointer<UInt8>,
    _ learner: WordLearner
  ) -> UInt32 {
    let bytes = UnsafeBufferPointer(rebasing: text[word.indices])
    let isKept = bytes.count <= LongWordCache.longest && !raw.foldsCase
    if isKept, let known = longRawWords.find(word, of: text.span) { return known }
    if learner.seams != nil, let whole = raw.modelWord(of: bytes) {
      // Its parts are remembered.
      return whole.withUnsafeBufferPointer {
        number(ofLong: ByteRange(0, whole.count), $0, learner)
      }
    }
    pieces.removeAll(keepingCapacity: true)
    raw.tokenize(bytes, learner.model, to: &pieces)
    if isKept, let number = memory.add(pieces) {
      longRawWords.remember(word, of: text.span, number)
      return number
    }
    let start = lists.count
    lists.append(0)
    listPieces(behind: 0)
    return endList(from: start)
  }

  /// Adds the id of an added token of so many bytes.
  mutating func add(_ id: Int32, length: Int) {
    let start = lists.count
    lists.append(0)
    list(UInt32(bitPattern: id) | ANNEAL_NUMBER_ID, at: Int32(truncatingIfNeeded: length))
    add(number: endList(from: start))
  }

  /// The number that stands for the list from a place on, or for its only part where that has a number.
  private mutating func endList(from start: Int) -> UInt32 {
    let count = (lists.count - start) / 2
    lists.base[start] = UInt32(count)
    if count == 1, lists.base[start + 1] & ANNEAL_NUMBER_ID == 0, lists.base[start + 1] > 0 {
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
    if !partKeys.hasRoom { numberParts() }
    guard reserve(Self.block + block.count) else {
      for part in block { listTokens(of: part, in: word, isPart: areParts, text, learner) }
      return
    }
    let first = partKeys.count
    let count = partKeys.add(block, mark: areParts, of: text, longOnes: longParts.base)
    var next = 0
    for place in UnsafeBufferPointer(start: longParts.base, count: count) {
      let part = block[Int(place)]
      listWaiting(
        UnsafeBufferPointer(rebasing: block[next..<Int(place)]), of: word, as: first + next)
      partPlaces.base[first + Int(place)] = 0
      if !areParts, part.indices.count <= LongWordCache.longest {
        listLong(part, in: word, text, learner)
      } else {
        listTokens(of: part, in: word, isPart: areParts, text, learner)
      }
      next = Int(place) + 1
    }
    listWaiting(UnsafeBufferPointer(rebasing: block[next...]), of: word, as: first + next)
  }

  /// Adds parts whose numbers are not known yet to the lists.
  ///
  /// - Parameter key: The first one's place among those that wait.
  private mutating func listWaiting(
    _ waiting: UnsafeBufferPointer<ByteRange>, of word: ByteRange, as key: Int
  ) {
    lists.reserve(2 * waiting.count)
    for (index, part) in waiting.enumerated() {
      partPlaces.base[key + index] = UInt32(truncatingIfNeeded: lists.count)
      list(0, at: part.start - word.start)
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
