import Records

/// What two trainings depended on that is not the same, in one clause.
struct TrainingDifference: CustomStringConvertible {
  /// The most differences that are told one by one.
  private static let most = 3
  /// What a person calls things whose contents say nothing to one.
  private static let names = [
    "data": "the data", "model": "the files of the model", "files": "the files that options name",
    "old": "the data of the penalty", "scoring": "how the model writes", "format": "the build",
  ]
  /// The differences, such as `threads 4, now 2`.
  private let parts: [String]

  /// - Parameters:
  ///   - before: What the other training depended on.
  ///   - now: What this one depends on.
  init(_ before: JSONObject, _ now: JSONObject) {
    parts = Self.keys(before, now).flatMap { key -> [String] in
      guard key == "options" else {
        let (before, now) = (before[key], now[key])
        guard before != now, let name = Self.names[key] else {
          return Self.parts(key, before, now)
        }
        return ["\(name) changed"]
      }
      let (before, now) = (before[key]?.object ?? [:], now[key]?.object ?? [:])
      return Self.keys(before, now).flatMap { Self.parts($0, before[$0], now[$0]) }
    }
  }

  /// The keys of both, in order.
  private static func keys(_ before: JSONObject, _ now: JSONObject) -> [String] {
    var keys = before
    keys.merge(now)
    return keys.keys
  }

  private static func parts(_ key: String, _ before: JSONValue?, _ now: JSONValue?) -> [String] {
    before == now ? [] : ["\(key) \(text(before)), now \(text(now))"]
  }

  /// A value as a person writes it.
  private static func text(_ value: JSONValue?) -> String {
    guard let value, value != .null else { return "nothing" }
    // A component: its name, and what options it was given.
    if let member = value.object?.members.first, value.object?.members.count == 1,
      let options = member.value.object
    {
      let given = JSONObject(
        options.members.filter { $0.value != .null }.map { ($0.key, $0.value) })
      return given.members.isEmpty ? member.key : "\(member.key) \(JSONValue.object(given).text)"
    }
    return value.string ?? value.text
  }

  /// The first differences, and how many more there are.
  var description: String {
    let more = parts.count - Self.most
    let told = parts.prefix(Self.most).joined(separator: "; ")
    return more > 0 ? "\(told); and \(more) more" : told
  }
}
