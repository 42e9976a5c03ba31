/// Finds names of the lists in an English text, where the words beside show that nothing else is meant.
struct NameFinder {
  private let text: EntityText

  init(_ text: EntityText) { self.text = text }

  /// The names of a text, in order and without overlap.
  func find() -> [EntityMention] {
    var mentions: [EntityMention] = []
    var place = 0
    while place < text.tokens.count {
      let found = names(at: place)
      mentions += found.mentions
      place += max(found.tokens, 1)
    }
    return mentions.filter { text.isFree($0.range) }
  }

  /// What stands at a token, and how many tokens it takes.
  private func names(at place: Int) -> (mentions: [EntityMention], tokens: Int) {
    guard text.tokens[place].kind == .word else { return ([], 1) }
    if text.areBeside(place, place + 1), text.tokens[place + 1].kind == .word,
      let long = name(place...place + 1)
    {
      return (isAlone(place...place + 1, long) ? [mention(place...place + 1, long)] : [], 2)
    }
    if let person = person(at: place) { return person }
    guard let found = name(place...place), isAlone(place...place, found) else { return ([], 1) }
    return ([mention(place...place, found)], 1)
  }

  /// The name that some tokens are, but for persons.
  private func name(_ places: ClosedRange<Int>) -> EntityNames.Place? {
    let range = range(places)
    let written = String(decoding: text.bytes[range], as: UTF8.self)
    var name = written.lowercased()
    // `Mondays`
    if EntityNames.places[name] == nil, name.hasSuffix("days") { name.removeLast() }
    guard let found = EntityNames.place(of: name, { $0.kind != .person }) else { return nil }
    let group = EntityNames.groups[found.group]
    let spelling = group.names[found.place]
    if written.hasPrefix(spelling) { return fits(places, name, group.kind) ? found : nil }
    let isTyped =
      text.isLowerCase && group.kind != .organization && !Self.otherWords.contains(name)
    return isTyped && fits(places, name, group.kind) ? found : nil
  }

  /// Names that are other words in small letters.
  private static let otherWords: Set<String> = ["china", "chile", "cologne", "lima", "orlando"]
  /// What a longer name begins with: `New Delhi`.
  private static let beginnings: Set<String> = [
    "new", "north", "south", "east", "west", "port", "saint", "st", "san", "las", "los", "greater",
    "de",
    "du", "la", "le",
  ]

  /// Whether what stands around shows that a name is that of its kind.
  private func fits(_ places: ClosedRange<Int>, _ name: String, _ kind: EntityKind) -> Bool {
    switch kind {
    // A verb as well.
    case .month where ["may", "march"].contains(name): isDated(places.lowerBound)
    case .city, .country:
      !Self.beginnings.contains(text.word(places.lowerBound - 1, beside: places.lowerBound))
        && !isPartOfAddress(places, kind)
    default: true
    }
  }

  private func isDated(_ place: Int) -> Bool {
    for other in [place - 1, place + 1] where text.areBeside(min(place, other), max(place, other)) {
      if Bytes.isDigit(text.bytes[text.tokens[other].range.lowerBound]) { return true }
    }
    return text.tokens[place].casing == .title && !text.tokens[place].startsSentence
      && EntityNames.beforeMonths.contains(text.word(place - 1, beside: place))
  }

  /// `Paris, France` is one place: another city would be in another country.
  private func isPartOfAddress(_ places: ClosedRange<Int>, _ kind: EntityKind) -> Bool {
    isOtherPlace(places.upperBound + 2, behind: places.upperBound + 1, kind)
      || isOtherPlace(places.lowerBound - 2, behind: places.lowerBound - 1, kind)
  }

  /// Whether a comma parts a place from a capitalised word, or from a place of another kind.
  private func isOtherPlace(_ place: Int, behind comma: Int, _ kind: EntityKind) -> Bool {
    guard text.tokens.indices.contains(place), text.tokens.indices.contains(comma),
      text.tokens[comma].kind == .mark(UInt8(ascii: ",")), text.tokens[place].kind == .word
    else { return false }
    let token = text.tokens[place]
    let known = EntityNames.place(of: token.lower) { [.city, .country].contains($0.kind) }
    if let known { return EntityNames.groups[known.group].kind != kind }
    return token.casing != .lower && !token.startsSentence
  }

  // MARK: - Persons

