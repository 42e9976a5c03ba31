/// Texts as numbered words, with each word's stem and synonyms as numbers, found once.
struct MeteorWords {
  private let synonymSource: (any SynonymSource)?
  private var reader: BleuReader
  private var stemmer = PorterStemmer()
  /// By a word's number; nil where not asked yet.
  private var stems: [UInt32?] = []
  private var synonyms: [[UInt32]?] = []

  init(_ tokenizer: BleuTokenizer, synonyms: (any SynonymSource)?) {
    reader = BleuReader(tokenizer, lowercase: true)
    synonymSource = synonyms
  }

  /// Numbers given so far are below this.
  var limit: Int { reader.limit }
  /// Whether words have synonyms at all.
  var hasSynonyms: Bool { synonymSource != nil }

  /// Begins a record: numbers given before it may lose their meaning.
  mutating func beginRecord() {
    guard reader.isLarge else { return }
    reader.beginRecord()
    stems.removeAll()
    synonyms.removeAll()
  }

  /// Replaces `tokens` by those of a text.
  mutating func read(_ text: UnsafeBufferPointer<UInt8>, into tokens: inout [UInt32]) {
    reader.read(text, into: &tokens)
  }

  /// The number of a word's stem.
  mutating func stem(_ id: UInt32) -> UInt32 {
    while stems.count <= id { stems.append(nil) }
    if let stem = stems[Int(id)] { return stem }
    let bytes = reader.withWord(id) { stemmer.stem($0) }
    let stem = bytes.withUnsafeBufferPointer { reader.id(of: $0) }
    stems[Int(id)] = stem
    return stem
  }

  /// The numbers of a word's synonyms and its own.
  mutating func synonyms(_ id: UInt32) -> [UInt32] {
    while synonyms.count <= id { synonyms.append(nil) }
    if let known = synonyms[Int(id)] { return known }
    var found = [id]
    let word = reader.withWord(id) { String(decoding: $0, as: UTF8.self) }
    for synonym in synonymSource?.synonyms(of: word) ?? [] {
      var synonym = synonym
      let number = synonym.withUTF8 { reader.id(of: $0) }
      if !found.contains(number) { found.append(number) }
    }
    synonyms[Int(id)] = found
    return found
  }
}

/// Matches the words of two texts in three stages, from the last word to the first.
struct MeteorAligner {
  /// Where words of the reference stand that are not matched yet: the last place of each key, and for
  /// each place the one before it with the same key.
  private var last: [(stamp: UInt32, place: Int)] = []
  private var before: [Int] = []
  private var stamp: UInt32 = 0
  /// The match of each word of the hypothesis; nil where it has none.
  private var matches: [Int?] = []
  private var isTaken: [Bool] = []

  /// How many words match, and in how many pieces of words that stand together in both texts.
  mutating func align(
    _ hypothesis: [UInt32], _ reference: [UInt32], _ words: inout MeteorWords
  ) -> (matches: Int, pieces: Int) {
    matches = [Int?](repeating: nil, count: hypothesis.count)
    isTaken = [Bool](repeating: false, count: reference.count)
    matchEqual(hypothesis, reference, words.limit)
    if isUnfinished {
      let (hypothesisStems, referenceStems) = (
        hypothesis.map { words.stem($0) }, reference.map { words.stem($0) }
      )
      matchEqual(hypothesisStems, referenceStems, words.limit)
    }
    if words.hasSynonyms, isUnfinished { matchSynonyms(hypothesis, reference, &words) }
    return countPieces()
  }

  private var isUnfinished: Bool { matches.contains(nil) && isTaken.contains(false) }

  /// Matches words of equal keys, the last of the reference first.
  private mutating func matchEqual(_ hypothesis: [UInt32], _ reference: [UInt32], _ limit: Int) {
    list(reference, limit)
    for index in hypothesis.indices.reversed() where matches[index] == nil {
      let place = lastPlace(hypothesis[index])
      if place >= 0 { take(place, hypothesis[index], for: index) }
    }
  }

  /// Matches a word with the last of the reference that is a synonym.
  private mutating func matchSynonyms(
    _ hypothesis: [UInt32], _ reference: [UInt32], _ words: inout MeteorWords
  ) {
    let synonyms = hypothesis.indices.map {
      matches[$0] == nil ? words.synonyms(hypothesis[$0]) : []
    }
    list(reference, words.limit)
    for index in hypothesis.indices.reversed() where matches[index] == nil {
      var (best, key) = (-1, hypothesis[index])
      for synonym in synonyms[index] where lastPlace(synonym) > best {
        (best, key) = (lastPlace(synonym), synonym)
      }
      if best >= 0 { take(best, key, for: index) }
    }
  }

  /// Lists where the words that are left stand.
  private mutating func list(_ keys: [UInt32], _ limit: Int) {
    if last.count < limit {
      last += [(UInt32, Int)](repeating: (0, -1), count: limit * 2 - last.count)
    }
    if stamp == .max {
      for key in last.indices { last[key].stamp = 0 }
      stamp = 0
    }
    stamp += 1
    before = [Int](repeating: -1, count: keys.count)
    for (place, key) in keys.enumerated() where !isTaken[place] {
      before[place] = lastPlace(key)
      last[Int(key)] = (stamp, place)
    }
  }

  private func lastPlace(_ key: UInt32) -> Int {
    last[Int(key)].stamp == stamp ? last[Int(key)].place : -1
  }

  private mutating func take(_ place: Int, _ key: UInt32, for index: Int) {
    last[Int(key)].place = before[place]
    isTaken[place] = true
    matches[index] = place
  }

  private func countPieces() -> (matches: Int, pieces: Int) {
    var (count, pieces) = (0, 0)
    var previous: (index: Int, place: Int)?
    for (index, match) in matches.enumerated() {
      guard let place = match else { continue }
      count += 1
      if previous.map({ $0.index + 1 != index || $0.place + 1 != place }) ?? true { pieces += 1 }
      previous = (index, place)
    }
    return (count, pieces)
  }
}
