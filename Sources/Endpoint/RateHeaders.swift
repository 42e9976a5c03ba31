import Foundation

/// What an answer's headers say of how fast an endpoint may be asked.
///
/// Source: RFC 9110, 10.2.3 for `Retry-After`; the OpenAI API reference, "Rate limits in headers", for
/// `x-ratelimit-remaining-requests`, `x-ratelimit-reset-requests` (`1s`, `6m0s`) and the like of tokens.
struct RateHeaders: Sendable {
  /// Seconds that the endpoint asks to wait.
  let retryAfter: Double?
  /// Seconds until requests are allowed again, where none is left.
  let requestsBack: Double?
  /// How many tokens are left, and the seconds until there are as many as ever.
  let tokens: (left: Int, back: Double)?

  /// Reads headers.
  /// - Parameters:
  ///   - now: Seconds since 1970, by which times of day are told.
  ///   - header: The value of a header, whatever the case of its name.
  init(now: Double, _ header: (String) -> String?) {
    let asked =
      header("retry-after-ms").flatMap { Double($0) }.map { $0 / 1000 }
      ?? header("Retry-After").flatMap { Self.wait($0, now) }
    // Some send what is no time; a whole number of seconds is told of it.
    retryAfter = asked.flatMap { $0.isNaN ? nil : min(max($0, 0), 1e9) }
    func left(_ kind: String) -> (left: Int, back: Double)? {
      guard let left = header("x-ratelimit-remaining\(kind)").flatMap({ Double($0) }),
        abs(left) < 1e15,
        let back = header("x-ratelimit-reset\(kind)").flatMap({ Self.span($0, now) })
      else { return nil }
      return (Int(left), back)
    }
    let requests = [left("-requests"), left("")].compactMap(\.self)
    requestsBack = requests.filter { $0.left <= 0 }.map(\.back).max()
    tokens = left("-tokens")
  }

  /// Seconds to send nothing, where a request takes so many tokens.
  func pause(tokens needed: Int) -> Double? {
    let tokensBack = tokens.flatMap { $0.left < needed || $0.left <= 0 ? $0.back : nil }
    return [requestsBack, tokensBack].compactMap(\.self).max()
  }

  /// `Retry-After`: seconds, or a date.
  private static func wait(_ text: String, _ now: Double) -> Double? {
    if let seconds = Double(text) { return seconds.isFinite ? max(seconds, 0) : nil }
    let format = DateFormatter()
    format.locale = Locale(identifier: "en_US_POSIX")
    format.timeZone = TimeZone(secondsFromGMT: 0)
    format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
    return format.date(from: text).map { max($0.timeIntervalSince1970 - now, 0) }
  }

  /// `20ms`, `7.66s`, `6m0s`, `1h2m3s`; a plain number is seconds, or a time of day where it is that large.
  private static func span(_ text: String, _ now: Double) -> Double? {
    if let number = Double(text) {
      guard number.isFinite else { return nil }
      return max(number > 1e12 ? number / 1000 - now : number > 1e9 ? number - now : number, 0)
    }
    let units = ["ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400]
    var (seconds, rest) = (0.0, text[...])
    while !rest.isEmpty {
      let digits = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
      let letters = rest[digits.endIndex...].prefix { $0.isASCII && $0.isLetter }
      guard let number = Double(digits), let unit = units[String(letters)] else { return nil }
      seconds += number * unit
      rest = rest[letters.endIndex...]
    }
    return text.isEmpty ? nil : seconds
  }
}
