/// How ROUGE cuts texts into words.
public enum RougeTokenizer: String, Sendable, CaseIterable {
  /// rouge_score's: runs of a–z and 0–9 after lowercasing; all else divides words.
  ///
  /// Texts without ASCII letters have no words, so that Chinese scores 0.
  case standard = "rouge_score"
  /// Runs of letters, marks and digits of all of Unicode; each character of a script without blanks,
  /// such as Chinese or Thai, is a word.
  case unicode
}

/// Reads texts as numbered words, stemmed where asked.
struct RougeReader {
  private let tokenizer: RougeTokenizer
  private let stems: Bool
  private let kinds: [CharacterKinds]
  private var interner = TokenInterner()
  /// The number of each word's stem, by the word's number; `unknown` until it is asked.
  private var stemIDs: [UInt32] = []
  private var stemmer = PorterStemmer()
  private var word: [UInt8] = []
  private var lowered: [UInt8] = []

  private static let unknown = UInt32.max

  init(_ tokenizer: RougeTokenizer, stems: Bool) {
    self.tokenizer = tokenizer
    self.stems = stems
    kinds = tokenizer == .unicode ? CharacterKinds.table : []
  }

  /// Numbers given so far are below this.
  var limit: Int { interner.count }

  /// Begins a record: numbers given before it may lose their meaning.
  mutating func beginRecord() {
    guard interner.isLarge else { return }
    interner.trim()
    stemIDs.removeAll(keepingCapacity: true)
  }

  /// Appends the words of a text.
  mutating func read(_ text: UnsafeBufferPointer<UInt8>, into tokens: inout [UInt32]) {
    switch tokenizer {
    case .standard: readASCII(text, into: &tokens)
    case .unicode:
      var lowered: [UInt8] = []
      swap(&lowered, &self.lowered)
      PythonLowercase.lower(text, into: &lowered)
      lowered.withUnsafeBufferPointer { readUnicode($0, into: &tokens) }
      swap(&lowered, &self.lowered)
    }
  }

  /// What a byte is written as in a word; 0 between words.
  private static let letters: [UInt8] = (0..<256).map { byte in
    switch UInt8(byte) {
    case 0x30...0x39, 0x61...0x7A: UInt8(byte)
    case 0x41...0x5A: UInt8(byte) | 0x20
    default: 0
    }
  }

  private mutating func readASCII(
    _ text: UnsafeBufferPointer<UInt8>, into tokens: inout [UInt32]
  ) {
    Self.letters.withUnsafeBufferPointer { letters in
      for (place, byte) in text.enumerated() {
        let letter = letters[Int(byte)]
        if letter != 0 {
          word.append(letter)
        } else if byte < 0x80 {
          finish(&tokens)
        } else {
          readWide(text, place, &tokens)
        }
      }
    }
    finish(&tokens)
  }

  /// Two characters beyond ASCII have small letters in it: the sign of kelvin, and İ, which becomes
  /// an i and a dot.
  private mutating func readWide(
    _ text: UnsafeBufferPointer<UInt8>, _ place: Int, _ tokens: inout [UInt32]
  ) {
    switch text[place] {
    case 0xE2 where place + 2 < text.count && text[place + 1] == 0x84 && text[place + 2] == 0xAA:
      word.append(UInt8(ascii: "k"))
    case 0xC4 where place + 1 < text.count && text[place + 1] == 0xB0:
      word.append(UInt8(ascii: "i"))
      finish(&tokens)
    case 0x84
    where place > 0 && text[place - 1] == 0xE2 && place + 1 < text.count
      && text[place + 1] == 0xAA:
      break
    case 0xAA where place > 1 && text[place - 1] == 0x84 && text[place - 2] == 0xE2:
      break
    default: finish(&tokens)
    }
  }

  private mutating func readUnicode(
    _ text: UnsafeBufferPointer<UInt8>, into tokens: inout [UInt32]
  ) {
    PythonText.forEachScalar(text) { value, range in
      let kind = CharacterKinds.of(value, in: kinds)
      if kind.contains(.ideograph) { finish(&tokens) }
      if !kind.isDisjoint(with: [.letter, .number, .mark]) {
        word.append(contentsOf: text[range])
        if kind.contains(.ideograph) { finish(&tokens) }
      } else {
        finish(&tokens)
      }
    }
    finish(&tokens)
  }

  /// Ends a word.
  private mutating func finish(_ tokens: inout [UInt32]) {
    guard !word.isEmpty else { return }
    let id = word.withUnsafeBufferPointer { interner.id(of: $0) }
    word.removeAll(keepingCapacity: true)
    guard stems else { return tokens.append(id) }
    let stem = stem(of: id)
    if let stem { tokens.append(stem) }
  }

  /// The number of a word's stem; nil where nothing is left.
  ///
  /// Words of three letters stay.
  private mutating func stem(of id: UInt32) -> UInt32? {
    while stemIDs.count < interner.count { stemIDs.append(Self.unknown) }
    let known = stemIDs[Int(id)]
    if known != Self.unknown { return known }
    let stem = interner.withWord(id) { $0.count > 3 ? stemmer.stem($0) : nil }
    guard let stem else {
      stemIDs[Int(id)] = id
      return id
    }
    guard !stem.isEmpty else { return nil }
    let stemID = stem.withUnsafeBufferPointer { interner.id(of: $0) }
    stemIDs[Int(id)] = stemID
    return stemID
  }
}
