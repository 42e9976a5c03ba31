import Records

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// What the stored values of a column are as JSON.
///
/// Times are ISO 8601 (`2024-05-01T12:00:00.250Z`, without `Z` where the column has no time zone),
/// decimals numbers with all their digits, JSON is parsed, bytes that are no text are
/// `data:;base64,…`; NaN and infinities, which JSON lacks, are null.
extension Leaf {
  /// The value of a number of at most 64 bits, as its bits say.
  @inline(__always)
  func value(bits: UInt64) throws(ParquetFault) -> JSONValue {
    switch type {
    case .int32: try value(integer: Int64(Int32(truncatingIfNeeded: bits)))
    case .int64: try value(integer: Int64(bitPattern: bits))
    case .float: .single(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))
    case .double: .real(Double(bitPattern: bits))
    case .boolean: .bool(bits & 1 == 1)
    case .int96, .bytes, .fixed: throw ParquetFault("values of '\(name)' are no numbers")
    }
  }

  private func value(integer: Int64) throws(ParquetFault) -> JSONValue {
    switch meaning {
    case .unsigned:
      type == .int32
        ? .integer(UInt32(truncatingIfNeeded: integer)) : .integer(UInt64(bitPattern: integer))
    case .decimal(let scale): Decimal.value("\(integer)", scale: scale)
    case .date: .string(Calendar.date(Int(integer)))
    case .time(let unit): .string(Calendar.time(Int(integer), unit))
    case .timestamp(let unit, let utc):
      .string(Calendar.timestamp(Int(integer), unit) + (utc ? "Z" : ""))
    default: .integer(integer)
    }
  }

  /// The value of bytes.
  func value(_ bytes: UnsafeBufferPointer<UInt8>) throws(ParquetFault) -> JSONValue {
    switch meaning {
    case .text:
      guard let text = String(validating: bytes, as: UTF8.self) else {
        throw ParquetFault("a text in '\(name)' is not UTF-8")
      }
      return .string(text)
    case .json:
      if let value = try? JSONValue.parse(Array(bytes)) { return value }
      return .string(String(decoding: bytes, as: UTF8.self))
    case .decimal(let scale):
      guard bytes.count <= Decimal.mostBytes else {
        throw ParquetFault("a decimal in '\(name)' has \(bytes.count) bytes")
      }
      return Decimal.value(bigEndian: Array(bytes), scale: scale)
    case .uuid where bytes.count == 16: return .string(Self.uuid(bytes))
    case .half where bytes.count == 2:
      return .single(HalfFloat.value(UInt16(bytes[0]) | UInt16(bytes[1]) << 8))
    case .binary: return Self.base64(bytes)
    default:
      if type == .int96 { return Self.legacyTime(bytes) }
      // Older writers did not say which bytes are text.
      if let text = String(validating: bytes, as: UTF8.self) { return .string(text) }
      return Self.base64(bytes)
    }
  }

  private static func uuid(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    for (index, byte) in bytes.enumerated() {
      if [4, 6, 8, 10].contains(index) { text.append(UInt8(ascii: "-")) }
      text += [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// 96 bits: nanoseconds of the day, and the day counted from 4714 BC.
  private static func legacyTime(_ bytes: UnsafeBufferPointer<UInt8>) -> JSONValue {
    let raw = UnsafeRawBufferPointer(bytes)
    let nanoseconds = Int(
      Int64(littleEndian: raw.loadUnaligned(fromByteOffset: 0, as: Int64.self)))
    let day = Int(Int32(littleEndian: raw.loadUnaligned(fromByteOffset: 8, as: Int32.self)))
    let epoch = 2_440_588
    return .string("\(Calendar.date(day - epoch))T\(Calendar.time(nanoseconds, .nanoseconds))")
  }

  private static func base64(_ bytes: UnsafeBufferPointer<UInt8>) -> JSONValue {
    let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var text = Array("data:;base64,".utf8)
    text.reserveCapacity(text.count + bytes.count * 4 / 3 + 4)
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = (0..<3).map { start + $0 < bytes.count ? UInt32(bytes[start + $0]) : 0 }
      let number = group[0] << 16 | group[1] << 8 | group[2]
      for index in 0..<4 {
        let isThere = start + index <= bytes.count
        text.append(
          isThere ? digits[Int(number >> UInt32(18 - 6 * index) & 63)] : UInt8(ascii: "="))
      }
    }
    return .string(String(decoding: text, as: UTF8.self))
  }
}

/// Numbers with a fixed count of decimal places.
enum Decimal {
  /// Writers know 256 bits; the work grows with the square of the length.
  static let mostBytes = 32

  /// The number whose digits without the point are given.
  static func value(_ digits: String, scale: Int) -> JSONValue {
    guard scale > 0 else { return .number(JSONNumber(literal: digits)) }
    let isNegative = digits.hasPrefix("-")
    var digits = Array(digits.utf8.drop { $0 == UInt8(ascii: "-") })
    if digits.count <= scale {
      digits.insert(
        contentsOf: repeatElement(UInt8(ascii: "0"), count: scale + 1 - digits.count), at: 0)
    }
    digits.insert(UInt8(ascii: "."), at: digits.count - scale)
    let text = String(decoding: digits, as: UTF8.self)
    return .number(JSONNumber(literal: isNegative ? "-\(text)" : text))
  }

  /// The number of a two's complement, highest byte first.
  static func value(bigEndian bytes: [UInt8], scale: Int) -> JSONValue {
    var magnitude = bytes
    let isNegative = (bytes.first ?? 0) >= 0x80
    if isNegative {
      var carry = true
      for index in magnitude.indices.reversed() {
        magnitude[index] = ~magnitude[index] &+ (carry ? 1 : 0)
        carry = carry && magnitude[index] == 0
      }
    }
    var digits: [UInt8] = []
    while let first = magnitude.firstIndex(where: { $0 != 0 }) {
      var rest = 0
      for index in first..<magnitude.count {
        let number = rest << 8 | Int(magnitude[index])
        magnitude[index] = UInt8(number / 10)
        rest = number % 10
      }
      digits.append(UInt8(ascii: "0") + UInt8(rest))
    }
    let text = digits.isEmpty ? "0" : String(decoding: digits.reversed(), as: UTF8.self)
    return value(isNegative ? "-\(text)" : text, scale: scale)
  }
}

/// Numbers of 16 bits with a point.
enum HalfFloat {
  static func value(_ bits: UInt16) -> Float {
    let sign: Float = bits & 0x8000 == 0 ? 1 : -1
    let exponent = Int(bits >> 10 & 31)
    let fraction = Float(bits & 0x3FF)
    switch exponent {
    case 0: return sign * fraction * 0x1p-24
    case 31: return fraction == 0 ? sign * .infinity : .nan
    default:
      return sign * (1024 + fraction) * Float(sign: .plus, exponent: exponent - 25, significand: 1)
    }
  }
}

/// Dates and times of day as ISO 8601 writes them.
enum Calendar {
  /// The date that lies so many days after 1970-01-01, in the Gregorian calendar carried backwards.
  ///
  /// Source: H. Hinnant, "chrono-compatible low-level date algorithms".
  static func date(_ days: Int) -> String {
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let day = shifted - era * 146_097
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365
    let ofYear = day - (365 * year + year / 4 - year / 100)
    let month = (5 * ofYear + 2) / 153
    let number = month < 10 ? month + 3 : month - 9
    let full = year + era * 400 + (number <= 2 ? 1 : 0)
    let sign = full < 0 ? "-" : ""
    return
      "\(sign)\(padded(abs(full), 4))-\(padded(number, 2))-\(padded(ofYear - (153 * month + 2) / 5 + 1, 2))"
  }

  /// The time of day so many parts of a second after midnight.
  static func time(_ count: Int, _ unit: TimeUnit) -> String {
    let (seconds, parts) = count.floored(by: unit.parts)
    let clock =
      "\(padded(seconds / 3600, 2)):\(padded(seconds / 60 % 60, 2)):\(padded(seconds % 60, 2))"
    return parts == 0 ? clock : "\(clock).\(padded(parts, unit.digits))"
  }

  /// The moment so many parts of a second after 1970 began.
  static func timestamp(_ count: Int, _ unit: TimeUnit) -> String {
    let (days, rest) = count.floored(by: 86_400 * unit.parts)
    return "\(date(days))T\(time(rest, unit))"
  }

  private static func padded(_ number: Int, _ digits: Int) -> String {
    let text = "\(number)"
    return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
  }
}

extension Int {
  /// The quotient rounded down, and what is left.
  fileprivate func floored(by divisor: Int) -> (Int, Int) {
    let (quotient, rest) = quotientAndRemainder(dividingBy: divisor)
    return rest < 0 ? (quotient - 1, rest + divisor) : (quotient, rest)
  }
}
