/// The symbols that words begin as: bytes, or characters marked by where in the word they stand.
struct InitialSymbols: Sendable {
  /// The id of each byte; empty where symbols are characters.
  private let byteIds: [Int32]
  /// The row of each scalar in `forms`, -1 for scalars outside the alphabet, which words lose.
  private let rows: [Int32]
  /// Four ids a row, by `form`; -1 for what does not occur.
  private let forms: [Int32]

  private static let scalarCount = 0x11_0000

  /// Which of the four ids of a scalar counts.
  @inline(__always)
  private static func form(isFirst: Bool, isLast: Bool) -> Int {
    (isFirst ? 0 : 1) + (isLast ? 2 : 0)
  }

  /// Adds the 256 bytes to a vocabulary, in the order of the characters that they are spelled with.
  init(bytesIn tokens: inout LearnedTokens) {
    var ids = [Int32](repeating: 0, count: 256)
    let bytes = (0..<256).sorted { ByteAlphabet.scalars[$0] < ByteAlphabet.scalars[$1] }
    for byte in bytes { ids[byte] = tokens.add(ByteAlphabet.encode([UInt8(byte)])) }
    byteIds = ids
    rows = []
    forms = []
  }

  /// Adds the alphabet of words to a vocabulary, and the forms its characters take with prefix and suffix.
  ///
  /// Hugging Face numbers those forms in the order that a hash table has its words in, which changes from
  /// run to run; here they have the order of their characters.
  init(
    alphabetOf words: CountedWords, _ options: VocabularyOptions, in tokens: inout LearnedTokens
  ) {
    let alphabet = Alphabet(words, options)
    for scalar in alphabet.scalars { _ = tokens.add(Self.spelled(scalar)) }
    var rows = [Int32](repeating: -1, count: Self.scalarCount)
    var forms: [Int32] = []
    // A character that is a special token is allowed even where the alphabet leaves it out.
    for scalar in alphabet.seen where tokens.contains(Self.spelled(scalar)) {
      rows[Int(scalar)] = Int32(forms.count / 4)
      let known = tokens.add(Self.spelled(scalar))
      forms += repeatElement(
        options.prefix.isEmpty && options.suffix.isEmpty ? known : -1, count: 4)
    }
    byteIds = []
    self.rows = rows
    guard !options.prefix.isEmpty || !options.suffix.isEmpty else {
      self.forms = forms
      return
    }
    Self.visit(words, rows) { row, form in forms[Int(row) * 4 + form] = 0 }
    for scalar in alphabet.seen where rows[Int(scalar)] >= 0 {
      for form in 0..<4 {
        let place = Int(rows[Int(scalar)]) * 4 + form
        guard forms[place] == 0 else { continue }
        let prefix = form & 1 == 1 ? Array(options.prefix.utf8) : []
        let suffix = form & 2 == 2 ? Array(options.suffix.utf8) : []
        forms[place] = tokens.add(prefix + Self.spelled(scalar) + suffix)
      }
    }
    self.forms = forms
  }

  private static func spelled(_ scalar: UInt32) -> [UInt8] {
    var bytes: [UInt8] = []
    UTF8Scalars.append(scalar, to: &bytes)
    return bytes
  }

  /// Visits the row and form of all characters of the alphabet in all words.
  private static func visit(
    _ words: CountedWords, _ rows: [Int32], _ body: (Int32, Int) -> Void
  ) {
    for word in 0..<words.count {
      forEachScalar(words.bytes.span, words.range(of: word)) { scalar, isFirst, isLast in
        let row = rows[Int(scalar)]
        if row >= 0 { body(row, form(isFirst: isFirst, isLast: isLast)) }
      }
    }
  }

  @inline(__always)
  private static func forEachScalar(
    _ bytes: borrowing Span<UInt8>, _ word: Range<Int>, _ body: (UInt32, Bool, Bool) -> Void
  ) {
    var place = word.lowerBound
    while place < word.upperBound {
      let (scalar, length) = UTF8Scalars.decode(bytes, at: place)
      body(scalar, place == word.lowerBound, place + length == word.upperBound)
      place += length
    }
  }

  /// The most symbols that words begin as which have these bytes of a buffer.
  func mostSymbols(in bytes: borrowing Span<UInt8>, _ range: Range<Int>) -> Int {
    guard byteIds.isEmpty else { return range.count }
    var scalars = 0
    for place in range where bytes[place] & 0xC0 != 0x80 { scalars += 1 }
    return scalars
  }

  /// Appends the symbols of a word.
  @inline(__always)
  func append(_ word: Range<Int>, of bytes: borrowing Span<UInt8>, to symbols: inout [Int32]) {
    guard byteIds.isEmpty else {
      for place in word { symbols.append(byteIds[Int(bytes[place])]) }
      return
    }
    Self.forEachScalar(bytes, word) { scalar, isFirst, isLast in
      let row = rows[Int(scalar)]
      if row >= 0 {
        symbols.append(forms[Int(row) * 4 + Self.form(isFirst: isFirst, isLast: isLast)])
      }
    }
  }
}

/// The characters that are tokens of their own.
private struct Alphabet {
  /// The characters that words or options have, in the order of their code points.
  let seen: [UInt32]
  /// Those that are kept, in the same order.
  let scalars: [UInt32]

  init(_ words: CountedWords, _ options: VocabularyOptions) {
    var counts = [Int64](repeating: 0, count: 0x11_0000)
    let bytes = words.bytes.span
    var place = 0
    for word in 0..<words.count {
      while place < words.range(of: word).upperBound {
        let (scalar, length) = UTF8Scalars.decode(bytes, at: place)
        counts[Int(scalar)] += words.counts[word]
        place += length
      }
    }
    for scalar in options.alphabet { counts[Int(scalar.value)] = .max }
    let seen = counts.indices.filter { counts[$0] > 0 }
    self.seen = seen.map(UInt32.init)
    guard let limit = options.limitAlphabet, seen.count > limit else {
      scalars = self.seen
      return
    }
    // Of equally frequent characters the smaller code points stay; Hugging Face leaves it to chance.
    let byCount = seen.sorted { (counts[$1], $0) < (counts[$0], $1) }
    scalars = byCount.prefix(limit).map(UInt32.init).sorted()
  }
}
