/// A character that remembers where it comes from.
struct MarkedScalar: Sendable, Equatable {
  /// The Unicode scalar.
  var value: UInt32
  /// 0 for the template, 1 for other input, 2 and more for the spans of messages.
  var source: Int32 = 0
  /// Whether it was written in a `generation` block.
  var isGenerated = false

  var scalar: Unicode.Scalar { Unicode.Scalar(value) ?? "\u{FFFD}" }

  func with(_ scalar: Unicode.Scalar) -> MarkedScalar {
    MarkedScalar(value: scalar.value, source: source, isGenerated: isGenerated)
  }
}

/// A string as Python has it, a list of code points, each of which remembers where it comes from.
///
/// Comparing and looking up ignore the marks; cutting and joining keep them. That is how special
/// tokens of the template are told from the same characters in a message.
struct MarkedText: Sendable {
  var units: [MarkedScalar]
  /// Whether `escape` or `safe` made it, which escapes what is joined to it.
  var isMarkup = false

  init(_ units: [MarkedScalar] = []) { self.units = units }

  init(_ units: ArraySlice<MarkedScalar>) { self.units = Array(units) }

  init(_ text: String, source: Int32 = 0) {
    units = text.unicodeScalars.map { MarkedScalar(value: $0.value, source: source) }
  }

  /// Other characters as text of the same kind.
  func keeping(_ units: [MarkedScalar]) -> MarkedText {
    var text = MarkedText(units)
    text.isMarkup = isMarkup
    return text
  }

  var count: Int { units.count }
  var isEmpty: Bool { units.isEmpty }

  /// The characters without their marks.
  var string: String { Self.string(units) }

  static func string(_ units: some Sequence<MarkedScalar>) -> String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(units.underestimatedCount)
    for unit in units {
      if unit.value < 0x80 {
        bytes.append(UInt8(unit.value))
      } else if let encoded = UTF8.encode(unit.scalar) {
        bytes.append(contentsOf: encoded)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  static func + (left: MarkedText, right: MarkedText) -> MarkedText {
    MarkedText(left.units + right.units)
  }
}

extension MarkedText: Equatable {
  static func == (left: MarkedText, right: MarkedText) -> Bool {
    left.units.elementsEqual(right.units) { $0.value == $1.value }
  }

  static func < (left: MarkedText, right: MarkedText) -> Bool {
    left.units.lexicographicallyPrecedes(right.units) { $0.value < $1.value }
  }
}

extension MarkedText {
  /// The first place from `start` on where other text stands, before `end`.
  func range(of other: MarkedText, from start: Int = 0, to end: Int? = nil) -> Int? {
    let last = (end ?? count) - other.count
    guard start >= 0, start <= last else { return nil }
    return (start...last).first { matches(other, at: $0) }
  }

  /// The last place where other text stands.
  func lastRange(of other: MarkedText, from start: Int = 0, to end: Int? = nil) -> Int? {
    let last = (end ?? count) - other.count
    guard start >= 0, start <= last else { return nil }
    return (start...last).last { matches(other, at: $0) }
  }

  /// Whether other text stands at a place.
  func matches(_ other: MarkedText, at place: Int) -> Bool {
    guard place >= 0, place + other.count <= count else { return false }
    for offset in other.units.indices where units[place + offset].value != other.units[offset].value
    {
      return false
    }
    return true
  }

  /// Without the characters of a set at the ends; white space where none is given.
  func stripped(_ set: MarkedText?, left: Bool, right: Bool) -> MarkedText {
    func isTaken(_ unit: MarkedScalar) -> Bool {
      guard let set else { return unit.scalar.isPythonSpace }
      return set.units.contains { $0.value == unit.value }
    }
    var slice = units[...]
    if left { slice = slice.drop(while: isTaken) }
    while right, let last = slice.last, isTaken(last) { slice.removeLast() }
    return MarkedText(slice)
  }

  /// Every scalar replaced by others, which take its mark.
  func mapped(_ replace: (Unicode.Scalar) -> some Sequence<Unicode.Scalar>) -> MarkedText {
    MarkedText(units.flatMap { unit in replace(unit.scalar).map { unit.with($0) } })
  }
}

extension Unicode.Scalar {
  /// What Python's `str.isspace` and `\s` take for white space.
  var isPythonSpace: Bool {
    properties.isWhitespace || (0x1C...0x1F).contains(value)
  }
}
