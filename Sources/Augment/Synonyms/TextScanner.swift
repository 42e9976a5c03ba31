/// A word or a mark of a text and where it stands, in UTF-8 bytes.
struct TextToken: Sendable, Hashable {
  enum Kind: Sendable, Hashable {
    /// Letters of ASCII alone.
    case word
    /// Something with letters or digits that is no plain word: a number, `COVID-19`, a URL, 你好.
    case opaque
    /// A mark after which a sentence may end or a clause does.
    case mark(UInt8)
  }
  enum Casing: Sendable, Hashable { case lower, title, upper, mixed }

  let kind: Kind
  let range: Range<Int>
  /// A word or contraction in lower case; empty for what is neither, and for words that are asked for without it.
  let lower: String
  let casing: Casing
  /// Whether the word is the first of a sentence, a line or a quotation.
  var startsSentence: Bool
  /// Whether something forbids to change the word: a protected span, a hyphen beside it.
  var isProtected: Bool
}

/// Divides a text into words and marks, in place: nothing is ever joined again, so nothing is lost.
struct TextScanner {
  private let bytes: [UInt8]
  private let lowersWords: Bool
  private let kinds = ByteKinds.table
  private var tokens: [TextToken] = []
  private var sentenceStarts = true

  private init(_ bytes: [UInt8], lowersWords: Bool = true) {
    self.bytes = bytes
    self.lowersWords = lowersWords
  }

  /// The words and marks of a text.
  /// - Parameter lowersWords: Whether words are wanted in lower case; else their place must do.
  static func scan(_ bytes: [UInt8], lowersWords: Bool = true) -> [TextToken] {
    var scanner = TextScanner(bytes, lowersWords: lowersWords)
    scanner.tokens.reserveCapacity(min(bytes.count / 4 + 4, 1 << 12))
    var start = 0
    while start < bytes.count {
      if scanner.isBlank(start) {
        if bytes[start] == 0x0A { scanner.breakLine(at: start) }
        start += 1
        continue
      }
      var end = start
      var kinds: ByteKinds = []
      repeat {
        kinds.formUnion(scanner.kinds[Int(bytes[end])])
        end += 1
      } while end < bytes.count && !scanner.isBlank(end)
      if kinds == .letter {
        scanner.append(.word, start..<end)
      } else {
        scanner.scanChunk(start..<end, kinds)
      }
      start = end
    }
    return scanner.tokens
  }

  /// The stretches between blanks that hold an address, a path, code or the like.
  static func opaqueChunks(_ bytes: [UInt8]) -> [Range<Int>] {
    let scanner = TextScanner(bytes)
    return bytes.split { $0 <= 0x20 }.map(\.indices).filter(scanner.isOpaque)
  }

  private func isBlank(_ place: Int) -> Bool { bytes[place] <= 0x20 }

  private mutating func breakLine(at place: Int) {
    append(.mark(0x0A), place..<place + 1)
    sentenceStarts = true
  }

  /// What stands between two blanks: one thing, or words with marks around and between them.
  private mutating func scanChunk(_ chunk: Range<Int>, _ kinds: ByteKinds) {
    if kinds.contains(.sign) || kinds.contains(.joint) && isOpaque(chunk) {
      return append(.opaque, chunk)
    }
    var place = chunk.lowerBound
    while place < chunk.upperBound {
      let end = endOfPiece(place, limit: chunk.upperBound)
      if end > place {
        appendPiece(place..<end)
        place = end
      } else {
        // A mark; what is not ASCII here is a dash or a quotation mark, of several bytes.
        var next = place + 1
        while next < chunk.upperBound, bytes[next] & 0xC0 == 0x80 { next += 1 }
        appendMark(place..<next)
        place = next
      }
    }
  }

  /// A URL, an address, a path, code, `e.g.`: what holds signs that no prose has inside a word.
  private func isOpaque(_ chunk: Range<Int>) -> Bool {
    var slashes = 0
    for place in chunk {
      switch bytes[place] {
      case let byte where kinds[Int(byte)].contains(.sign): return true
      case UInt8(ascii: "/"):
        slashes += 1
        if slashes > 1 || place == chunk.lowerBound { return true }
      case UInt8(ascii: "."), UInt8(ascii: ":"):
        if isLetter(place - 1, in: chunk), isLetter(place + 1, in: chunk) { return true }
      case UInt8(ascii: "("):
        // `print(x)` is code, `word(s)` is best left alone.
        if isLetter(place - 1, in: chunk) { return true }
      default: break
      }
    }
    return false
  }

