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

  /// `round(value, digits)`: halves go to the even neighbour.
  static func rounded(_ value: Double, digits: Int) -> Double {
    guard digits != 0 else { return value.rounded(.toNearestOrEven) }
    var scale = 1.0
    for _ in 0..<abs(digits) { scale *= 10 }
    if digits < 0 { return (value / scale).rounded(.toNearestOrEven) * scale }
    let scaled = value * scale
    guard scaled.isFinite, abs(scaled) < 0x1p52 else { return value }
    let floor = scaled.rounded(.down)
    // The error of the product, found exactly, settles what lies near a half.
    let exact = scaled - floor - 0.5 + (-scaled).addingProduct(value, scale)
    if exact > 0 { return (floor + 1) / scale }
    if exact < 0 { return floor / scale }
    return scaled.rounded(.toNearestOrEven) / scale
  }
}