  /// A given name with or without a family name, or a family name behind a title; nil where none stands here.
  private func person(at place: Int) -> (mentions: [EntityMention], tokens: Int)? {
    guard text.tokens[place].casing == .title else { return nil }
    if let given = EntityNames.place(of: text.tokens[place].lower, Self.isGiven) {
      guard isCapital(place + 1, beside: place) else {
        return (isAlone(place...place, given) ? [mention(place...place, given)] : [], 1)
      }
      // `John Smith`, but not `John Lennon` and `Peter Street`.
      guard let family = family(place + 1), !isCapital(place + 2, beside: place + 1),
        begins(place, isPerson: true)
      else { return ([], 2) }
      return (
        [mention(place...place, given), mention(place + 1...place + 1, family)], 2
      )
    }
    let isTitled =
      EntityNames.titles.contains(text.word(place - 1, beside: place)) || isBehindShortTitle(place)
    guard isTitled, let family = family(place), !isCapital(place + 1, beside: place) else {
      return nil
    }
    return ([mention(place...place, family)], 1)
  }

  /// Whether the stop of a title stands before: `Dr. Smith`.
  private func isBehindShortTitle(_ place: Int) -> Bool {
    guard place > 1, text.areBeside(place - 1, place),
      text.tokens[place - 1].kind == .mark(UInt8(ascii: "."))
    else { return false }
    return text.tokens[place - 2].range.upperBound == text.tokens[place - 1].range.lowerBound
      && EntityNames.titles.contains(text.tokens[place - 2].lower)
  }

  private static func isGiven(_ group: EntityNames.Group) -> Bool {
    group.kind == .person && group.names.first != EntityNames.families.names.first
  }

  private func family(_ place: Int) -> EntityNames.Place? {
    guard text.tokens[place].casing == .title else { return nil }
    return EntityNames.place(of: text.tokens[place].lower) {
      $0.kind == .person && !Self.isGiven($0)
    }
  }

  // MARK: - What stands beside

  /// Whether no capitalised word beside makes another name of it: `Boston Globe`, `Whitney Houston`.
  private func isAlone(_ places: ClosedRange<Int>, _ name: EntityNames.Place) -> Bool {
    let next = places.upperBound + 1
    if isCapital(next, beside: places.upperBound) {
      // A day or a month may stand before a name: `on Monday John called`.
      let kind = EntityNames.groups[name.group].kind
      let isPerson = EntityNames.place(of: text.tokens[next].lower, Self.isGiven) != nil
      guard [.weekday, .month].contains(kind), isPerson else { return false }
    }
    return begins(
      places.lowerBound, isPerson: EntityNames.groups[name.group].kind == .person)
  }

  /// Whether no name goes on with a token.
  private func begins(_ place: Int, isPerson: Bool) -> Bool {
    guard place > 0, text.areBeside(place - 1, place) else { return true }
    let before = text.tokens[place - 1]
    if before.kind == .opaque { return Bytes.isDigit(text.bytes[before.range.lowerBound]) }
    guard before.kind == .word, before.casing != .lower else { return true }
    // `Miss India` is no India.
    if EntityNames.titles.contains(before.lower) { return isPerson }
    if EntityNames.place(of: before.lower, { [.weekday, .month].contains($0.kind) }) != nil {
      return true
    }
    return before.startsSentence
      && (ClosedWords.classOf(before.lower) != nil || Self.openers.contains(before.lower))
  }

  /// Words that sentences begin with before a name.
  private static let openers: Set<String> = [
    "dear", "hi", "hello", "hey", "ask", "call", "remind", "meet", "email", "text", "message",
    "visit",
    "thanks", "sorry", "please", "regards", "sincerely", "yesterday", "today", "tomorrow", "every",
  ]

  /// Whether a word with a capital stands beside.
  private func isCapital(_ place: Int, beside other: Int) -> Bool {
    guard text.areBeside(min(place, other), max(place, other)) else { return false }
    let token = text.tokens[place]
    if token.kind == .opaque { return !Bytes.isDigit(text.bytes[token.range.lowerBound]) }
    return token.kind == .word && token.casing != .lower && token.lower != "i"
  }

  private func range(_ places: ClosedRange<Int>) -> Range<Int> {
    text.tokens[places.lowerBound].range
      .lowerBound..<text.tokens[places.upperBound].range.upperBound
  }

  private func mention(_ places: ClosedRange<Int>, _ name: EntityNames.Place) -> EntityMention {
    let group = EntityNames.groups[name.group]
    let start = text.tokens[places.lowerBound].range.lowerBound
    return EntityMention(
      // The `s` of `Mondays` stays.
      range: start..<start + group.names[name.place].utf8.count, kind: group.kind,
      key: .name(name), article: text.article(before: places.lowerBound))
  }
}
