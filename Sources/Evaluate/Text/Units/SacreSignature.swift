import Foundation

/// Signatures in the notation of sacreBLEU, whose version says which behaviour is matched.
enum SacreSignature {
  /// The version of sacreBLEU that scores are identical to.
  static let version = "2.6.0"

  /// `nrefs:1|…|version:2.6.0`; nil references are a number that differs from record to record.
  static func text(references: Int?, _ settings: [String]) -> String {
    let count = "nrefs:\(references.map { "\($0)" } ?? "var")"
    return ([count] + settings + ["version:\(version)"]).joined(separator: "|")
  }
}

/// Numbers with a fixed number of digits behind the point.
enum FixedPoint {
  /// As Python's `f"{value:.2f}"` writes it.
  static func text(_ value: Double, digits: Int) -> String {
    String(format: "%.\(digits)f", value)
  }
}
