/// Reads dates and times of day from a text, byte by byte.
struct MomentScanner {
  private let bytes: [UInt8]
  private var place = 0

  init(_ text: String) { bytes = Array(text.utf8) }

  // MARK: - Dates

  /// `2024-05`, `2024-05-31`, `2024/05/31` or `20240531`, alone or with a time of day.
  mutating func calendarDate() -> Moment? {
    guard let year = digits(4) else { return nil }
    let separator = take(0x2D) ? 0x2D : take(0x2F) ? 0x2F : UInt8(0)
    guard let month = digits(2) else { return nil }
    if isAtEnd { return separator == 0 ? nil : Moment(year: year, month: month, day: 1) }
    guard separator == 0 || take(separator), let date = digits(2),
      let midnight = Moment(year: year, month: month, day: date)
    else { return nil }
    if isAtEnd { return midnight }
    guard take(0x54) || take(0x74) || take(0x20) else { return nil }
    return timeOfDay(on: midnight)
  }

  /// `Fri, 31 May 2024 12:30:00 +0200`, with or without the day of the week and the time of day.
  mutating func mailDate() -> Moment? {
    if word() != nil { _ = take(0x2C) }
    skipBlanks()
    guard let date = digits(2) ?? digits(1) else { return nil }
    skipBlanks()
    guard let name = word(), let month = Self.months.firstIndex(of: String(name.prefix(3)))
    else { return nil }
    skipBlanks()
    guard let year = digits(4), let midnight = Moment(year: year, month: month + 1, day: date)
    else { return nil }
    skipBlanks()
    return isAtEnd ? midnight : timeOfDay(on: midnight)
  }

  private static let months = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
  ]

  // MARK: - Time of day

  /// `12:30`, `12:30:00.25` or `123000`, perhaps with a zone, to the end of the text.
  private mutating func timeOfDay(on midnight: Moment) -> Moment? {
    guard let hour = digits(2) else { return nil }
    let hasColons = take(0x3A)
    guard let minute = digits(2), minute < 60 else { return nil }
    var (second, fraction) = (0, 0)
    if hasColons ? take(0x3A) : hasDigit {
      guard let found = digits(2), found <= 60 else { return nil }
      second = found
      if take(0x2E) || take(0x2C) {
        guard let found = microseconds() else { return nil }
        fraction = found
      }
    }
    guard hour < 24 || hour == 24 && minute == 0 && second == 0 && fraction == 0,
      let offset = zone(), isAtEnd
    else { return nil }
    let seconds = (hour * 60 + minute - offset) * 60 + second
    return midnight.later(by: seconds * 1_000_000 + fraction)
  }

  /// The digits of a fraction of a second; those behind the sixth are left out.
  private mutating func microseconds() -> Int? {
    var (value, count) = (0, 0)
    while hasDigit, let digit = digits(1) {
      if count < 6 { value = value * 10 + digit }
      count += 1
    }
    guard count > 0 else { return nil }
    for _ in min(count, 6)..<6 { value *= 10 }
    return value
  }

  /// Minutes that a zone is ahead of UTC; 0 where none is written.
  private mutating func zone() -> Int? {
    skipBlanks()
    if isAtEnd { return 0 }
    if let name = word() { return Self.zones[name].map { $0 * 60 } }
    let isAhead = take(0x2B)
    guard isAhead || take(0x2D), let hours = digits(2), hours < 24 else { return nil }
    let hasColon = take(0x3A)
    let minutes = hasColon || hasDigit ? digits(2) : 0
    guard let minutes, minutes < 60 else { return nil }
    return (isAhead ? 1 : -1) * (hours * 60 + minutes)
  }

  /// Hours of the zones that mail and feeds name (RFC 5322).
  private static let zones = [
    "z": 0, "utc": 0, "gmt": 0, "ut": 0, "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7,
    "mdt": -6, "pst": -8, "pdt": -7,
  ]

  // MARK: - Bytes

  private var isAtEnd: Bool { place == bytes.count }

  private var hasDigit: Bool { place < bytes.count && 0x30...0x39 ~= bytes[place] }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard place < bytes.count, bytes[place] == byte else { return false }
    place += 1
    return true
  }

  private mutating func skipBlanks() { while take(0x20) {} }

  /// A number of exactly so many digits, or nothing is taken.
  private mutating func digits(_ count: Int) -> Int? {
    guard place + count <= bytes.count else { return nil }
    var value = 0
    for byte in bytes[place..<place + count] {
      guard 0x30...0x39 ~= byte else { return nil }
      value = value * 10 + Int(byte - 0x30)
    }
    place += count
    return value
  }

  /// A run of ASCII letters in lower case; nil where none stands.
  private mutating func word() -> String? {
    let start = place
    while place < bytes.count, 0x61...0x7A ~= bytes[place] | 0x20 { place += 1 }
    guard place > start else { return nil }
    return String(decoding: bytes[start..<place].map { $0 | 0x20 }, as: UTF8.self)
  }
}

extension String {
  /// The text without blanks, tabs and ends of lines around it.
  var trimmedOfBlanks: String {
    let isBlank: (UInt8) -> Bool = { $0 == 0x20 || 0x09...0x0D ~= $0 }
    guard let first = utf8.firstIndex(where: { !isBlank($0) }),
      let last = utf8.lastIndex(where: { !isBlank($0) })
    else { return "" }
    return String(self[first...last])
  }
}
