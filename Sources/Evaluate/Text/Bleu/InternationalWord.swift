/// Splits punctuation and symbols off a word as mteval-v14's international tokenizer does.
struct InternationalWord {
  private var text: [UInt32] = []
  private var next: [UInt32] = []
  private var bytes: [UInt8] = []

  /// Appends the numbers of a word's parts.
  ///
  /// - Parameters:
  ///   - before: whether white space stands before it.
  ///   - after: whether white space stands behind it.
  mutating func split(
    _ word: UnsafeBufferPointer<UInt8>, before: Bool, after: Bool, kinds table: [CharacterKinds],
    _ interner: inout TokenInterner, _ tokens: inout [UInt32]
  ) {
    text.removeAll(keepingCapacity: true)
    if before { text.append(0x20) }
    var found: CharacterKinds = []
    PythonText.forEachScalar(word) { value, _ in
      found.formUnion(CharacterKinds.of(value, in: table))
      text.append(value)
    }
    guard !found.isDisjoint(with: [.punctuation, .symbol]) else {
      return tokens.append(interner.id(of: word))
    }
    if after { text.append(0x20) }
    if found.contains(.punctuation) { separatePunctuation(table) }
    if found.contains(.symbol) { separateSymbols(table) }
    addParts(&interner, &tokens)
  }

  /// Punctuation behind what is no number, then punctuation before what is no number.
  private mutating func separatePunctuation(_ table: [CharacterKinds]) {
    replacePairs {
      !CharacterKinds.of($0, in: table).contains(.number)
        && CharacterKinds.of($1, in: table).contains(.punctuation)
    } write: { first, second, next in
      next += [first, 0x20, second, 0x20]
    }
    replacePairs {
      CharacterKinds.of($0, in: table).contains(.punctuation)
        && !CharacterKinds.of($1, in: table).contains(.number)
    } write: { first, second, next in
      next += [0x20, first, 0x20, second]
    }
  }

  private mutating func separateSymbols(_ table: [CharacterKinds]) {
    next.removeAll(keepingCapacity: true)
    for value in text {
      if CharacterKinds.of(value, in: table).contains(.symbol) {
        next += [0x20, value, 0x20]
      } else {
        next.append(value)
      }
    }
    swap(&text, &next)
  }

  /// Replaces pairs of characters from left to right; a character is in one pair at most.
  @inline(__always)
  private mutating func replacePairs(
    _ matches: (UInt32, UInt32) -> Bool, write: (UInt32, UInt32, inout [UInt32]) -> Void
  ) {
    next.removeAll(keepingCapacity: true)
    var place = 0
    while place < text.count {
      if place + 1 < text.count, matches(text[place], text[place + 1]) {
        write(text[place], text[place + 1], &next)
        place += 2
      } else {
        next.append(text[place])
        place += 1
      }
    }
    swap(&text, &next)
  }

  private mutating func addParts(_ interner: inout TokenInterner, _ tokens: inout [UInt32]) {
    bytes.removeAll(keepingCapacity: true)
    text.append(0x20)
    for value in text {
      if value != 0x20 {
        PythonText.append(value, to: &bytes)
      } else if !bytes.isEmpty {
        tokens.append(bytes.withUnsafeBufferPointer { interner.id(of: $0) })
        bytes.removeAll(keepingCapacity: true)
      }
    }
  }
}
