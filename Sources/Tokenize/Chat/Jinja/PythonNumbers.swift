/// Numbers as Python computes and writes them.
enum PythonNumbers {
  /// The shortest digits that read back, with an exponent where Python has one.
  static func text(_ value: Double) -> String {
    if value.isNaN { return "nan" }
    if value.isInfinite { return value < 0 ? "-inf" : "inf" }
    let (digits, exponent) = digits(of: value.magnitude)
    let sign = value.sign == .minus ? "-" : ""
    return sign
      + (-4 <= exponent && exponent < 16
        ? plain(digits, exponent) : scientific(digits, exponent))
  }

  /// The significant digits and the power of ten of the first.
  private static func digits(of value: Double) -> (digits: [Character], exponent: Int) {
    let parts = "\(value)".split(separator: "e")
    let power = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
    let whole = parts[0].split(separator: ".", omittingEmptySubsequences: false)
    var digits = Array(whole[0])
    var exponent = digits.count - 1 + power
    if whole.count > 1 { digits += Array(whole[1]) }
    while digits.count > 1, digits.first == "0" {
      digits.removeFirst()
      exponent -= 1
    }
    while digits.count > 1, digits.last == "0" { digits.removeLast() }
    return digits == ["0"] ? (digits, 0) : (digits, exponent)
  }

  private static func plain(_ digits: [Character], _ exponent: Int) -> String {
    if exponent < 0 { return "0." + String(repeating: "0", count: -exponent - 1) + String(digits) }
    let padded = digits + Array(repeating: "0", count: max(0, exponent + 1 - digits.count))
    let fraction = padded[(exponent + 1)...]
    return String(padded[...exponent]) + "." + (fraction.isEmpty ? "0" : String(fraction))
  }

  private static func scientific(_ digits: [Character], _ exponent: Int) -> String {
    let fraction = digits.count > 1 ? "." + String(digits[1...]) : ""
    let power = abs(exponent)
    return "\(digits[0])\(fraction)e\(exponent < 0 ? "-" : "+")\(power < 10 ? "0" : "")\(power)"
  }

  /// `left // right`, rounded down.
  static func floorDivide(_ left: Int, _ right: Int) -> Int {
    let quotient = left / right
    return left % right != 0 && (left < 0) != (right < 0) ? quotient - 1 : quotient
  }

  /// `left % right`, with the sign of the right.
  static func remainder(_ left: Int, _ right: Int) -> Int {
    let rest = left % right
    return rest != 0 && (rest < 0) != (right < 0) ? rest + right : rest
  }

  /// `left // right` and `left % right` of floating-point numbers, the rest with the sign of the right.
  static func divided(_ left: Double, _ right: Double) -> (floor: Double, rest: Double) {
    var rest = left.truncatingRemainder(dividingBy: right)
    var quotient = (left - rest) / right
    if rest == 0 {
      rest = right.sign == .minus ? -0.0 : 0.0
    } else if (right < 0) != (rest < 0) {
      rest += right
      quotient -= 1
    }
    guard quotient != 0 else { return ((left / right).sign == .minus ? -0.0 : 0.0, rest) }
    let floor = quotient.rounded(.down)
    return (quotient - floor > 0.5 ? floor + 1 : floor, rest)
  }

  /// `int(text, base)`; nil where Python finds no number.
  /// - Throws: `ChatTemplateError` where the number is beyond 64 bits.
  static func integer(_ text: String, base: Int) throws(ChatTemplateError) -> Int? {
    var digits = Substring(text)
    var sign = ""
    if let first = digits.first, first == "-" || first == "+" {
      sign = String(first)
      digits = digits.dropFirst()
    }
    var base = base
    if digits.first == "0", let letter = digits.dropFirst().first?.lowercased(),
      let named = ["x": 16, "o": 8, "b": 2][letter], base == 0 || base == named
    {
      base = named
      digits = digits.dropFirst(2)
      if digits.first == "_" { digits = digits.dropFirst() }
    }
    if base == 0 { base = 10 }
    guard hasGoodUnderscores(digits) else { return nil }
    let plain = digits.filter { $0 != "_" }
    let isNumber = plain.allSatisfy {
      ($0.isASCII ? $0.digitOrLetter : nil).map { $0 < base } ?? false
    }
    guard isNumber, !plain.isEmpty else { return nil }
    guard let number = Int(sign + plain, radix: base) else {
      throw .value("a number is out of range")
    }
    return number
  }

  /// `float(text)`; nil where Python finds no number.
  static func float(_ text: String) -> Double? {
    let isPlain = text.allSatisfy { $0.isASCII && !"xXpP()".contains($0) }
    guard isPlain, hasGoodUnderscores(Substring(text)) else { return nil }
    return Double(text.filter { $0 != "_" })
  }

  /// Whether every underscore stands between two digits.
  private static func hasGoodUnderscores(_ text: Substring) -> Bool {
    var before: Character?
    var isOpen = false
    for character in text {
      if isOpen, !character.isHexDigit { return false }
      if character == "_", !(before?.isHexDigit ?? false) { return false }
      isOpen = character == "_"
      before = character
    }
    return !isOpen
  }

  /// `round(value, digits)` of a whole number: halves go to the even neighbour.
  static func rounded(_ value: Int, digits: Int) throws(ChatTemplateError) -> Int {
    guard digits < 0 else { return value }
    guard digits > -19 else { return 0 }
    var scale = 1
    for _ in 0..<(-digits) { scale *= 10 }
    let rest = remainder(value, scale)
    let isOdd = floorDivide(value, scale) % 2 != 0
    let isUp = rest > scale - rest || (rest == scale - rest && isOdd)
    let (result, overflow) =
      isUp ? value.addingReportingOverflow(scale - rest) : value.subtractingReportingOverflow(rest)
    guard !overflow else { throw .value("a number is out of range") }
    return result
  }

  /// `round(value, digits)`: halves go to the even neighbour.
  static func rounded(_ value: Double, digits: Int) -> Double {
    if digits == 0 { return value.rounded(.toNearestOrEven) }
    // The C library rounds the exact decimal value, as Python does.
    if digits > 0 { return Double(JinjaMathematics.fixed(value, min(digits, 400))) ?? value }
    let scale = JinjaMathematics.power(10, Double(-digits))
    return (value / scale).rounded(.toNearestOrEven) * scale
  }
}

extension Character {
  /// The value of a digit of a number in a base up to 36.
  fileprivate var digitOrLetter: Int? {
    guard let byte = asciiValue else { return nil }
    switch byte {
    case 0x30...0x39: return Int(byte) - 0x30
    case 0x41...0x5A: return Int(byte) - 0x41 + 10
    case 0x61...0x7A: return Int(byte) - 0x61 + 10
    default: return nil
    }
  }
}
