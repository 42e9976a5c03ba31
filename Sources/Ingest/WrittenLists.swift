import Records
import TextKit

/// Lists that stand in a table as texts, since cells hold nothing else: `[{"role": …}]` as JSON, or as
/// Python prints them, which is how pandas writes columns of lists to CSV.
enum WrittenLists {
  /// Fields that hold lists in the forms that these tell.
  private static let lists = [
    "messages", "conversations", "completions", "labels", "responses", "scores", "segments",
  ]

  /// An object that no form fits with all fields as lists that may hold nothing else; nil where there are none.
  static func readAll(_ object: JSONObject) -> JSONObject? { reading(lists, of: object) }

  /// The list that a value is, or that it spells as a text.
  static func list(_ value: JSONValue?) -> [JSONValue]? {
    value?.array ?? value?.string.flatMap { list($0) }
  }

  /// The object with the lists that its form asks for; nil where none of them is written as a text.
  static func read(_ object: JSONObject, for schema: Schema) -> JSONObject? {
    switch schema {
    case .messages, .messagesKTO: reading(["messages"], of: object)
    case .sharegpt, .sharegptKTO: reading(["conversations"], of: object)
    case .ranking: reading(["responses", "scores"], of: object)
    case .stepwise: reading(["completions", "labels"], of: object)
    case .segments: reading(["segments"], of: object)
    case .alpaca, .alpacaKTO, .alpacaPreference: readingHistory(of: object)
    case .completion, .kto: readingSides(["prompt", "completion"], of: object, as: schema)
    case .preference:
      readingSides(["chosen", "rejected"], beside: "prompt", of: object, as: schema)
    case .dolly, .questionAnswer, .pair, .triplet, .sentencePair, .scoredPair, .reward, .text,
      .sharegptPreference:
      nil
    }
  }

  private static func reading(_ keys: [String], of object: JSONObject) -> JSONObject? {
    var result: JSONObject?
    for key in keys {
      guard let text = object[key]?.string, let list = list(text) else { continue }
      result = result ?? object
      result?[key] = .array(list)
    }
    return result
  }

  /// Earlier turns, of which an empty cell says that there are none.
  private static func readingHistory(of object: JSONObject) -> JSONObject? {
    let key = "history"
    guard let text = object[key]?.string else { return nil }
    guard XMLElement.trimmed(text).isEmpty else { return reading([key], of: object) }
    var result = object
    result[key] = .array([])
    return result
  }

  /// Both sides of a record as lists of turns: an answer alone may well be a list that was asked for.
  private static func readingSides(
    _ keys: [String], beside question: String? = nil, of object: JSONObject, as schema: Schema
  ) -> JSONObject? {
    var result = object
    for key in keys {
      guard let text = object[key]?.string, let list = list(text), !list.isEmpty else { return nil }
      result[key] = .array(list)
    }
    if let question, let text = object[question]?.string, let list = list(text), !list.isEmpty {
      result[question] = .array(list)
    }
    return (try? schema.read(result)) == nil ? nil : result
  }

  /// The list that a text spells.
  private static func list(_ text: String) -> [JSONValue]? {
    guard text.utf8.first(where: { $0 > 0x20 }) == UInt8(ascii: "[") else { return nil }
    let bytes = Array(text.utf8)
    if let value = try? JSONValue.parse(bytes) { return value.array }
    var literal = PythonLiteral(bytes)
    return literal.whole()?.array
  }
}

/// Reads what Python's `repr` writes of lists, dictionaries, strings, numbers, `True`, `False` and `None`.
///
/// Commas between the items of a list may be missing, as numpy leaves them out.
struct PythonLiteral {
  private let bytes: [UInt8]
  private var place = 0
  private static let deepest = 64

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The value, where the bytes hold one and no more.
  mutating func whole() -> JSONValue? {
    guard let value = value(depth: 0) else { return nil }
    skipBlanks()
    return place == bytes.count ? value : nil
  }

  private var next: UInt8? { place < bytes.count ? bytes[place] : nil }

  private mutating func skipBlanks() {
    while let byte = next, byte == 0x20 || (0x09...0x0D).contains(byte) { place += 1 }
  }

  private mutating func take(_ mark: Unicode.Scalar) -> Bool {
    skipBlanks()
    guard next == UInt8(ascii: mark) else { return false }
    place += 1
    return true
  }

  private mutating func value(depth: Int) -> JSONValue? {
    guard depth < Self.deepest else { return nil }
    skipBlanks()
    switch next {
    case UInt8(ascii: "["):
      place += 1
      return list(depth)
    case UInt8(ascii: "{"):
      place += 1
      return dictionary(depth)
    case UInt8(ascii: "'"), UInt8(ascii: "\""): return string().map { .string($0) }
    default: return word()
    }
  }

  private mutating func list(_ depth: Int) -> JSONValue? {
    var items: [JSONValue] = []
    while !take("]") {
      guard let item = value(depth: depth + 1) else { return nil }
      items.append(item)
      _ = take(",")
    }
    return .array(items)
  }

  private mutating func dictionary(_ depth: Int) -> JSONValue? {
    var object = JSONObject()
    while !take("}") {
      skipBlanks()
      guard let key = string(), take(":"), let item = value(depth: depth + 1) else { return nil }
      object[key] = item
      guard take(",") else { return take("}") ? .object(object) : nil }
    }
    return .object(object)
  }

  /// A number, or the name of a constant.
  private mutating func word() -> JSONValue? {
    let start = place
    while let byte = next, byte.isASCIIAlphanumeric || [0x2B, 0x2D, 0x2E].contains(byte) {
      place += 1
    }
    switch String(decoding: bytes[start..<place], as: UTF8.self) {
    case "True": return .bool(true)
    case "False": return .bool(false)
    case "None", "nan": return .null
    case let text:
      // numpy leaves out the nought of `1.0`.
      let number = try? JSONValue.parse(Array((text.hasSuffix(".") ? text + "0" : text).utf8))
      return number?.double == nil ? nil : number
    }
  }

  private mutating func string() -> String? {
    guard let quote = next, quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else {
      return nil
    }
    place += 1
    var text: [UInt8] = []
    while let byte = next {
      place += 1
      if byte == quote { return String(validating: text, as: UTF8.self) }
      guard byte == UInt8(ascii: "\\") else {
        text.append(byte)
        continue
      }
      guard let escaped = escape() else { return nil }
      text += escaped.utf8
    }
    return nil
  }

  /// What stands behind a backslash.
  private mutating func escape() -> String? {
    guard let byte = next else { return nil }
    place += 1
    switch byte {
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "x"): return scalar(digits: 2)
    case UInt8(ascii: "u"): return scalar(digits: 4)
    case UInt8(ascii: "U"): return scalar(digits: 8)
    case UInt8(ascii: "\\"), UInt8(ascii: "'"), UInt8(ascii: "\""):
      return String(Unicode.Scalar(byte))
    default: return "\\" + String(Unicode.Scalar(byte))
    }
  }

  private mutating func scalar(digits: Int) -> String? {
    guard place + digits <= bytes.count,
      let code = UInt32(String(decoding: bytes[place..<place + digits], as: UTF8.self), radix: 16),
      let scalar = Unicode.Scalar(code)
    else { return nil }
    place += digits
    return String(Character(scalar))
  }
}
