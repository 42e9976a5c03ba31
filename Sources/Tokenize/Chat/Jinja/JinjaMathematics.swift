#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// What the C library computes for templates.
enum JinjaMathematics {
  static func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }

  /// A number with so many digits behind the point.
  static func fixed(_ value: Double, _ digits: Int) -> String {
    formatted(value, "f", precision: digits)
  }

  /// A number as `printf` writes it with `f`, `e` or `g`.
  static func formatted(_ value: Double, _ letter: Unicode.Scalar, precision: Int) -> String {
    var buffer = [CChar](repeating: 0, count: 1024)
    let count = withVaList([Int32(clamping: precision), value]) {
      vsnprintf(&buffer, buffer.count, "%.*\(letter)", $0)
    }
    let length = min(max(0, Int(count)), buffer.count - 1)
    return String(decoding: buffer.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// The local time in the form of `strftime`; empty where it is longer than 4096 bytes.
  static func localTime(_ format: String) -> String {
    var now = time(nil)
    var parts = tm()
    guard !format.isEmpty, localtime_r(&now, &parts) != nil else { return "" }
    var buffer = [CChar](repeating: 0, count: 4096)
    let count = strftime(&buffer, buffer.count, format, &parts)
    return String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}

/// Where templates learn what time it is.
public struct ChatClock: Sendable {
  let format: @Sendable (String) -> String

  /// The machine's clock, in its time zone.
  public static let local = ChatClock { JinjaMathematics.localTime($0) }

  /// A clock of one's own: it writes the time in a form of `strftime`.
  public init(_ format: @escaping @Sendable (String) -> String) { self.format = format }
}
