/// Finds numbers of payment cards: an issuer's prefix and length, and Luhn's check digit.
enum PaymentCard {
  /// The most digits of a number.
  private static let longest = 19

  static func end(in text: ByteText, at place: Int) -> Int? {
    guard (0x32...0x36).contains(text[place]),
      !(text[place - 1] == UInt8(ascii: ".") && text.isDigit(place - 2)),
      text[place - 1] != UInt8(ascii: "-")
    else { return nil }
    var digits: [Int] = []
    var end = place
    var separator: UInt8?
    while end < text.count {
      if text.isDigit(end) {
        guard digits.count < longest else { return nil }
        digits.append(text.digit(end))
      } else if text[end] == 0x20 || text[end] == UInt8(ascii: "-") {
        guard text.isDigit(end + 1), separator ?? text[end] == text[end] else { break }
        separator = text[end]
      } else {
        break
      }
      end += 1
    }
    let goesOn =
      text.isWord(end) && text[end] < 0x80
      || text[end] == UInt8(ascii: ".") && text.isDigit(end + 1)
    return !goesOn && isIssued(digits) && passesLuhn(digits) ? end : nil
  }

  /// Whether an issuer gives out numbers of this length that begin so.
  private static func isIssued(_ digits: [Int]) -> Bool {
    guard (13...longest).contains(digits.count) else { return false }
    let prefix = digits.prefix(4).reduce(0) { $0 * 10 + $1 }
    switch (prefix, digits.count) {
    case (4000...4999, 13), (4000...4999, 16), (4000...4999, 19): return true
    case (5100...5599, 16), (2221...2720, 16): return true
    case (3400...3499, 15), (3700...3799, 15): return true
    case (6011, 16...19), (6440...6599, 16...19), (6200...6299, 16...19): return true
    case (3000...3059, 14), (3600...3699, 14), (3800...3899, 14), (3528...3589, 16): return true
    default: return false
    }
  }

  /// Luhn's formula (ISO/IEC 7812-1, annex B).
  private static func passesLuhn(_ digits: [Int]) -> Bool {
    let sum = digits.reversed().enumerated().reduce(0) { sum, digit in
      guard digit.offset % 2 == 1 else { return sum + digit.element }
      let doubled = digit.element * 2
      return sum + (doubled > 9 ? doubled - 9 : doubled)
    }
    return sum % 10 == 0
  }
}

/// Finds IBANs: a country and its length (ISO 13616 registry), and the remainder 1 by 97.
enum BankAccount {
  private static let lengths: [String: Int] = [
    "AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22,
    "BR": 29, "BY": 28, "CH": 21, "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "DO": 28,
    "EE": 20, "EG": 29, "ES": 24, "FI": 18, "FO": 18, "FR": 27, "GB": 22, "GE": 22, "GI": 23,
    "GL": 18, "GR": 27, "GT": 28, "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IQ": 23, "IS": 26,
    "IT": 27, "JO": 30, "KW": 30, "KZ": 20, "LB": 28, "LC": 32, "LI": 21, "LT": 20, "LU": 20,
    "LV": 21, "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MR": 27, "MT": 31, "MU": 30, "NL": 18,
    "NO": 15, "PK": 24, "PL": 28, "PS": 29, "PT": 25, "QA": 29, "RO": 24, "RS": 22, "SA": 24,
    "SC": 31, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "ST": 25, "SV": 28, "TL": 23, "TN": 24,
    "TR": 26, "UA": 29, "VA": 22, "VG": 24, "XK": 20,
  ]

  static func end(in text: ByteText, at place: Int) -> Int? {
    guard text.isLetter(place), text.isLetter(place + 1), text.isDigit(place + 2),
      text.isDigit(place + 3)
    else { return nil }
    let isUpper = text.isUpper(place)
    let country = String(decoding: text.bytes[place..<place + 2], as: UTF8.self)
    guard isUpper == text.isUpper(place + 1), let length = lengths[country.uppercased()] else {
      return nil
    }
    var characters: [UInt8] = []
    var end = place
    while characters.count < length {
      // Small letters are those of a number of digits alone, for all others are words and hashes.
      if text.isDigit(end) || isUpper && text.isUpper(end) || end < place + 2 {
        characters.append(isUpper ? text[end] : text[end] & ~(text.isLetter(end) ? 0x20 : 0))
      } else if ![0x20, 0x2D].contains(text[end]) || characters.count % 4 != 0 {
        return nil
      }
      end += 1
    }
    return !text.isAlphanumeric(end) && remainder(characters) == 1 ? end : nil
  }

  /// The number by 97, with its first four characters behind the others and letters as 10 to 35.
  private static func remainder(_ characters: [UInt8]) -> Int {
    (characters[4...] + characters[..<4]).reduce(0) { rest, byte in
      let value = byte < 0x3A ? Int(byte) - 0x30 : Int(byte) - 0x37
      return (rest * (value > 9 ? 100 : 10) + value) % 97
    }
  }
}
