/// How a format writes one value: what follows `%`, or `:` in `{}`.
struct PythonForm {
  var fill: Unicode.Scalar = " "
  /// `<`, `>`, `^` or `=`; nil where the kind of the value says it.
  var align: Unicode.Scalar?
  /// `+` or a blank before numbers that are not negative.
  var sign = ""
  var isAlternate = false
  var width = 0
  var hasCommas = false
  var precision: Int?
  /// The letter of the type; nil where there is none.
  var letter: Unicode.Scalar?

  /// A text, cut and filled up.
  func text(_ text: MarkedText) -> MarkedText {
    padded(MarkedText(text.units.prefix(precision ?? .max)), sign: "", align ?? "<")
  }

  /// A number.
  func number(
    _ value: JinjaValue, truncates: Bool = false
  ) throws(ChatTemplateError) -> MarkedText {
    let letter = letter ?? "d"
    let (isNegative, digits) =
      "dxXob".unicodeScalars.contains(letter)
      ? try whole(value, letter, truncates) : try real(value, letter)
    let grouped = hasCommas ? Self.grouped(digits) : digits
    return padded(MarkedText(grouped), sign: isNegative ? "-" : sign, align ?? ">")
  }

  private func whole(
    _ value: JinjaValue, _ letter: Unicode.Scalar, _ truncates: Bool
  ) throws(ChatTemplateError) -> (isNegative: Bool, digits: String) {
    var number = value.integer
    if number == nil, truncates, letter == "d", let real = value.number {
      number = Int(exactly: real.rounded(.towardZero))
      guard number != nil else { throw .value("a number is out of range") }
    }
    guard let number else {
      throw .value("the format '\(letter)' takes a whole number, not \(value.typeName)")
    }
    let radix = ["x": 16, "X": 16, "o": 8, "b": 2][letter] ?? 10
    var digits = String(number.magnitude, radix: radix, uppercase: letter == "X")
    if let precision {
      digits = String(repeating: "0", count: max(0, precision - digits.count)) + digits
    }
    return (number < 0, isAlternate && radix != 10 ? "0\(letter)" + digits : digits)
  }

  private func real(
    _ value: JinjaValue, _ letter: Unicode.Scalar
  ) throws(ChatTemplateError) -> (isNegative: Bool, digits: String) {
    guard let number = value.number else {
      throw .value("the format '\(letter)' takes a number, not \(value.typeName)")
    }
    let isNegative = number.sign == .minus && !number.isNaN
    let magnitude = number.magnitude
    switch letter {
    case "f", "e", "g":
      return (
        isNegative, JinjaMathematics.formatted(magnitude, letter, precision: precision ?? 6)
      )
    case "F", "E", "G":
      let small = Unicode.Scalar(letter.value + 32) ?? "f"
      return (
        isNegative,
        JinjaMathematics.formatted(magnitude, small, precision: precision ?? 6).uppercased()
      )
    case "%": return (isNegative, JinjaMathematics.fixed(magnitude * 100, precision ?? 6) + "%")
    default: throw .value("the format '\(letter)' is not known here")
    }
  }

  /// Commas between thousands.
  private static func grouped(_ digits: String) -> String {
    let whole = digits.prefix { $0.isNumber }
    var result = ""
    for (place, digit) in whole.enumerated() {
      if place > 0, (whole.count - place).isMultiple(of: 3) { result += "," }
      result.append(digit)
    }
    return result + digits.dropFirst(whole.count)
  }

  private func padded(
    _ text: MarkedText, sign: String, _ align: Unicode.Scalar
  ) -> MarkedText {
    let sign = MarkedText(sign)
    let space = max(0, width - sign.count - text.count)
    func filling(_ count: Int) -> MarkedText { MarkedText.filling(fill, count) }
    switch align {
    case "<": return sign + text + filling(space)
    case "=": return sign + filling(space) + text
    case "^": return filling(space / 2) + sign + text + filling(space - space / 2)
    default: return filling(space) + sign + text
    }
  }
}
