public import Records
public import Stages

/// What became of one key of another trainer's file.
public struct ConvertedLine: Sendable {
  /// What became of it.
  public enum Outcome: Sendable {
    /// It stands in the pipeline file, under this name.
    case converted(String)
    /// There is nothing to convert, because.
    case needless(String)
    /// It could not be converted, because.
    case not(String)
  }

  /// Where it is written.
  public let place: Place
  /// Its key.
  public let key: String
  /// Its value in one line.
  public let value: String
  /// What became of it.
  public let outcome: Outcome

  /// Whether it could not be converted.
  public var isLost: Bool { if case .not = outcome { true } else { false } }

  /// The line as JSON.
  public var json: JSONValue {
    let (name, text): (String, String) =
      switch outcome {
      case .converted(let target): ("converted", target)
      case .needless(let reason): ("needless", reason)
      case .not(let reason): ("not_converted", reason)
      }
    return [
      "line": .integer(place.line), "key": .string(key), "value": .string(value),
      name: .string(text),
    ]
  }
}
