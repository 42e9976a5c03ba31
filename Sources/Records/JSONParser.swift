/// Where and why a text is not JSON.
public struct JSONError: Error, Sendable, Equatable, CustomStringConvertible {
  /// Bytes from the start of the text to the fault.
  public let offset: Int
  /// What is wrong, as a clause: "a string is not closed".
  public let reason: String

  /// The fault in one line.
  public var description: String { "\(reason) at byte \(offset)" }
}

extension JSONValue {
  /// Parses one JSON text of UTF-8 bytes, strictly as RFC 8259 has it.
  ///
  /// Nesting is limited to 512 levels; of equal keys in one object the last wins, in the first one's
  /// place. Numbers keep the digits they are written with, however large; half a surrogate pair, bytes
  /// that are not UTF-8 and a byte order mark are faults.
  /// - Throws: `JSONError` with the byte offset of the first fault.
  public static func parse(_ bytes: [UInt8]) throws(JSONError) -> JSONValue {
    try parse(bytes[...])
  }

  /// Parses one JSON text in part of a buffer; offsets in errors count from the start of the slice.
  public static func parse(_ bytes: ArraySlice<UInt8>) throws(JSONError) -> JSONValue {
    try bytes.withUnsafeBufferPointer { (bytes) throws(JSONError) in
      var parser = JSONParser(bytes: bytes)
      return try parser.document()
    }
  }

  /// Parses one JSON text.
  public static func parse(_ text: String) throws(JSONError) -> JSONValue {
    try parse(Array(text.utf8))
  }
}

/// A recursive-descent parser over bytes that outlive it.
///
/// The bytes are read through a pointer because bounds checks take a third of the time; every read
/// stands behind a comparison of its place with `end`.
struct JSONParser {
  private let bytes: UnsafeBufferPointer<UInt8>
  private let end: Int
  /// How far it has come.
  private(set) var position: Int
  private static let deepest = 512

  init(bytes: UnsafeBufferPointer<UInt8>, from position: Int = 0) {
    self.bytes = bytes
    self.position = position
    end = bytes.count
  }

  /// The value that begins here, within another one.
  mutating func next() throws(JSONError) -> JSONValue { try value(depth: 1) }

  /// The one value that the whole text is.
  mutating func document() throws(JSONError) -> JSONValue {
    skipSpace()
    let value = try value(depth: 0)
    skipSpace()
    guard position == end else { throw error("text follows the value") }
    return value
  }

  private var peek: UInt8? { position < end ? bytes[position] : nil }

  private func error(_ reason: String, at place: Int? = nil) -> JSONError {
    JSONError(offset: place ?? position, reason: reason)
  }

  private mutating func skipSpace() {
    while position < end {
      switch bytes[position] {
      case 0x20, 0x09, 0x0A, 0x0D: position += 1
      default: return
      }
    }
  }

  private mutating func value(depth: Int) throws(JSONError) -> JSONValue {
    guard depth < Self.deepest else { throw error("nesting is deeper than \(Self.deepest) levels") }
    switch peek {
    case UInt8(ascii: "{"): return .object(try object(depth: depth))
    case UInt8(ascii: "["): return .array(try array(depth: depth))
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case UInt8(ascii: "-")?, 0x30?, 0x31?, 0x32?, 0x33?, 0x34?, 0x35?, 0x36?, 0x37?, 0x38?, 0x39?:
      return .number(try number())
    case nil: throw error("a value is missing at the end")
    case UInt8(ascii: "N"), UInt8(ascii: "I"): throw error("JSON has no NaN and no Infinity")
    default: throw error("no value begins here")
    }
  }

  private mutating func word(_ word: StaticString, _ value: JSONValue) throws(JSONError)
    -> JSONValue
  {
    let length = word.utf8CodeUnitCount
    guard position + length <= end,
      word.withUTF8Buffer({ bytes[position..<position + length].elementsEqual($0) })
    else { throw error("no value begins here") }
    position += length
    return value
  }

  private mutating func object(depth: Int) throws(JSONError) -> JSONObject {
    position += 1
    var members: [JSONObject.Member] = []
    skipSpace()
    if take("}") { return JSONObject() }
    members.reserveCapacity(4)
    while true {
      skipSpace()
      guard peek == UInt8(ascii: "\"") else { throw error("a key in quotes is missing") }
      let key = try string()
      skipSpace()
      guard take(":") else { throw error("a colon is missing after a key") }
      skipSpace()
      members.append(.init(key: key, value: try value(depth: depth + 1)))
      skipSpace()
      if take(",") { continue }
      guard take("}") else { throw error("an object is not closed") }
      return JSONObject(lastWins: members)
    }
  }

