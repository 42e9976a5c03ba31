import Records

/// How a number is written, and others that are written like it.
struct NumberForm: Sendable {
  /// The digits without separators, with a point before the fraction.
  let digits: String
  private let whole: [UInt8]
  private let fraction: [UInt8]

  init(_ digits: String) {
    self.digits = digits
    let parts = digits.utf8.split(separator: UInt8(ascii: "."))
    whole = Array(parts[0])
    fraction = parts.count > 1 ? Array(parts[1]) : []
  }

  /// What it says.
  var value: Double { Double(digits) ?? 0 }

  /// Whether it is written as years are.
  var isYear: Bool { fraction.isEmpty && whole.count == 4 && (1500...2099).contains(value) }

  /// A number of as many digits, as many noughts at the end and, of a year, a time near it; drawn by lot.
  ///
  /// What was past when this was written stays past.
  func drawn(_ random: inout CounterRandom) -> String {
    if isYear {
      let year = Int(value)
      let latest = year <= 2020 ? 2020 : 2099
      return "\(min(max(year - 15 + random.below(31), 1500), latest))"
    }
    var text = Self.drawn(whole, isWhole: true, mayBeOne: !fraction.isEmpty, &random)
    if !fraction.isEmpty {
      text += "." + Self.drawn(fraction, isWhole: false, mayBeOne: true, &random)
    }
    return text
  }

  private static func drawn(
    _ digits: [UInt8], isWhole: Bool, mayBeOne: Bool, _ random: inout CounterRandom
  ) -> String {
    let zero = UInt8(ascii: "0")
    let tail = digits.reversed().prefix { $0 == zero }.count
    let count = digits.count - tail
    guard count > 0 else { return String(decoding: digits, as: UTF8.self) }
    var drawn = (0..<count).map { place in
      let isEdge = place == count - 1 || isWhole && place == 0
      return isEdge ? zero + 1 + UInt8(random.below(9)) : zero + UInt8(random.below(10))
    }
    // One thing has no plural.
    if digits.count == 1, isWhole, !mayBeOne, drawn[0] == zero + 1 {
      drawn[0] = zero + 2 + UInt8(random.below(8))
    }
    return String(decoding: drawn + [UInt8](repeating: zero, count: tail), as: UTF8.self)
  }

  // MARK: - Writing

  /// A number of as many digits, written like what is replaced: with its separators, as an ordinal, or as a word.
  static func write(_ digits: String, like old: ArraySlice<UInt8>) -> String {
    guard old.contains(where: Bytes.isDigit) else { return word(digits, like: old) }
    var left = digits.utf8.filter { $0 != UInt8(ascii: ".") }[...]
    var written: [UInt8] = []
    for byte in old {
      guard Bytes.isDigit(byte) else {
        if Bytes.isASCIILetter(byte) { break }
        written.append(byte)
        continue
      }
      if let digit = left.popFirst() { written.append(digit) }
    }
    if old.last.map(Bytes.isASCIILetter) == true { written += ordinal(digits).utf8 }
    return String(decoding: written, as: UTF8.self)
  }

  private static func word(_ digits: String, like old: ArraySlice<UInt8>) -> String {
    let word = EntityNames.numbers[(Int(digits) ?? 2) - 2]
    let written = String(decoding: old, as: UTF8.self)
    return WordCasing(written).dressing(word) ?? word
  }

  /// `st`, `nd`, `rd` or `th`.
  private static func ordinal(_ digits: String) -> String {
    guard let value = Int(digits) else { return "th" }
    if (11...13).contains(value % 100) { return "th" }
    return switch value % 10 {
    case 1: "st"
    case 2: "nd"
    case 3: "rd"
    default: "th"
    }
  }

  /// Whether the article of a number in digits is `an`: eight, eleven, eighteen, eighty thousand.
  static func takesAn(_ digits: String) -> Bool {
    let whole = digits.prefix { $0 != "." }
    return whole.hasPrefix("8")
      || whole.count % 3 == 2 && (whole.hasPrefix("11") || whole.hasPrefix("18"))
  }
}
