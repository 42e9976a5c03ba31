public import Records
public import Stages

/// A moment, to the microsecond, in UTC: what a split by time compares.
///
/// Read from dates (`2024`, `2024-05`, `2024-05-31`, `20240531`), dates with a time of day and perhaps
/// a zone (`2024-05-31T12:30:00.25+02:00`), dates of mail and feeds (`Fri, 31 May 2024 12:30:00 GMT`)
/// and numbers: years of four digits, and Unix time from 10⁸ on in seconds, milliseconds (from 10¹¹),
/// microseconds (from 10¹⁴) or nanoseconds (from 10¹⁷). A date stands for its beginning; without a zone
/// it is in UTC.
public struct Moment: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// Microseconds since the beginning of 1970.
  public let microseconds: Int

  /// A moment so many microseconds after the beginning of 1970.
  init(microseconds: Int) { self.microseconds = microseconds }

  /// The moment so many microseconds later; nil beyond the years 1 to 9999 in UTC, which four digits write.
  func later(by microseconds: Int) -> Moment? {
    let sum = self.microseconds + microseconds
    return Self.written.contains(sum) ? Moment(microseconds: sum) : nil
  }

  /// Reads a moment; nil where a text is none.
  public init?(_ text: String) {
    let text = text.trimmedOfBlanks
    if let moment = Self.number(text) {
      self = moment
      return
    }
    var iso = MomentScanner(text)
    if let moment = iso.calendarDate() {
      self = moment
      return
    }
    var mail = MomentScanner(text)
    guard let moment = mail.mailDate() else { return nil }
    self = moment
  }

  /// The midnight that a day of the Gregorian calendar begins with; nil where there is no such day.
  init?(year: Int, month: Int, day: Int) {
    guard year > 0, 1...12 ~= month, 1...Self.days(in: month, of: year) ~= day else { return nil }
    microseconds = Self.days(before: year, month, day) * Self.microsecondsADay
  }

  /// A year, a date without hyphens, or Unix time in the unit that its size tells.
  private static func number(_ text: String) -> Moment? {
    let isNumber = text.utf8.allSatisfy {
      0x30...0x39 ~= $0 || [0x2B, 0x2D, 0x2E, 0x45, 0x65].contains($0)
    }
    guard isNumber, let value = Double(text) else { return nil }
    switch value {
    case 1000...9999 where value == value.rounded():
      return Moment(year: Int(value), month: 1, day: 1)
    case 10_000_101...99_991_231 where value == value.rounded():
      let digits = Int(value)
      return Moment(year: digits / 10000, month: digits / 100 % 100, day: digits % 100)
    case 1e8..<1e11: return Moment(microseconds: Int((value * 1e6).rounded(.down)))
    case 1e11..<1e14: return Moment(microseconds: Int((value * 1e3).rounded(.down)))
    case 1e14..<1e17: return Moment(microseconds: Int(value.rounded(.down)))
    case 1e17..<9e18: return Moment(microseconds: (Int(text) ?? Int(value)) / 1000)
    default: return nil
    }
  }

  /// Whether a moment is before another.
  public static func < (left: Moment, right: Moment) -> Bool {
    left.microseconds < right.microseconds
  }

  /// The moment as ISO 8601 has it, in UTC: `2024-05-31T10:30:00.25Z`.
  public var description: String {
    // Rounded down, before 1970 too.
    let length = Self.microsecondsADay
    let day = (microseconds - (microseconds < 0 ? length - 1 : 0)) / length
    let (year, month, date) = Self.date(ofDay: day)
    let rest = microseconds - day * length
    let (seconds, fraction) = rest.quotientAndRemainder(dividingBy: 1_000_000)
    let clock = [seconds / 3600, seconds / 60 % 60, seconds % 60].map { Self.padded($0, 2) }
    var digits = fraction == 0 ? "" : "." + Self.padded(fraction, 6)
    while digits.hasSuffix("0") { digits.removeLast() }
    return Self.padded(year, 4) + "-" + Self.padded(month, 2) + "-" + Self.padded(date, 2) + "T"
      + clock.joined(separator: ":") + digits + "Z"
  }

  private static func padded(_ number: Int, _ count: Int) -> String {
    let digits = "\(number)"
    return String(repeating: "0", count: max(0, count - digits.utf8.count)) + digits
  }
}

// MARK: - Calendar

extension Moment {
  private static let microsecondsADay = 86_400_000_000

  /// The moments of the years 1 to 9999.
  private static let written =
    days(before: 1, 1, 1) * microsecondsADay..<days(before: 10_000, 1, 1) * microsecondsADay

  private static func days(in month: Int, of year: Int) -> Int {
    if month == 2 { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28 }
    return [4, 6, 9, 11].contains(month) ? 30 : 31
  }

  /// Days from the first of 1970 to a date.
  ///
  /// Years are counted from March, so that the day that leap years add is their last; 400 of them have
  /// 146,097 days (Hinnant, "chrono-compatible low-level date algorithms").
  private static func days(before year: Int, _ month: Int, _ day: Int) -> Int {
    let year = month <= 2 ? year - 1 : year
    let (era, rest) = (year / 400, year % 400)
    let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
    return era * 146_097 + rest * 365 + rest / 4 - rest / 100 + dayOfYear - 719_468
  }

  /// The date of a day counted from the first of 1970, of years after 0.
  private static func date(ofDay day: Int) -> (year: Int, month: Int, day: Int) {
    let (era, rest) = (day + 719_468).quotientAndRemainder(dividingBy: 146_097)
    let year = (rest - rest / 1460 + rest / 36_524 - rest / 146_096) / 365
    let dayOfYear = rest - (365 * year + year / 4 - year / 100)
    let march = (5 * dayOfYear + 2) / 153
    let month = march < 10 ? march + 3 : march - 9
    return (
      era * 400 + year + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * march + 2) / 5 + 1
    )
  }
}

extension Moment: ParameterValue {
  /// What a person calls the type.
  public static var typeName: String { "time" }
  /// Reads a value.
  public static func decode(_ node: ConfigurationNode) throws(Diagnostic) -> Moment {
    let text = try String.decode(node)
    guard let moment = Moment(text) else {
      throw Diagnostic("'\(text)' is no time", place: node.place, remedy: remedy)
    }
    return moment
  }
  /// The value as it is written in a lock file.
  public var encoded: JSONValue { .string(description) }

  /// What can be read.
  static let remedy =
    "write 2024-05-31, 2024-05-31T12:30:00Z, a year or Unix time (seconds, milliseconds, …)"
}
