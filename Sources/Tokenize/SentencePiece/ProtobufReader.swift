/// Reads the fields of one message in protobuf's wire format.
///
/// Encoding: <https://protobuf.dev/programming-guides/encoding/>.
struct ProtobufReader {
  /// The value of a field.
  enum Value {
    case number(UInt64)
    case fixed32(UInt32)
    case bytes(ArraySlice<UInt8>)
  }

  private var rest: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

  /// The next field, or nil at the end.
  /// - Throws: `ProtobufError` for bytes that are no message.
  mutating func next() throws(ProtobufError) -> (field: Int, value: Value)? {
    guard !rest.isEmpty else { return nil }
    let key = try number()
    let field = Int(truncatingIfNeeded: key >> 3)
    switch key & 7 {
    case 0: return (field, .number(try number()))
    case 1: return (field, .bytes(try take(8)))
    case 2:
      let count = try number()
      guard count <= UInt64(rest.count) else { throw ProtobufError(offset: rest.startIndex) }
      return (field, .bytes(try take(Int(count))))
    case 5:
      let bytes = try take(4)
      return (field, .fixed32(bytes.reversed().reduce(0) { $0 << 8 | UInt32($1) }))
    default: throw ProtobufError(offset: rest.startIndex)
    }
  }

  private mutating func take(_ count: Int) throws(ProtobufError) -> ArraySlice<UInt8> {
    guard count <= rest.count else { throw ProtobufError(offset: rest.startIndex) }
    let taken = rest.prefix(count)
    rest = rest.dropFirst(count)
    return taken
  }

  private mutating func number() throws(ProtobufError) -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 70, by: 7) {
      guard let byte = rest.popFirst() else { break }
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
    }
    throw ProtobufError(offset: rest.startIndex)
  }
}

/// Where a message stops being one.
struct ProtobufError: Error {
  let offset: Int
}
