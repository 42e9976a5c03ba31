import Records
import Stages

/// Which of records that are alike stays; of equals the first.
struct SurvivorPolicy: Sendable {
  /// What a survivor has more of than others.
  enum Preference: String, ChoiceValue {
    /// It comes first.
    case first
    /// Its texts have the most characters.
    case longest
    /// The number in a field is the highest.
    case highest
    /// The number in a field is the lowest.
    case lowest
  }

  let preference: Preference
  /// The field of the number, below `metadata.` or the label.
  let field: Selector?

  /// A number by which records are ranked, the highest first; nil where their order alone counts.
  ///
  /// Records without the number come behind all others.
  func rank(of record: Record, _ texts: [String]) -> Double? {
    switch preference {
    case .first: nil
    case .longest: Double(texts.reduce(0) { $0 + $1.unicodeScalars.count })
    case .highest: number(of: record) ?? -.infinity
    case .lowest: -(number(of: record) ?? .infinity)
    }
  }

  private func number(of record: Record) -> Double? {
    guard let name = field?.description else { return nil }
    let value = name == "label" ? record.label?.value : record.metadata[String(name.dropFirst(9))]
    let number = value?.double ?? value?.string.flatMap { Double($0) }
    return number?.isFinite == true ? number : nil
  }

  /// The places of records by their ranks, the highest first.
  static func order(_ ranks: [Double], count: Int) -> [Int32] {
    let places = (0..<count).map { Int32($0) }
    guard !ranks.isEmpty else { return places }
    return places.sorted { (-ranks[Int($0)], $0) < (-ranks[Int($1)], $1) }
  }
}
