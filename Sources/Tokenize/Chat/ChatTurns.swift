import Records

/// Finds which characters of a rendered conversation are a turn, with the token that ends it.
///
/// A turn of the assistant begins where the text of the messages before it, with the generation
/// prompt, comes to its end. Where a template writes earlier turns differently once others follow,
/// the marks of the message's own characters and the generation prompt itself find it. A turn ends
/// with the first special token behind it, and those that follow at once in the same turn. What
/// later messages repeat of it, such as the name of the tool they are of, is not the turn's.
///
/// Each of these texts costs as much as the conversation is long. Of many messages that the template
/// writes alike some are therefore looked at, and where all of these begin and end at the same
/// distance from their own characters, so do the others.
struct ChatTurns {
  typealias Turn = (range: Range<Int>, hasEnd: Bool)

  private let rendering: ChatRendering
  private let text: MarkedText
  private let messages: [JSONObject]
  /// Where the characters of each message stand.
  private let places: [[Range<Int>]]
  /// Where the characters of the messages before each one end, and where those of the messages behind it begin.
  private let previousEnds: [Int]
  private let nextBeginnings: [Int?]
  /// The special tokens that a turn may end with.
  private let ends: [MarkedText]

  init(
    _ rendering: ChatRendering, _ messages: [JSONObject], _ chat: RenderedChat, ends: [String]
  ) {
    self.rendering = rendering
    self.messages = messages
    text = MarkedText(chat.units)
    let places = chat.places(ofMessages: messages.count)
    self.places = places
    var end = 0
    previousEnds = places.map { own in
      defer { end = max(end, own.last?.upperBound ?? 0) }
      return end
    }
    var next: Int?
    nextBeginnings = places.reversed().map { own in
      defer { next = [next, own.first?.lowerBound].compactMap(\.self).min() }
      return next
    }.reversed()
    self.ends = ends.filter { !$0.isEmpty }.map { MarkedText($0) }
      .sorted { $0.count > $1.count }
  }

  /// Each message's turn in Unicode scalars, and whether a token ends it; nil where the text has nothing of it.
  func all() -> [Turn?] {
    var turns = [Turn?](repeating: nil, count: messages.count)
    let alike = Dictionary(grouping: messages.indices) { index in
      ChatFrame(
        messages, index, text, places: places[index], from: previousEnds[index],
        to: nextBeginnings[index] ?? text.count)
    }
    for indices in alike.values {
      for (index, reach) in zip(indices, reaches(ofAlike: indices)) {
        turns[index] = reach.map { turn(index, $0) }
      }
    }
    return turns
  }

  /// How far the turns of messages of one frame reach.
  private func reaches(ofAlike indices: [Int]) -> [Reach?] {
    let samples = ChatFrame.samples(of: indices.count)
    let known = Dictionary(
      uniqueKeysWithValues: samples.map { (indices[$0], reach(indices[$0])) })
    let reaches = Set(known.values)
    let common = reaches.count == 1 ? reaches.first : nil
    return indices.map { known[$0] ?? common ?? reach($0) }
  }

  // MARK: One turn

  /// How far a turn reaches beyond the characters of its message.
  private struct Reach: Hashable {
    let before: Int
    let behind: Int
    /// How many runs of the message's characters are the turn's.
    let runs: Int
    let hasEnd: Bool
  }

  private func turn(_ index: Int, _ reach: Reach) -> Turn {
    let (start, end) = ownBounds(index, runs: reach.runs)
    return (start - reach.before..<end + reach.behind, reach.hasEnd)
  }

  /// Where the characters of a message begin, and so many runs of them end; the beginning of the text where it has none.
  private func ownBounds(_ index: Int, runs: Int) -> (Int, Int) {
    let places = places[index].prefix(runs)
    return (places.first?.lowerBound ?? 0, places.last?.upperBound ?? 0)
  }

  private func reach(_ index: Int) -> Reach? {
    let alone = rendered(index + 1, addsGenerationPrompt: false)
    let places = places(index, alone)
    let first = places.first?.lowerBound
    let isAnswer = messages[index]["role"]?.string == "assistant"
    guard let start = isAnswer ? start(index, first) : first else { return nil }
    let (end, hasEnd) = end(index, max(start, places.last?.upperBound ?? start), alone)
    guard start <= end else { return nil }
    let own = ownBounds(index, runs: places.count)
    return Reach(before: own.0 - start, behind: end - own.1, runs: places.count, hasEnd: hasEnd)
  }

