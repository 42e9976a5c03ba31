import Foundation

/// Numbers as people read them; the same in every locale.
package enum Format {
  /// A count with commas between thousands: `12,345`.
  package static func count(_ value: Int) -> String {
    let digits = Array(String(value.magnitude))
    var text = value < 0 ? "-" : ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text.append(",") }
      text.append(digit)
    }
    return text
  }

  /// A number with a fixed number of decimals, thousands set apart: `1,234.50`.
  package static func fixed(_ value: Double, _ decimals: Int) -> String {
    guard value.isFinite else { return "\(value)" }
    let text = String(format: "%.\(decimals)f", abs(value))
    let parts = text.split(separator: ".")
    let whole = parts.first.flatMap { Int($0) }.map(count) ?? String(parts.first ?? "0")
    let isZero = !text.contains { $0 != "0" && $0 != "." }
    let sign = value < 0 && !isZero ? "-" : ""
    return sign + (parts.count > 1 ? "\(whole).\(parts[1])" : whole)
  }

  /// A number with about four significant digits: `0.9123`, `12.35`, `1,234`, `3.2e-05`.
  package static func number(_ value: Double) -> String {
    guard value.isFinite else { return "\(value)" }
    switch abs(value) {
    case 0: return "0"
    case ..<0.001, 1e15...: return String(format: "%.2g", value)
    case ..<10: return fixed(value, 4)
    case ..<100: return fixed(value, 2)
    case ..<1000: return fixed(value, 1)
    default: return fixed(value, 0)
    }
  }

  /// A step, an epoch or a rate: whole numbers without decimals.
  package static func plain(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? count(Int(value)) : number(value)
  }

  /// An ISO 8601 date without seconds: `2026-03-01 09:30 UTC`; any other text as it is.
  package static func date(_ text: String) -> String {
    let bytes = Array(text.utf8)
    guard bytes.count >= 16, bytes[10] == UInt8(ascii: "T"), bytes[13] == UInt8(ascii: ":") else {
      return text
    }
    let day = String(decoding: bytes[..<10], as: UTF8.self)
    let time = String(decoding: bytes[11..<16], as: UTF8.self)
    return "\(day) \(time)\(bytes.last == UInt8(ascii: "Z") ? " UTC" : "")"
  }

  /// A share as a percentage: `8.3 %`.
  package static func percent(_ share: Double, decimals: Int = 1) -> String {
    share.isFinite ? "\(fixed(share * 100, decimals)) %" : "–"
  }

  /// A time: `0.84 s`, `12.3 s`, `3 min 12 s`, `2 h 05 min`.
  package static func duration(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds >= 0, seconds < 1e15 else { return "–" }
    let whole = Int(seconds.rounded())
    switch seconds {
    case ..<0.0005: return "0 s"
    case ..<1: return "\(fixed(seconds, seconds < 0.1 ? 3 : 2)) s"
    case ..<59.95: return "\(fixed(seconds, 1)) s"
    case ..<3599.5: return "\(whole / 60) min \(padded(whole % 60)) s"
    default: return "\(count(whole / 3600)) h \(padded(whole % 3600 / 60)) min"
    }
  }

  /// A size of memory: `512 MiB`, `1.25 GiB`.
  package static func bytes(_ bytes: Double) -> String {
    let units = ["B", "KiB", "MiB", "GiB", "TiB"]
    var value = bytes
    var unit = 0
    while value >= 1024, unit < units.count - 1 { (value, unit) = (value / 1024, unit + 1) }
    return "\(fixed(value, value < 10 && unit > 0 ? 2 : 0)) \(units[unit])"
  }

  /// A coordinate: one decimal, none where it is zero.
  package static func coordinate(_ value: Double) -> String {
    let tenths = (value * 10).rounded()
    guard tenths.isFinite, abs(tenths) < 1e15 else { return "0" }
    let whole = Int(tenths)
    let sign = whole < 0 ? "-" : ""
    let fraction = whole.magnitude % 10
    return "\(sign)\(whole.magnitude / 10)\(fraction == 0 ? "" : ".\(fraction)")"
  }

  /// The first scalars of a text, and an ellipsis where something is cut.
  package static func excerpt(_ text: String, limit: Int) -> String {
    let scalars = text.unicodeScalars
    guard let end = scalars.index(scalars.startIndex, offsetBy: limit, limitedBy: scalars.endIndex),
      end < scalars.endIndex
    else { return text }
    return String(scalars[..<end]) + "…"
  }

  /// The last scalars of a name, whose end tells it apart, after an ellipsis where something is cut.
  package static func tail(_ text: String, limit: Int) -> String {
    let scalars = text.unicodeScalars
    return scalars.count <= limit
      ? text : "…" + String(String.UnicodeScalarView(scalars.suffix(limit)))
  }

  private static func padded(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
}
