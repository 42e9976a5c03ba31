/// Writes records straight from the JSON they are read from: one object of texts, numbers, booleans and
/// nulls, in a form that has one key for each of its texts.
///
/// The line is that of `Record.write` for the record that reading the object would make. Whatever is
/// spelled otherwise, or at fault, is left to the parser.
package struct RawRecord {
  private struct Member {
    let key: Range<Int>
    let value: Range<Int>
    let kind: Kind

    var isText: Bool { kind == .string || kind == .escaped }
  }

  private enum Kind {
    /// A string as `Record.write` spells it, and one with other escapes.
    case string, escaped
    case number, truth, null
  }

  private let bytes: UnsafeBufferPointer<UInt8>
  private var place = 0
  private var members: [Member] = []
  private static let mostMembers = 16

  /// Appends the JSON of the record that an object is.
  /// - Parameter schema: The form, or nil to tell it from the keys.
  /// - Returns: False where the object must be parsed to know; the buffer is as it was then.
  package static func write(
    _ json: UnsafeBufferPointer<UInt8>, as schema: Schema?, at source: Source,
    to buffer: inout [UInt8]
  ) -> Bool {
    var raw = RawRecord(bytes: json)
    guard raw.readMembers(), json.isUTF8 else { return false }
    let start = buffer.count
    if raw.write(as: schema, at: source, to: &buffer) { return true }
    buffer.removeSubrange(start...)
    return false
  }

  private init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  // MARK: - Reading

  /// Reads the one object that the whole text is.
  private mutating func readMembers() -> Bool {
    skipSpace()
    guard take("{") else { return false }
    members.reserveCapacity(6)
    repeat {
      skipSpace()
      guard let key = string(), key.kind == .string, members.count < Self.mostMembers else {
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

  // MARK: - Writing

  private func name(_ key: Range<Int>) -> String {
    String(
      decoding: UnsafeBufferPointer(rebasing: bytes[key.lowerBound + 1..<key.upperBound - 1]),
      as: UTF8.self)
  }

  /// The object with empty values: the form depends on the keys and the kinds of values alone.
  private var outline: [JSONObject.Member] {
    members.map { member in
      let value: JSONValue
      switch member.kind {
      case .string, .escaped: value = .string("")
      case .number: value = .integer(0)
      case .truth: value = .bool(true)
      case .null: value = .null
      }
      return JSONObject.Member(key: name(member.key), value: value)
    }
  }

  private func write(as known: Schema?, at source: Source, to buffer: inout [UInt8]) -> Bool {
    let outline = outline
    guard Self.areKeysDistinct(outline),
      let schema = known ?? Self.schema(of: JSONObject(unique: outline)),
      let keys = schema.textKeys
    else { return false }
    var (first, input, output, label): (Int?, Int?, Int?, Int?)
    var metadata: [Int] = []
    for (index, member) in outline.enumerated() {
      if member.key.hasSameBytes(as: keys.first) {
        first = index
      } else if keys.input.hasSameBytes(as: member.key) {
        input = index
      } else if keys.output.hasSameBytes(as: member.key) {
        output = index
      } else if member.key.hasSameBytes(as: schema.labelKey) {
        label = index
      } else if member.key.hasSameBytes(as: Record.reservedKey) || schema.reads(member) {
        return false
      } else {
        metadata.append(index)
      }
    }
    guard let first, (output != nil) == (keys.output != nil),
      label.map({ members[$0].kind != .null }) ?? true
    else { return false }
    buffer.append(UInt8(ascii: "{"))
    for index in [first, input, output] {
      guard let index else { continue }
      guard members[index].isText, write(members[index], to: &buffer) else { return false }
    }
    if let label, !write(members[label], to: &buffer) { return false }
    for index in metadata where !write(members[index], to: &buffer) { return false }
    Record(id: source.name, source: source, content: .text(""), schema: schema)
      .writeProvenance(schema, [:], to: &buffer)
    buffer.append(UInt8(ascii: "}"))
    return true
  }

  private static func areKeysDistinct(_ members: [JSONObject.Member]) -> Bool {
    members.indices.allSatisfy { index in
      !members[..<index].contains { $0.key.hasSameBytes(as: members[index].key) }
    }
  }

  /// The form that the keys tell; nil where they tell none, or two.
  private static func schema(of outline: JSONObject) -> Schema? {
    let (schema, rivals) = Schema.choice(for: outline)
    return rivals.isEmpty ? schema : nil
  }

  /// Appends a member and the comma behind it; false where its string is at fault.
  private func write(_ member: Member, to buffer: inout [UInt8]) -> Bool {
    buffer.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[member.key]))
    buffer.append(UInt8(ascii: ":"))
    if member.kind == .escaped {
      var parser = JSONParser(bytes: bytes, from: member.value.lowerBound)
      guard let value = try? parser.next(), parser.position == member.value.upperBound else {
        return false
      }
      value.write(to: &buffer)
    } else {
      buffer.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[member.value]))
    }
    buffer.append(UInt8(ascii: ","))
    return true
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// Whether the bytes are UTF-8.
  fileprivate var isUTF8: Bool {
    let raw = UnsafeRawBufferPointer(self)
    var place = 0
    while place + 8 <= count {
      let word = raw.loadUnaligned(fromByteOffset: place, as: UInt64.self)
      if word & 0x8080_8080_8080_8080 != 0 { return String(utf8: self) != nil }
      place += 8
    }
    return self[place...].allSatisfy { $0 < 0x80 } || String(utf8: self) != nil
  }
}
