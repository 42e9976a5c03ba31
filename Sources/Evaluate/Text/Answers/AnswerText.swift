/// How answers are brought into a form in which small differences vanish.
public enum AnswerForm: String, Sendable, CaseIterable {
  /// SQuAD's: small letters, no ASCII punctuation, no English articles, single blanks.
  case squad
  /// For Chinese and other scripts without blanks: as SQuAD's, but without any punctuation or symbol,
  /// and every such character is a word.
  case characters
}

/// Reads answers as numbered words in one form.
struct AnswerReader {
  private let form: AnswerForm
  private let kinds = CharacterKinds.table
  private var interner = TokenInterner()
  private var lowered: [UInt8] = []
  private var word: [UInt8] = []
  /// Where the letters and digits at the word's end begin.
  private var run = 0

  init(_ form: AnswerForm) { self.form = form }

  /// Numbers given so far are below this.
  var limit: Int { interner.count }

  /// Begins a record: numbers given before it may lose their meaning.
  mutating func beginRecord() { interner.trim() }

  /// Replaces `tokens` by those of an answer.
  mutating func read(_ answer: UnsafeBufferPointer<UInt8>, into tokens: inout [UInt32]) {
    tokens.removeAll(keepingCapacity: true)
    var lowered: [UInt8] = []
    swap(&lowered, &self.lowered)
    PythonLowercase.lower(answer, into: &lowered)
    lowered.withUnsafeBufferPointer { lowered in
      PythonText.forEachScalar(lowered) { value, range in
        add(value, UnsafeBufferPointer(rebasing: lowered[range]), &tokens)
      }
    }
    swap(&lowered, &self.lowered)
    endRun(&tokens)
    endWord(&tokens)
  }

  private mutating func add(
    _ value: UInt32, _ bytes: UnsafeBufferPointer<UInt8>, _ tokens: inout [UInt32]
  ) {
    let kind = CharacterKinds.of(value, in: kinds)
    if kind.contains(.space) {
      endRun(&tokens)
      endWord(&tokens)
    } else if isRemoved(value, kind) {
      return
    } else if form == .characters, kind.contains(.ideograph) {
      endRun(&tokens)
      endWord(&tokens)
      tokens.append(interner.id(of: bytes))
    } else if kind.isDisjoint(with: .word) {
      endRun(&tokens)
      word.append(contentsOf: bytes)
      run = word.count
    } else {
      word.append(contentsOf: bytes)
    }
  }

  private func isRemoved(_ value: UInt32, _ kind: CharacterKinds) -> Bool {
    switch value {
    case 0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E: true
    default: form == .characters && !kind.isDisjoint(with: [.punctuation, .symbol])
    }
  }

  /// Ends a run of letters and digits; one that is an article becomes a blank.
  private mutating func endRun(_ tokens: inout [UInt32]) {
    let isArticle =
      switch word.count - run {
      case 1: word[run] == 0x61
      case 2: word[run] == 0x61 && word[run + 1] == 0x6E
      case 3: word[run] == 0x74 && word[run + 1] == 0x68 && word[run + 2] == 0x65
      default: false
      }
    if isArticle {
      word.removeLast(word.count - run)
      endWord(&tokens)
    }
    run = word.count
  }

  private mutating func endWord(_ tokens: inout [UInt32]) {
    if !word.isEmpty { tokens.append(word.withUnsafeBufferPointer { interner.id(of: $0) }) }
    word.removeAll(keepingCapacity: true)
    run = 0
  }
}
