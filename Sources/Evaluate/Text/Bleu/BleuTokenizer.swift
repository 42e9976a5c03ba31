/// How BLEU cuts texts into words: sacreBLEU's tokenizers, by their names there.
public enum BleuTokenizer: String, Sendable, CaseIterable {
  /// WMT's mteval-v13a: splits off ASCII punctuation; for languages that write blanks.
  case mteval13a = "13a"
  /// mteval-v14's international one: splits off punctuation and symbols of all of Unicode.
  case intl
  /// Every Chinese character is a word, the rest as in 13a.
  case zh
  /// Every character is a word; for Japanese, Thai and others without blanks.
  case char
  /// Only white space divides words.
  case none
}

/// Reads segments as numbered words in the way of one tokenizer.
struct BleuReader {
  private let tokenizer: BleuTokenizer
  private let lowercase: Bool
  private let kinds: [CharacterKinds]
  private var interner = TokenInterner()
  private var lowered: [UInt8] = []
  private var rewritten: [UInt8] = []
  private var western = WesternText()
  private var international = InternationalWord()

  init(_ tokenizer: BleuTokenizer, lowercase: Bool) {
    self.tokenizer = tokenizer
    self.lowercase = lowercase
    kinds = tokenizer == .intl ? CharacterKinds.table : []
  }

  /// Begins a record: numbers given before it may lose their meaning.
  mutating func beginRecord() { interner.trim() }

  /// Whether the next record's begin forgets all words.
  var isLarge: Bool { interner.isLarge }
  /// Numbers given so far are below this.
  var limit: Int { interner.count }

  /// The number of a word.
  mutating func id(of word: UnsafeBufferPointer<UInt8>) -> UInt32 { interner.id(of: word) }

  /// The bytes of a word.
  func withWord<Result>(
    _ id: UInt32, _ body: (UnsafeBufferPointer<UInt8>) -> Result
  ) -> Result {
    interner.withWord(id, body)
  }

  /// Replaces `tokens` by those of a segment.
  mutating func read(_ segment: UnsafeBufferPointer<UInt8>, into tokens: inout [UInt32]) {
    tokens.removeAll(keepingCapacity: true)
    guard lowercase else { return readCased(segment, into: &tokens) }
    var lowered: [UInt8] = []
    swap(&lowered, &self.lowered)
    PythonLowercase.lower(segment, into: &lowered)
    lowered.withUnsafeBufferPointer { readCased($0, into: &tokens) }
    swap(&lowered, &self.lowered)
  }

  private mutating func readCased(
    _ segment: UnsafeBufferPointer<UInt8>, into tokens: inout [UInt32]
  ) {
    let line = UnsafeBufferPointer(rebasing: segment[..<PythonText.trimmedEnd(segment)])
    switch tokenizer {
    case .mteval13a: readMteval(line, into: &tokens)
    case .zh: readChinese(line, into: &tokens)
    case .intl: readInternational(line, into: &tokens)
    case .none:
      PythonText.forEachWord(line) { tokens.append(interner.id(of: .init(rebasing: line[$0]))) }
    case .char:
      PythonText.forEachScalar(line) { _, range in
        if PythonText.spaceLength(line, range.lowerBound) == 0 {
          tokens.append(interner.id(of: UnsafeBufferPointer(rebasing: line[range])))
        }
      }
    }
  }

  /// 13a: entities and line ends first, where there are any; then word by word.
  private mutating func readMteval(
    _ line: UnsafeBufferPointer<UInt8>, into tokens: inout [UInt32]
  ) {
    guard line.contains(where: { $0 == 0x0A || $0 == 0x26 || $0 == 0x3C }) else {
      return readWestern(line, into: &tokens)
    }
    var rewritten: [UInt8] = []
    swap(&rewritten, &self.rewritten)
    Rewriting.mteval(line, into: &rewritten)
    rewritten.withUnsafeBufferPointer { readWestern($0, into: &tokens) }
    swap(&rewritten, &self.rewritten)
  }

  /// A text with blanks around it, as 13a sees it.
  private mutating func readWestern(
    _ line: UnsafeBufferPointer<UInt8>, into tokens: inout [UInt32]
  ) {
    var place = 0
    while place < line.count {
      let start = place
      var isPlain = true
      while place < line.count {
        let kind = WesternText.kinds[Int(line[place])]
        if kind == WesternText.plain {
          place += 1
        } else if kind == WesternText.mark {
          isPlain = false
          place += 1
        } else {
          if PythonText.spaceLength(line, place) > 0 { break }
          place += 1
        }
      }
      if start < place {
        let word = UnsafeBufferPointer(rebasing: line[start..<place])
        if isPlain {
          tokens.append(interner.id(of: word))
        } else {
          western.split(word, before: true, after: true, &interner, &tokens)
        }
      }
      if place < line.count { place += PythonText.spaceLength(line, place) }
    }
  }

  /// Chinese characters one by one, and what is between them; no blanks stand around the text.
  private mutating func readChinese(
    _ line: UnsafeBufferPointer<UInt8>, into tokens: inout [UInt32]
  ) {
    var first = 0
    while first < line.count {
      let length = PythonText.spaceLength(line, first)
      if length == 0 { break }
      first += length
    }
    var start = first
    var place = first
    while place <= line.count {
      let isEnd = place == line.count
      let (value, length) = isEnd ? (0, 1) : PythonText.scalar(line, place)
      let isSpace = isEnd || PythonText.spaceLength(line, place) > 0
      if isSpace || Self.isChinese(value) {
        if start < place {
          western.split(
            UnsafeBufferPointer(rebasing: line[start..<place]), before: start > first,
            after: !isEnd, &interner, &tokens)
        }
        if !isSpace {
          tokens.append(
            interner.id(of: UnsafeBufferPointer(rebasing: line[place..<place + length])))
        }
        start = place + length
      }
      place += length
    }
  }

  private mutating func readInternational(
    _ line: UnsafeBufferPointer<UInt8>, into tokens: inout [UInt32]
  ) {
    PythonText.forEachWord(line) { range in
      let word = UnsafeBufferPointer(rebasing: line[range])
      international.split(
        word, before: range.lowerBound > 0, after: range.upperBound < line.count, kinds: kinds,
        &interner, &tokens)
    }
  }

  /// What sacreBLEU's tokenizer for Chinese sets apart.
  ///
  /// Two of its ranges are written with five hexadecimal digits where Python reads four: it splits
  /// U+2001 to U+2A6D, and no ideographs of the second plane.
  private static func isChinese(_ value: UInt32) -> Bool {
    switch value {
    case 0..<0x2001: false
    case 0x2001...0x2A6D, 0x2E80...0x2FDF, 0x2FF0...0x303F, 0x3100...0x312F, 0x31A0...0x31EF,
      0x3200...0x4DB5, 0x4E00...0x9FBB, 0xF900...0xFA2D, 0xFA30...0xFA6A, 0xFA70...0xFAD9,
      0xFE10...0xFE1F, 0xFE30...0xFE4F, 0xFF00...0xFFEF:
      true
    default: false
    }
  }
}