  private mutating func array(depth: Int) throws(JSONError) -> [JSONValue] {
    position += 1
    var array: [JSONValue] = []
    skipSpace()
    if take("]") { return array }
    while true {
      skipSpace()
      array.append(try value(depth: depth + 1))
      skipSpace()
      if take(",") { continue }
      guard take("]") else { throw error("an array is not closed") }
      return array
    }
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard peek == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func number() throws(JSONError) -> JSONNumber {
    let start = position
    if take("-"), peek == UInt8(ascii: "I") { throw error("JSON has no NaN and no Infinity") }
    if !take("0") { try digits("a number has no digits") }
    if take(".") { try digits("no digit follows the decimal point") }
    if take("e") || take("E") {
      if !take("+") { _ = take("-") }
      try digits("no digit follows the exponent")
    }
    return JSONNumber(literal: String(decoding: bytes[start..<position], as: UTF8.self))
  }

  private mutating func digits(_ reason: String) throws(JSONError) {
    let start = position
    while let byte = peek, byte >= 0x30, byte <= 0x39 { position += 1 }
    guard position > start else { throw error(reason) }
  }
}

// MARK: - Strings

extension JSONParser {
  /// A string in quotes: the plain case is one validated copy, escapes take the slower way.
  private mutating func string() throws(JSONError) -> String {
    let start = position + 1
    position = JSONRun.end(of: bytes, from: start)
    guard peek == UInt8(ascii: "\"") else { return try escapedString(from: start) }
    defer { position += 1 }
    return try text(UnsafeBufferPointer(rebasing: bytes[start..<position]), at: start)
  }

  private func text(
    _ bytes: UnsafeBufferPointer<UInt8>, at place: Int
  ) throws(JSONError) -> String {
    guard let text = String(utf8: bytes) else {
      throw error("a string is not valid UTF-8", at: place)
    }
    return text
  }

  /// A string with escapes, none of which is shorter than what it stands for.
  private mutating func escapedString(from start: Int) throws(JSONError) -> String {
    try withUnsafeTemporaryAllocation(
      of: UInt8.self, capacity: endOfString(from: position) - start
    ) { (buffer) throws(JSONError) in
      var count = 0
      var run = start
      while true {
        for place in run..<position { buffer[count + place - run] = bytes[place] }
        count += position - run
        switch peek {
        case UInt8(ascii: "\""):
          position += 1
          return try text(UnsafeBufferPointer(rebasing: buffer[..<count]), at: start)
        case UInt8(ascii: "\\"):
          position += 1
          count += try escape(into: UnsafeMutableBufferPointer(rebasing: buffer[count...]))
        case nil:
          throw error("a string is not closed", at: start - 1)
        default:
          throw error("a control character stands in a string")
        }
        run = position
        position = JSONRun.end(of: bytes, from: run)
      }
    }
  }

  /// Where a string ends, or the first thing in it that ends no run and is no escape.
  private func endOfString(from place: Int) -> Int {
    var place = place
    while place < end, bytes[place] == UInt8(ascii: "\\") {
      place = JSONRun.end(of: bytes, from: min(place + 2, end))
    }
    return place
  }

  /// Writes what an escape stands for; returns how many bytes that are.
  private mutating func escape(
    into buffer: UnsafeMutableBufferPointer<UInt8>
  ) throws(JSONError) -> Int {
    guard let byte = peek else { throw error("a string is not closed") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): buffer[0] = byte
    case UInt8(ascii: "b"): buffer[0] = 0x08
    case UInt8(ascii: "f"): buffer[0] = 0x0C
    case UInt8(ascii: "n"): buffer[0] = 0x0A
    case UInt8(ascii: "r"): buffer[0] = 0x0D
    case UInt8(ascii: "t"): buffer[0] = 0x09
    case UInt8(ascii: "u"):
      let units = UTF8.encode(try unicodeEscape()) ?? .init()
      for (index, unit) in units.enumerated() { buffer[index] = unit }
      return units.count
    default: throw error("an unknown escape stands in a string", at: position - 2)
    }
    return 1
  }

  private mutating func unicodeEscape() throws(JSONError) -> Unicode.Scalar {
    let start = position - 2
    let unit = try hexadecimal()
    if let scalar = Unicode.Scalar(unit) { return scalar }
    guard unit < 0xDC00, take("\\"), take("u") else {
      throw error("half of a surrogate pair stands alone", at: start)
    }
    let low = try hexadecimal()
    guard (0xDC00..<0xE000).contains(low),
      let scalar = Unicode.Scalar(0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00))
    else { throw error("half of a surrogate pair stands alone", at: start) }
    return scalar
  }

  private mutating func hexadecimal() throws(JSONError) -> UInt32 {
    var unit: UInt32 = 0
    for _ in 0..<4 {
      let digit: UInt8
      switch peek {
      case let byte? where byte >= 0x30 && byte <= 0x39: digit = byte - 0x30
      case let byte? where byte | 0x20 >= 0x61 && byte | 0x20 <= 0x66: digit = (byte | 0x20) - 0x57
      default: throw error("four hexadecimal digits must follow \\u")
      }
      unit = unit << 4 | UInt32(digit)
      position += 1
    }
    return unit
  }
}
