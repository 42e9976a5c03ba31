/// How a word is written.
enum WordCasing: Sendable, Hashable {
  /// Without capitals; what knows none, too.
  case lower
  /// With a capital first.
  case capital
  /// In capitals, two at least.
  case upper
  case mixed

  init(_ word: String) {
    if word == word.lowercased() {
      self = .lower
    } else if word == word.uppercased(), word.unicodeScalars.count > 1 {
      self = .upper
    } else if word.dropFirst().lowercased() == word.dropFirst() {
      self = .capital
    } else {
      self = .mixed
    }
  }

  /// A word written like this; nil for one that has capitals of its own, and others.
  func dressing(_ word: String) -> String? {
    let own = WordCasing(word)
    if own == self { return word }
    guard own == .lower else { return nil }
    switch self {
    case .lower, .mixed: return nil
    case .capital: return word.prefix(1).uppercased() + word.dropFirst()
    case .upper: return word.uppercased()
    }
  }
}
