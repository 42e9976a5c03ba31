import Records
import Stages
import TextKit

/// What records are shared out by: a value of theirs, their length or their language.
enum Strata: Sendable, Hashable, CustomStringConvertible {
  /// The label or another value.
  case value(Selector)
  /// How many words all their texts have, in steps of powers of two, which no other record moves.
  case length
  /// The language that they are in, as `clean.language` tells it.
  case language

  /// Reads what a user wrote; nil where it means nothing.
  init?(_ text: String) {
    switch text {
    case "length": self = .length
    case "language": self = .language
    default:
      guard let selector = Selector(text) else { return nil }
      self = .value(selector)
    }
  }

  /// As users write it.
  var description: String {
    switch self {
    case .value(let selector): selector.description
    case .length: "length"
    case .language: "language"
    }
  }

  /// Whether a class of one record is a fault: it is where somebody wrote the classes down.
  var needsTwo: Bool { if case .value = self { true } else { false } }

  /// The class of a record; nil where a value is missing.
  func name(of record: Record) -> String? {
    switch self {
    case .value(let selector): record.value(of: selector)
    case .length:
      Self.lengthName(record.texts().reduce(0) { $0 + LocatedWords($1).hashes.count })
    case .language:
      // Of numbers and signs alone nobody can tell: ISO 639 calls that undetermined.
      LanguageIdentifier.standard.guess(record.texts().joined(separator: "\n"))?.language ?? "und"
    }
  }

  /// The step of a number of words: `0 words`, `1 word`, `2-3 words`, `4-7 words` and so on.
  private static func lengthName(_ words: Int) -> String {
    if words < 2 { return words == 0 ? "0 words" : "1 word" }
    let first = 1 << (Int.bitWidth - 1 - words.leadingZeroBitCount)
    return "\(first)-\(2 * first - 1) words"
  }

  /// Whether the class of one name comes before that of another.
  func precedes(_ left: String, _ right: String) -> Bool {
    if self == .length {
      let numbers = [left, right].map { Int($0.prefix { $0.isNumber }) ?? 0 }
      return numbers[0] < numbers[1]
    }
    return left.utf8.lexicographicallyPrecedes(right.utf8)
  }
}

extension Strata: ParameterValue {
  /// What a person calls the type.
  static var typeName: String { "selector|length|language" }
  /// Reads a value.
  static func decode(_ node: ConfigurationNode) throws(Diagnostic) -> Strata {
    let text = try String.decode(node)
    if let strata = Strata(text) { return strata }
    let near = Suggestion.nearest(to: text, among: ["label", "length", "language"])
    throw Diagnostic(
      "'\(text)' selects nothing", place: node.place,
      remedy: near.map { "did you mean '\($0)'?" }
        ?? "write label, length, language, metadata.KEY or another field")
  }
  /// The value as it is written in a lock file.
  var encoded: JSONValue { .string(description) }
}
