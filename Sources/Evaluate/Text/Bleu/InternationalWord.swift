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
    Rewriting.replacePairs(in: &text, &next) {
      !CharacterKinds.of($0, in: table).contains(.number)
        && CharacterKinds.of($1, in: table).contains(.punctuation)
    } write: { first, second, next in
      next += [first, 0x20, second, 0x20]
    }
    Rewriting.replacePairs(in: &text, &next) {
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
