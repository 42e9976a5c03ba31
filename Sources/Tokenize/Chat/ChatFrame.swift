import Records

/// How a message stands in a rendered conversation: what the template has written around it, and
/// beside whom.
///
/// Templates write messages of one frame alike.
struct ChatFrame: Hashable {
  private let roles: [String]
  private let keys: [String]
  private let share: Share
  /// The template's own characters before, within and behind those of the message.
  private let gaps: [[UInt32]]
  /// The message itself, where it has no characters of its own or they stand among those of others.
  private let single: Int?

  /// - Parameters:
  ///   - places: Where the message's characters stand.
  ///   - start: Where those of the messages before it end.
  ///   - end: Where those of the messages behind it begin.
  init(
    _ messages: [JSONObject], _ index: Int, _ text: MarkedText, places: [Range<Int>],
    from start: Int, to end: Int
  ) {
    let (starts, ends) = ([start] + places.map(\.upperBound), places.map(\.lowerBound) + [end])
    let isOrdered = !places.isEmpty && zip(starts, ends).allSatisfy { $0 <= $1 }
    single = isOrdered ? nil : index
    gaps = isOrdered ? zip(starts, ends).map { text.units[$0..<$1].map(\.value) } : []
    let message = messages[index]
    share = Share(places.flatMap { text.units[$0] }, of: message["content"]?.string)
    keys = message.members.filter { !$0.value.isNull }.map(\.key)
    roles = [index - 1, index, index + 1].map { place in
      messages.indices.contains(place) ? messages[place]["role"]?.string ?? "" : ""
    }
  }

  /// How much of a message's content is there: some templates trim it, some leave old reasoning out.
  private enum Share {
    case all
    case trimmed
    case other

    init(_ units: [MarkedScalar], of content: String?) {
      let (own, content) = (MarkedText(units), MarkedText(content ?? ""))
      self =
        own == content
        ? .all : own == content.stripped(nil, left: true, right: true) ? .trimmed : .other
    }
  }

  /// Those of so many alike messages that are looked at one by one: the first, the last, and few between.
  static func samples(of count: Int) -> [Int] {
    let doubled = sequence(first: 1) { $0 * 2 }.prefix { $0 < count - 1 }
    return count < 2 ? Array(0..<count) : [0] + doubled + [count - 1]
  }
}