  private func isLetter(_ place: Int, in chunk: Range<Int>) -> Bool {
    chunk.contains(place) && Bytes.isWordByte(bytes[place])
  }

  /// Where a run of letters and digits ends, with the apostrophes and hyphens inside it.
  private func endOfPiece(_ start: Int, limit: Int) -> Int {
    var place = start
    while place < limit {
      if kinds[Int(bytes[place])].isPlain {
        place += 1
        continue
      }
      if let width = Bytes.letterWidth(bytes, place, limit) {
        place += width
        continue
      }
      guard place > start, let width = Bytes.joinerWidth(bytes, place, limit),
        place + width < limit, Bytes.letterWidth(bytes, place + width, limit) != nil
      else { break }
      place += width
    }
    return place
  }

  /// A run of letters: a word, a word with 's, or something with digits, hyphens or foreign letters.
  private mutating func appendPiece(_ range: Range<Int>) {
    let stem = Bytes.withoutPossessive(bytes, range)
    guard bytes[stem].allSatisfy(Bytes.isASCIILetter) else { return append(.opaque, range) }
    append(.word, stem)
    if stem != range { append(.mark(UInt8(ascii: "'")), stem.upperBound..<range.upperBound) }
  }

  private mutating func appendMark(_ range: Range<Int>) {
    let byte = bytes[range.lowerBound]
    append(.mark(byte), range)
    switch byte {
    case UInt8(ascii: "."): sentenceStarts = !followsAbbreviation(range.lowerBound)
    case UInt8(ascii: "!"), UInt8(ascii: "?"), UInt8(ascii: ":"), UInt8(ascii: "*"):
      sentenceStarts = true
    case UInt8(ascii: "\""), 0x80...:
      // An opening quotation mark or a bullet stands behind a blank.
      let opens = range.lowerBound == 0 || isBlank(range.lowerBound - 1)
      sentenceStarts = sentenceStarts || opens
    case UInt8(ascii: "-"), UInt8(ascii: "'"), UInt8(ascii: ")"): break
    default: sentenceStarts = false
    }
  }

  /// `Dr. Smith`: the full stop of an abbreviation or an initial ends no sentence.
  private func followsAbbreviation(_ place: Int) -> Bool {
    guard let last = tokens.dropLast().last, last.kind == .word, last.range.upperBound == place
    else { return false }
    if last.range.count == 1 { return true }
    return last.range.count <= Self.longestAbbreviation
      && Self.abbreviations.contains(lower(last.range))
  }

  private static let abbreviations: Set<String> = [
    "dr", "mr", "mrs", "ms", "prof", "st", "vs", "no", "fig", "jr", "sr", "inc", "ltd", "co",
    "dept",
    "approx", "gen", "col", "lt", "sgt", "rev", "hon", "mt", "vol",
  ]
  private static let longestAbbreviation = abbreviations.map(\.utf8.count).max() ?? 0

  /// Letters of ASCII in lower case.
  private func lower(_ word: Range<Int>) -> String {
    bytes.withUnsafeBufferPointer { Bytes.lowercased(UnsafeBufferPointer(rebasing: $0[word])) }
  }

  private mutating func append(_ kind: TextToken.Kind, _ range: Range<Int>) {
    var lower = ""
    var casing = TextToken.Casing.lower
    if kind == .word {
      if lowersWords { lower = self.lower(range) }
      casing = Bytes.casing(bytes[range])
    } else if kind == .opaque, range.count < 12 {
      lower = String(decoding: bytes[range], as: UTF8.self).lowercased()
    }
    tokens.append(
      TextToken(
        kind: kind, range: range, lower: lower, casing: casing, startsSentence: sentenceStarts,
        isProtected: false))
    if case .mark = kind { return }
    sentenceStarts = false
  }
}
