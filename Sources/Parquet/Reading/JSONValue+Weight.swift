import Records

extension JSONValue {
  /// About how many bytes the value takes in memory.
  var weight: Int {
    let own = MemoryLayout<JSONValue>.stride
    switch self {
    case .null, .bool: return own
    case .number(let number): return own + Self.apart(number.literal)
    case .string(let text): return own + Self.apart(text)
    case .array(let elements): return elements.reduce(own + 32) { $0 + $1.weight }
    case .object(let object):
      return object.members.reduce(own + 32) { $0 + 16 + Self.apart($1.key) + $1.value.weight }
    }
  }

  /// What of a text does not lie in the value itself, where there is room for 15 bytes.
  private static func apart(_ text: String) -> Int {
    let count = text.utf8.count
    return count > 15 ? count + 32 : 0
  }
}
