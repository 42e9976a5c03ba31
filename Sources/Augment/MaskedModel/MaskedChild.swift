import Records
import Stages

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// What decides which words a model puts into texts.
struct MaskedRules: Sendable {
  let action: MaskedAction
  /// The share of a record's words that are replaced, or that one is put in before.
  let rate: Double
  /// How many of the likeliest words are looked at.
  let topK: Int
  /// How much chance there is among those that fit.
  let temperature: Double
  /// Words that are less probable are left out.
  let least: Double
  let fit: any WordFit
}

/// A child on its way: words of a record are drawn by lot and changed one after the other, each in the text as
/// it stands by then, so that what is put in goes together.
struct MaskedChild: Sendable {
  /// A word of a text.
  private struct Place {
    let text: Int
    let word: Int
  }

  /// What has been changed, text by text and in order.
  private(set) var edits: [[TextEdit]]
  /// The stream of draws, as far as it has come.
  private(set) var random: CounterRandom
  private let rules: MaskedRules
  /// The words that may still be asked about, in the order of the lot.
  private var waiting: ArraySlice<Place>
  /// The word that was asked about, and its gap.
  private var asked: (place: Place, gap: TextGap)?
  private var missing: Int

  /// How many words are asked about for each that is to be changed: into some gaps nothing fits.
  private static let asksPerChange = 3

  init(_ texts: [MaskableText], _ rules: MaskedRules, _ random: CounterRandom) {
    let places = texts.indices.flatMap { text in
      texts[text].words.indices.map { Place(text: text, word: $0) }
    }
    self.rules = rules
    self.random = random
    edits = Array(repeating: [], count: texts.count)
    missing = Share.count(rules.rate, of: places.count)
    waiting = self.random.some(Self.asksPerChange * missing, of: places)[...]
  }

  /// The gap to ask about next, in the text as it stands; nil where no more is to be changed.
  mutating func nextGap(_ texts: [MaskableText]) -> TextGap? {
    guard missing > 0, let place = waiting.popFirst() else { return nil }
    let text = texts[place.text]
    let range = text.words[place.word].range
    let before = edits[place.text].filter { $0.range.lowerBound < range.lowerBound }
    let behind = edits[place.text].dropFirst(before.count)
    let bytes = Array(text.text.utf8)
    let gap = TextGap(
      before: Self.applied(before[...], to: bytes, 0..<range.lowerBound),
      behind: rules.action == .insert
        ? " " + Self.applied(behind, to: bytes, range.lowerBound..<bytes.count)
        : Self.applied(behind, to: bytes, range.upperBound..<bytes.count))
    asked = (place, gap)
    return gap
  }

  /// A part of a text with the edits that lie in it.
  private static func applied(
    _ edits: ArraySlice<TextEdit>, to bytes: [UInt8], _ range: Range<Int>
  ) -> String {
    let own = edits.map { edit in
      TextEdit(
        range: edit.range.lowerBound - range.lowerBound..<edit.range.upperBound - range.lowerBound,
        replacement: edit.replacement, cause: edit.cause)
    }
    return TextEdit.apply(own, to: String(decoding: bytes[range], as: UTF8.self))
  }

  /// Changes the word that was asked about by one of the model's words, drawn by lot among those that fit.
  mutating func take(
    _ words: [LikelyWord], _ texts: [MaskableText]
  ) throws(StageError) {
    // One draw for each question, whatever the answer is.
    let lot = random.uniform()
    guard let (place, gap) = asked else { return }
    let word = texts[place.text].words[place.word]
    guard let choice = choice(try fitting(words, word, gap), lot) else { return }
    let isInserted = rules.action == .insert
    let edit = TextEdit(
      range: isInserted ? word.range.lowerBound..<word.range.lowerBound : word.range,
      replacement: isInserted ? choice + " " : choice, cause: .rule(rules.action.rawValue))
    let index = edits[place.text].firstIndex { $0.range.lowerBound > edit.range.lowerBound }
    edits[place.text].insert(edit, at: index ?? edits[place.text].count)
    missing -= 1
  }

  /// The words that fit, as they are written there, and how probable each is.
  private func fitting(
    _ words: [LikelyWord], _ word: OpenWord, _ gap: TextGap
  ) throws(StageError) -> [String: Double] {
    let (previous, next) = (Self.lastWord(of: gap.before), Self.firstWord(of: gap.behind))
    let casing = WordCasing(word.text)
    // What is put in before a noun of German has no capital of its own.
    let wanted = rules.action == .insert && casing == .capital ? .lower : casing
    var found: [String: Double] = [:]
    for likely in words {
      let candidate = likely.text.lowercased()
      guard let written = wanted.dressing(likely.text), candidate.unicodeScalars.count > 1,
        candidate != previous, candidate != next, rules.fit.follows(candidate, previous),
        rules.action == .insert
          ? try rules.fit.fits(candidate, before: word) : try rules.fit.fits(candidate, for: word)
      else { continue }
      found[written, default: 0] += Double(likely.probability)
    }
    return found
  }

  /// One of some words, by their probabilities and the temperature.
  ///
  /// They stand in the order of their letters, so that it does not matter which of two is a hair likelier.
  private func choice(_ words: [String: Double], _ lot: Double) -> String? {
    guard let most = words.values.max(), most > 0 else { return nil }
    let order = words.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    let weights = order.map { exp(log($0.value / most) / rules.temperature) }
    var rest = lot * weights.reduce(0, +)
    for (word, weight) in zip(order, weights) {
      rest -= weight
      if rest < 0 { return word.key }
    }
    return order.last?.key
  }

  // MARK: - Words beside a gap

  /// The word that a text ends with, but for blanks, in lower case; empty where another character does.
  private static func lastWord(of text: String) -> String {
    let bytes = text.utf8.reversed().drop { $0 <= 0x20 }.prefix(while: Bytes.isWordByte)
    return String(decoding: bytes.reversed(), as: UTF8.self).lowercased()
  }

  private static func firstWord(of text: String) -> String {
    let bytes = text.utf8.drop { $0 <= 0x20 }.prefix(while: Bytes.isWordByte)
    return String(decoding: bytes, as: UTF8.self).lowercased()
  }
}
