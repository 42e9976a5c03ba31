import Records

/// How often what a model wrote was refused, by reason.
struct Refusals: Sendable, Equatable {
  private(set) var counts: [String: Int] = [:]
  /// The reason of the last.
  private(set) var last: String?

  /// How often in all.
  var total: Int { counts.values.reduce(0, +) }

  /// Counts one.
  mutating func add(_ reason: String) {
    counts[reason, default: 0] += 1
    last = reason
  }

  /// Adds others.
  mutating func add(_ more: Refusals) {
    counts.merge(more.counts, uniquingKeysWith: +)
    last = more.last ?? last
  }

  /// The counts, by reason in the order of the alphabet.
  var json: JSONValue {
    .object(JSONObject(counts.sorted { $0.key < $1.key }.map { ($0.key, .integer($0.value)) }))
  }

  /// `12 similar, 3 length`, the most frequent first; empty where there are none.
  var text: String {
    counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
      .map { "\($0.value) \($0.key)" }.joined(separator: ", ")
  }
}
