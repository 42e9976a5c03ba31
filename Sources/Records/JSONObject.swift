/// The members of a JSON object in the order they were written.
///
/// Keys are compared byte by byte: two spellings that Unicode calls equivalent are two keys. Look-up
/// walks the members, which is fastest for records; build a dictionary first to look up in thousands.
/// Making, merging and comparing objects takes time linear in the number of members.
public struct JSONObject: Sendable {
  /// One key and its value.
  public struct Member: Sendable, Hashable {
    /// The key.
    public var key: String
    /// The value.
    public var value: JSONValue

    /// One key and its value.
    @inlinable
    public init(key: String, value: JSONValue) {
      self.key = key
      self.value = value
    }

    /// Two members are equal when their keys have the same bytes and their values are equal.
    public static func == (left: Member, right: Member) -> Bool {
      left.key.hasSameBytes(as: right.key) && left.value == right.value
    }
  }

  /// The members in order.
  public private(set) var members: [Member]

  /// Up to this many members, comparing each with each is faster than a table.
  private static let few = 16

  /// An object with the given members in order; of two members with one key the last wins.
  public init(_ members: [(String, JSONValue)] = []) {
    self.init(lastWins: members.map { Member(key: $0.0, value: $0.1) })
  }

  /// Wraps members whose keys are known to differ.
  package init(unique members: [Member]) { self.members = members }

  /// Takes members as read; of two with one key the first one's place and the last one's value stay.
  package init(lastWins members: [Member]) {
    self.init(unique: members)
    if members.count > Self.few || hasTwins { keepLast() }
  }

  /// Whether two members have one key, found by comparing each with each.
  private var hasTwins: Bool {
    for last in members.indices.dropFirst() {
      for first in 0..<last where members[first].key.hasSameBytes(as: members[last].key) {
        return true
      }
    }
    return false
  }

  private mutating func keepLast() {
    var places: [ByteKey: Int] = [:]
    places.reserveCapacity(members.count)
    var kept = 0
    for index in members.indices {
      let place = places[ByteKey(members[index].key)] ?? kept
      if place == kept {
        places[ByteKey(members[index].key)] = kept
        members[kept] = members[index]
        kept += 1
      } else {
        members[place].value = members[index].value
      }
    }
    members.removeLast(members.count - kept)
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

  /// Whether there is a member of a key.
  func holds(_ key: String) -> Bool { index(of: key) != nil }

  /// Appends the members of another object; a key both have takes the other's value.
  public mutating func merge(_ other: JSONObject) {
    guard !other.isEmpty else { return }
    self = JSONObject(lastWins: members + other.members)
  }

  /// Appends a member whose key is known to be new.
  package mutating func append(new member: Member) { members.append(member) }

  /// A copy without the given keys.
  public func without(_ keys: some Collection<String>) -> JSONObject {
    JSONObject(
      unique: members.filter { member in
        !keys.contains { $0.hasSameBytes(as: member.key) }
      })
  }

  private func index(of key: String) -> Int? {
    for index in members.indices where members[index].key.hasSameBytes(as: key) { return index }
    return nil
  }
}

extension JSONObject: Hashable {
  /// Two objects are equal when they have the same members in any order, as JSON defines it.
  public static func == (left: JSONObject, right: JSONObject) -> Bool {
    guard left.count == right.count else { return false }
    let sameOrder = zip(left.members, right.members).allSatisfy { $0.key.hasSameBytes(as: $1.key) }
    if sameOrder { return zip(left.members, right.members).allSatisfy { $0.value == $1.value } }
    guard left.count > few else { return left.members.allSatisfy { right[$0.key] == $0.value } }
    let values = Dictionary(
      right.members.map { (ByteKey($0.key), $0.value) }, uniquingKeysWith: { $1 })
    return left.members.allSatisfy { values[ByteKey($0.key)] == $0.value }
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
