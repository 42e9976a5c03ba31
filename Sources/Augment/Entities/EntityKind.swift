import Stages

/// What is replaced by another of its kind.
enum EntityKind: String, ChoiceValue, Hashable {
  /// Digits, and the words from two to nine.
  case number
  case weekday
  case month
  /// Given names, and family names behind a given name or a title.
  case person
  case city
  case country
  case organization
}
