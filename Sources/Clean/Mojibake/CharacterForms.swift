/// Characters that are written as others.
struct CharacterForms: Sendable {
  static let ligatures = CharacterForms(MojibakeTables.ligatures)
  static let widths = CharacterForms(MojibakeTables.widths)

  private let forms: [UInt32: [UInt32]]
  private let first: UInt32

  private init(_ table: StaticString) {
    var forms: [UInt32: [UInt32]] = [:]
    for (key, scalars) in TableText.replacements(table) {
      if let key = UInt32(key, radix: 16) { forms[key] = scalars }
    }
    self.forms = forms
    first = forms.keys.min() ?? .max
  }

  /// The text with these characters in their other form.
  func replaced(_ text: [UInt32]) -> [UInt32] {
    guard text.contains(where: { $0 >= first && forms[$0] != nil }) else { return text }
    return text.flatMap { forms[$0] ?? [$0] }
  }

  /// Curly quotation marks as straight ones.
  static func straightQuote(_ scalar: UInt32) -> UInt32 {
    switch scalar {
    case 0x2BC, 0x2018...0x201B: 0x27
    case 0x201C...0x201F: 0x22
    default: scalar
    }
  }
}

/// Line ends of all kinds as line feeds.
enum LineEnds {
  static func fixed(_ text: [UInt32]) -> [UInt32] {
    var result: [UInt32] = []
    result.reserveCapacity(text.count)
    for (place, scalar) in text.enumerated() {
      switch scalar {
      case 0x0D:
        if place + 1 < text.count, text[place + 1] == 0x0A { continue }
        result.append(0x0A)
      case 0x85, 0x2028, 0x2029: result.append(0x0A)
      default: result.append(scalar)
      }
    }
    return result
  }
}

/// What steers terminals and layout and is no text.
enum ControlText {
  /// Whether a character is removed: controls that make no white space, byte order marks, marks
  /// of annotations and deprecated ones of Arabic.
  static func isRemoved(_ scalar: UInt32) -> Bool {
    switch scalar {
    case 0x00...0x08, 0x0B, 0x0E...0x1F, 0x7F, 0x206A...0x206F, 0xFEFF, 0xFFF9...0xFFFC: true
    default: false
    }
  }

  /// The text without sequences such as `ESC [36;44m`.
  static func withoutEscapes(_ text: [UInt32]) -> [UInt32] {
    guard text.contains(0x1B) else { return text }
    var result: [UInt32] = []
    var place = 0
    while place < text.count {
      let length = escapeLength(text[place...])
      if length == 0 { result.append(text[place]) }
      place += max(1, length)
    }
    return result
  }

  private static func escapeLength(_ text: ArraySlice<UInt32>) -> Int {
    guard text.starts(with: [0x1B, 0x5B]) else { return 0 }
    let numbers = text.dropFirst(2).prefix { $0 == 0x3B || PythonCharacter.isDigit($0) }
    guard let last = text.dropFirst(2 + numbers.count).first,
      (0x41...0x5A).contains(last) || (0x61...0x7A).contains(last)
    else { return 0 }
    return numbers.count + 3
  }
}
