/// Why a tokenizer could not be loaded, built or saved: what is wrong, where, and what to do.
public struct TokenizerError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The kinds of failure.
  public enum Code: Sendable, Equatable {
    /// A file cannot be read or written.
    case file
    /// A file is no tokenizer: not JSON, or parts are missing or contradict one another.
    case malformed
    /// A file asks for a component or an option that is not implemented.
    case unsupported
    /// A value given by the caller cannot work.
    case invalidArgument
  }

  /// The kind of failure.
  public let code: Code
  /// The file, or an empty string where none is involved.
  public let file: String
  /// The place in the file, such as `model.merges[12]`, or an empty string.
  public let place: String
  /// What is wrong, as a clause.
  public let reason: String
  /// What to do about it, as a clause.
  public let remedy: String

  /// Describes a failure.
  public init(
    _ code: Code, file: String = "", place: String = "", reason: String, remedy: String
  ) {
    self.code = code
    self.file = file
    self.place = place
    self.reason = reason
    self.remedy = remedy
  }

  /// File, place, reason and remedy in one line.
  public var description: String {
    let head = [file, place].filter { !$0.isEmpty }.joined(separator: ": ")
    return (head.isEmpty ? "" : head + ": ") + "\(reason); \(remedy)"
  }
}
