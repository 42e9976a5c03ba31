/// What is known of words met before, for one thread at a time.
///
/// What the reader of a text asks of each word lies together, the rest apart: synonyms are looked for when one is
/// to stand somewhere.
struct WordCache: Sendable {
  /// What every word of a text is asked for, by its number.
  struct Word: Sendable {
    /// What it tells the words beside it.
    let neighbour: RuleTagger.Neighbour
    /// Whether it is of a closed class, and never swapped.
    let isClosed: Bool
    /// The marks of all words that stand second in expressions which begin with a form of it.
    let seconds: UInt64
    /// The marks of its own forms.
    let marks: UInt64
    fileprivate let candidates: Range<Int32>
    fileprivate let forms: Range<Int32>
  }

  /// A form that a word may have in an expression.
  struct Form: Sendable {
    let step: Expressions.Step
    /// Nil where no expression begins with it.
    let start: Expressions.Start?
  }

  private var numbers = WordTable()
  private var words: [Word] = []
  private var candidates: [RuleTagger.Candidate] = []
  private var forms: [Form] = []
  private var facts: [WordFacts] = []
  /// The synonyms of each candidate; nil where nobody asked for them yet.
  private var synonyms: [SynonymSet?] = []
  /// Whether each word is spelled with a capital, too; nil where nobody asked yet.
  private var isAlsoName: [Bool?] = []
  private var entries: LemmaEntries
  /// Rare words fill the cache too; it starts again before it grows beyond some 20 MB and a text's words.
  private static let most = 1 << 15

  init(_ wordnet: WordNet) { entries = LemmaEntries(wordnet) }

  /// Forgets all words where they are many, and with them their numbers.
  mutating func makeRoom() {
    if words.count < Self.most { return }
    // Not with their capacity: a single text may have had millions of words.
    numbers = WordTable()
    (words, candidates, forms) = ([], [], [])
    (facts, synonyms, isAlsoName) = ([], [], [])
  }

  // MARK: - Words

  /// The number of a word in lower case, good until room is made.
  mutating func number(of word: String, _ finder: SynonymFinder) -> Int {
    numbers.number(of: word) ?? add(word, finder)
  }

  /// The number of letters of ASCII as a word in lower case.
  @inline(__always)
  mutating func number(
    ofLetters bytes: UnsafeBufferPointer<UInt8>, _ finder: SynonymFinder
  ) -> Int {
    if let key = WordKey(letters: bytes), let number = numbers.number(of: key) { return number }
    return number(of: Bytes.lowercased(bytes), finder)
  }

  private mutating func add(_ word: String, _ finder: SynonymFinder) -> Int {
    let made = finder.makeFacts(word, &entries)
    let steps = made.forms.map { Expressions.Step($0) }
    let number = words.count
    numbers.insert(word, number)
    words.append(
      Word(
        neighbour: made.neighbour, isClosed: made.closed != nil,
        seconds: made.starts.reduce(0) { $0 | ($1?.seconds ?? 0) },
        marks: steps.reduce(0) { $0 | $1.mark },
        candidates: Int32(candidates.count)..<Int32(candidates.count + made.readings.count),
        forms: Int32(forms.count)..<Int32(forms.count + made.forms.count)))
    candidates += made.readings.map(RuleTagger.Candidate.init)
    forms += zip(steps, made.starts).map { Form(step: $0, start: $1) }
    synonyms += made.readings.map { _ in nil }
    facts.append(made)
    isAlsoName.append(nil)
    return number
  }

  /// What is known of a word in lower case.
  mutating func facts(of word: String, _ finder: SynonymFinder) -> WordFacts {
    makeRoom()
    return facts[number(of: word, finder)]
  }

  /// The word of a number.
  @inline(__always)
  subscript(number: Int) -> Word { words[number] }

  /// What else is known of it.
  func facts(_ number: Int) -> WordFacts { facts[number] }

  /// How it may be read, in the order of its readings.
  @inline(__always)
  func candidates(_ number: Int) -> ArraySlice<RuleTagger.Candidate> {
    let range = words[number].candidates
    return candidates[Int(range.lowerBound)..<Int(range.upperBound)]
  }

  /// Whether a word has any synonyms in one of its readings.
  @inline(__always)
  mutating func hasSynonyms(_ number: Int, reading: Int, _ finder: SynonymFinder) -> Bool {
    let place = Int(words[number].candidates.lowerBound) + reading
    if let isEmpty = synonyms[place]?.synonyms.isEmpty { return !isEmpty }
    return !synonyms(number, reading: reading, finder).synonyms.isEmpty
  }

  /// The synonyms of a word in one of its readings.
  mutating func synonyms(_ number: Int, reading: Int, _ finder: SynonymFinder) -> SynonymSet {
    let place = Int(words[number].candidates.lowerBound) + reading
    if let known = synonyms[place] { return known }
    let made = finder.synonyms(of: facts[number], reading: reading, &entries)
    synonyms[place] = made
    return made
  }

  /// Whether WordNet also spells a word with a capital: `Bill`, `Nice`.
  mutating func isAlsoName(_ number: Int, _ finder: SynonymFinder) -> Bool {
    if let known = isAlsoName[number] { return known }
    let found = finder.isAlsoName(facts[number].word)
    isAlsoName[number] = found
    return found
  }

  // MARK: - Expressions

  /// The forms of a word, the word itself first.
  @inline(__always)
  func forms(_ number: Int) -> ArraySlice<Form> {
    let range = words[number].forms
    return forms[Int(range.lowerBound)..<Int(range.upperBound)]
  }

  /// One word on, as `Expressions.step`.
  @inline(__always)
  func step(
    _ form: Form, from path: Expressions.Path
  ) -> (path: Expressions.Path?, isWhole: Bool) {
    entries.expressions.step(form.step, from: path)
  }
}
