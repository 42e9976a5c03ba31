/// The members of one JSON object of texts, numbers, booleans and nulls, found without reading the values.
///
/// Whatever is spelled otherwise is left to the parser.
struct RawMembers {
  /// A member; its places are those of the key, a string in quotes, and of the value.
  struct Member {
    let key: Range<Int>
    let value: Range<Int>
    let kind: Kind
  }

  /// What a value is.
  enum Kind {
    /// A string as `Record.write` spells it, and one with other escapes.
    case string, escaped
    case number, truth, null

    /// A value of the kind that says nothing.
    var outline: JSONValue {
      switch self {
      case .string, .escaped: .string("")
      case .number: .integer(0)
      case .truth: .bool(true)
      case .null: .null
      }
    }

    /// Whether values of both kinds may stand for the same in a form.
    func isLike(_ other: Kind) -> Bool {
      self == other || (self == .string && other == .escaped)
        || (self == .escaped && other == .string)
    }
  }

  private let bytes: UnsafeBufferPointer<UInt8>
  private var place = 0
  private static let most = 16

  /// Reads the one object that the whole text is; false where the parser must.
  static func read(_ bytes: UnsafeBufferPointer<UInt8>, to members: inout [Member]) -> Bool {
    members.removeAll(keepingCapacity: true)
    var reader = RawMembers(bytes: bytes)
    return reader.read(to: &members)
  }

  private init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  private mutating func read(to members: inout [Member]) -> Bool {
    skipSpace()
    guard take("{") else { return false }
    repeat {
      skipSpace()
      guard let key = string(), key.kind == .string, members.count < Self.most else {
        return false
      }
      skipSpace()
      guard take(":") else { return false }
      skipSpace()
      guard let value = value() else { return false }
      members.append(Member(key: key.place, value: value.place, kind: value.kind))
      skipSpace()
    } while take(",")
    guard take("}") else { return false }
    skipSpace()
    return place == bytes.count
  }

  private mutating func skipSpace() {
    while place < bytes.count {
      switch bytes[place] {
      case 0x20, 0x09, 0x0A, 0x0D: place += 1
      default: return
      }
    }
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard place < bytes.count, bytes[place] == UInt8(ascii: character) else { return false }
    place += 1
    return true
  }

  private mutating func value() -> (place: Range<Int>, kind: Kind)? {
    guard place < bytes.count else { return nil }
    let start = place
    switch bytes[place] {
    case UInt8(ascii: "\""): return string()
    case UInt8(ascii: "{"), UInt8(ascii: "["): return nil
    default:
      var parser = JSONParser(bytes: bytes, from: place)
      guard let value = try? parser.next() else { return nil }
      place = parser.position
      switch value {
      case .null: return (start..<place, .null)
      case .bool: return (start..<place, .truth)
      default: return (start..<place, .number)
      }
    }
  }

  /// A string with its quotes, whose escapes may be none of JSON's.
  private mutating func string() -> (place: Range<Int>, kind: Kind)? {
    guard place < bytes.count, bytes[place] == UInt8(ascii: "\"") else { return nil }
    let start = place
    var kind = Kind.string
    place = JSONRun.end(of: bytes, from: start + 1)
    while place + 1 < bytes.count, bytes[place] == UInt8(ascii: "\\") {
      switch bytes[place + 1] {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "n"), UInt8(ascii: "r"),
        UInt8(ascii: "t"):
        break
      default: kind = .escaped
      }
      place = JSONRun.end(of: bytes, from: place + 2)
    }
    return take("\"") ? (start..<place, kind) : nil
  }
}