  /// Where the characters of a message stand that are those it has, or ends with, as the last one.
  private func places(_ index: Int, _ alone: MarkedText?) -> [Range<Int>] {
    let places = places[index]
    let own = (alone?.units ?? []).filter { $0.source == ChatSource.message(index) }.map(\.value)
    for count in (1...max(1, places.count)).reversed().prefix(16) {
      let part = places.prefix(count)
      let characters = part.flatMap { text.units[$0].map(\.value) }
      if own.suffix(characters.count).elementsEqual(characters) { return Array(part) }
    }
    return places
  }

  // MARK: Beginning

  private func start(_ index: Int, _ first: Int?) -> Int? {
    let prompted = rendered(index, addsGenerationPrompt: true)
    if let prompted, prompted.count <= first ?? .max, text.matches(prompted, at: 0) {
      return prompted.count
    }
    guard let prompted, let plain = rendered(index, addsGenerationPrompt: false),
      prompted.matches(plain, at: 0)
    else { return first }
    let prompt = MarkedText(prompted.units[plain.count...])
    return endOfPrompt(prompt, before: first, index) ?? first
  }

  /// Where the generation prompt, or as much of it as earlier turns have, ends before a place.
  ///
  /// An answer without characters of its own has the first prompt before the next message.
  private func endOfPrompt(_ prompt: MarkedText, before first: Int?, _ index: Int) -> Int? {
    let (start, next) = (previousEnds[index], first ?? nextBeginnings[index] ?? text.count)
    for length in parts(of: prompt) {
      let part = MarkedText(prompt.units[..<length])
      let place =
        first == nil
        ? text.range(of: part, from: start, to: next)
        : text.lastRange(of: part, from: start, to: next)
      if let place { return place + length }
    }
    return nil
  }

  /// How much of a generation prompt a turn may begin with, longest first: all of it, all but the
  /// blanks at its end, or what ends with a line or a special token.
  private func parts(of prompt: MarkedText) -> [Int] {
    let trimmed = prompt.stripped(nil, left: false, right: true).count
    return (0...prompt.count).reversed().filter { length in
      length > 0
        && (length == prompt.count || length == trimmed
          || prompt.units[length - 1].scalar == "\n"
          || ends.contains { prompt.matches($0, at: length - $0.count) })
    }
  }

  // MARK: End

  private func end(_ index: Int, _ last: Int, _ alone: MarkedText?) -> (Int, hasEnd: Bool) {
    let next = nextBeginnings[index]
    // What the next message happens to begin with may be what would end this one.
    let own = alone.map { min(commonPrefix($0), next.flatMap { $0 < last ? nil : $0 } ?? .max) }
    let isOwn = own.map { $0 >= last } ?? false
    let limit = isOwn ? own ?? last : next ?? text.count
    guard let first = firstEnd(from: last, to: limit) else {
      let rest = MarkedText(text.units[last..<max(last, isOwn ? limit : last)])
      return (last + rest.stripped(nil, left: false, right: true).count, false)
    }
    var end = first
    // Two tokens in a row end a turn only where the turn is known to reach so far.
    while isOwn, let more = ends.first(where: { text.matches($0, at: end) }),
      end + more.count <= limit
    { end += more.count }
    return (end, true)
  }

  private func firstEnd(from start: Int, to limit: Int) -> Int? {
    for place in start..<max(start, limit) {
      guard let end = ends.first(where: { text.matches($0, at: place) }) else { continue }
      return place + end.count <= limit ? place + end.count : nil
    }
    return nil
  }

  private func commonPrefix(_ other: MarkedText) -> Int {
    let most = min(text.count, other.count)
    return (0..<most).first { text.units[$0].value != other.units[$0].value } ?? most
  }

  /// The text of the first messages; nil where the template refuses them.
  private func rendered(_ count: Int, addsGenerationPrompt: Bool) -> MarkedText? {
    (try? rendering.units(first: count, addsGenerationPrompt: addsGenerationPrompt))
      .map { MarkedText($0) }
  }
}
