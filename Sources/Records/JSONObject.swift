/// The members of a JSON object in the order they were written.
///
/// Keys are compared byte by byte: two spellings that Unicode calls equivalent are two keys. Look-up
/// walks the members, which is fastest for records; build a dictionary first to look up in thousands.
public struct JSONObject: Sendable {
  /// One key and its value.
  public struct Member: Sendable, Hashable {
    /// The key.
    public var key: String
    /// The value.
    public var value: JSONValue

    /// Two members are equal when their keys have the same bytes and their values are equal.
    public static func == (left: Member, right: Member) -> Bool {
      left.key.utf8.elementsEqual(right.key.utf8) && left.value == right.value
    }
  }

  /// The members in order.
  public private(set) var members: [Member]

  /// An object with the given members in order; of two members with one key the last wins.
  public init(_ members: [(String, JSONValue)] = []) {
    self.members = []
    self.members.reserveCapacity(members.count)
    for (key, value) in members { self[key] = value }
  }

  /// Wraps members whose keys are known to differ.
  init(unique members: [Member]) { self.members = members }

  /// Takes members as read; of two with one key the last wins, in time linear in their number.
  init(lastWins members: [Member]) {
    let distinct = Set(members.lazy.map { StableHash.hash($0.key) })
    self =
      distinct.count == members.count
      ? JSONObject(unique: members) : JSONObject(members.map { ($0.key, $0.value) })
  }

  /// Whether there are no members.
  public var isEmpty: Bool { members.isEmpty }

  /// The number of members.
  public var count: Int { members.count }

  /// The keys in order.
  public var keys: [String] { members.map(\.key) }

  /// The value of a key; setting nil removes the member, setting a new key appends it.
  public subscript(key: String) -> JSONValue? {
    get { index(of: key).map { members[$0].value } }
    set {
      switch (index(of: key), newValue) {
      case (let index?, let value?): members[index].value = value
      case (let index?, nil): members.remove(at: index)
      case (nil, let value?): members.append(Member(key: key, value: value))
      case (nil, nil): break
      }
    }
  }

  /// Appends the members of another object; a key both have takes the other's value.
  public mutating func merge(_ other: JSONObject) {
    for member in other.members { self[member.key] = member.value }
  }

  /// A copy without the given keys.
  public func without(_ keys: some Collection<String>) -> JSONObject {
    JSONObject(
      unique: members.filter { member in
        !keys.contains { $0.utf8.elementsEqual(member.key.utf8) }
      })
  }

  private func index(of key: String) -> Int? {
    members.firstIndex { $0.key.utf8.elementsEqual(key.utf8) }
  }
}

extension JSONObject: Hashable {
  /// Two objects are equal when they have the same members in any order, as JSON defines it.
  public static func == (left: JSONObject, right: JSONObject) -> Bool {
    left.count == right.count && left.members.allSatisfy { right[$0.key] == $0.value }
  }

  /// Hashes the count alone, since members may stand in any order.
  public func hash(into hasher: inout Hasher) { hasher.combine(count) }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
  /// An object whose members keep the order written.
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    self.init(elements.map { ($0.0, $0.1) })
  }
}
