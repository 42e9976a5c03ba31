/// `tojson` as Transformers defines it: Python's `json.dumps`, which escapes no HTML.
struct JinjaJSON {
  private let isASCII: Bool
  private let indent: MarkedText?
  private let itemSeparator: MarkedText
  private let keySeparator: MarkedText
  private let sortsKeys: Bool

  /// Options in the order that the filter takes them.
  init(_ arguments: JinjaArguments) throws(ChatTemplateError) {
    isASCII = try arguments.bool(0, "ensure_ascii", default: false)
    indent = try Self.indent(arguments.value(1, "indent"))
    sortsKeys = try arguments.bool(3, "sort_keys", default: false)
    var separators = [MarkedText(indent == nil ? ", " : ","), MarkedText(": ")]
    if let given = arguments.value(2, "separators"), !given.isNone {
      separators = []
      for separator in try given.iterated() { separators.append(try separator.text("a separator")) }
    }
    guard separators.count == 2 else { throw .value("separators are two strings") }
    (itemSeparator, keySeparator) = (separators[0], separators[1])
  }

  private static func indent(_ value: JinjaValue?) throws(ChatTemplateError) -> MarkedText? {
    guard let value else { return nil }
    if let count = value.integer {
      return MarkedText(String(repeating: " ", count: max(0, min(count, 100))))
    }
    if case .none = value { return nil }
    return try value.text("the indent")
  }

  /// The JSON text of a value; characters of a message keep their marks.
  func text(of value: JinjaValue) throws(ChatTemplateError) -> MarkedText {
    var units: [MarkedScalar] = []
    try write(value, depth: 0, to: &units)
    return MarkedText(units)
  }

  private func write(
    _ value: JinjaValue, depth: Int, to units: inout [MarkedScalar]
  ) throws(ChatTemplateError) {
    guard depth < 512 else { throw ChatTemplateError(.limit, "tojson is given too deep a value") }
    switch value {
    case .none: units += MarkedText("null").units
    case .bool(let value): units += MarkedText(value ? "true" : "false").units
    case .integer(let value): units += MarkedText(String(value)).units
    case .large(let digits): units += MarkedText(digits).units
    case .float(let value): units += MarkedText(Self.text(of: value)).units
    case .text(let text): units += quoted(text).units
    case .list(let values), .tuple(let values):
      try writeList(values.count, "[", "]", depth, &units) {
        place, units throws(ChatTemplateError) in
        try write(values[place], depth: depth + 1, to: &units)
      }
    case .dictionary(let dictionary): try write(dictionary, depth, &units)
    case .undefined: throw value.missing
    default: throw .value("\(value.typeName) cannot be written as JSON")
    }
  }

  private func write(
    _ dictionary: JinjaDictionary, _ depth: Int, _ units: inout [MarkedScalar]
  ) throws(ChatTemplateError) {
    var places = Array(dictionary.keys.indices)
    var names: [MarkedText] = []
    for key in dictionary.keys { names.append(try name(key)) }
    if sortsKeys { places = try sorted(dictionary.keys) }
    try writeList(places.count, "{", "}", depth, &units) { place, units throws(ChatTemplateError) in
      units += quoted(names[places[place]]).units + keySeparator.units
      try write(dictionary.values[places[place]], depth: depth + 1, to: &units)
    }
  }

  private func name(_ key: JinjaValue) throws(ChatTemplateError) -> MarkedText {
    switch key {
    case .text(let text): return text
    case .none, .bool, .integer, .large, .float: return try text(of: key)
    default: throw .value("\(key.typeName) cannot be a key in JSON")
    }
  }

  /// The places of keys in their order, which keys of several kinds have not.
  private func sorted(_ keys: [JinjaValue]) throws(ChatTemplateError) -> [Int] {
    for key in keys.dropFirst() { _ = try key.isLess(than: keys[0]) }
    return keys.indices.sorted { (try? keys[$0].isLess(than: keys[$1])) ?? false }
  }

  private func writeList(
    _ count: Int, _ open: String, _ close: String, _ depth: Int, _ units: inout [MarkedScalar],
    _ write: (Int, inout [MarkedScalar]) throws(ChatTemplateError) -> Void
  ) throws(ChatTemplateError) {
    units += MarkedText(open).units
    for place in 0..<count {
      if place > 0 { units += itemSeparator.units }
      breakLine(depth + 1, &units)
      try write(place, &units)
    }
    if count > 0 { breakLine(depth, &units) }
    units += MarkedText(close).units
  }

  private func breakLine(_ depth: Int, _ units: inout [MarkedScalar]) {
    guard let indent else { return }
    units += MarkedText("\n").units
    for _ in 0..<depth { units += indent.units }
  }

  private static func text(of value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-Infinity" : "Infinity" }
    return PythonNumbers.text(value)
  }

  private func quoted(_ text: MarkedText) -> MarkedText {
    let inner = text.mapped { scalar in escape(scalar).unicodeScalars }
    return MarkedText("\"") + inner + MarkedText("\"")
  }

  private func escape(_ scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "\"": return "\\\""
    case "\\": return "\\\\"
    case "\n": return "\\n"
    case "\r": return "\\r"
    case "\t": return "\\t"
    case "\u{08}": return "\\b"
    case "\u{0C}": return "\\f"
    default: break
    }
    guard scalar.value < 0x20 || (isASCII && scalar.value > 0x7E) else { return String(scalar) }
    return String(scalar).utf16.map { unit in
      let digits = String(unit, radix: 16)
      return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }.joined()
  }
}
