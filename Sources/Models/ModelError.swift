/// A model, checkpoint or configuration that cannot be used, and what to do about it.
public struct ModelError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What kind of fault this is; tests and callers switch on it.
  public enum Code: String, Sendable {
    case notFound
    case unreadable
    case unwritable
    case corrupt
    case mismatch
    case unsupported
    case invalid
  }

  /// The kind of fault.
  public let code: Code
  /// The file or folder at fault, or the name that was asked for.
  public let file: String
  /// What is wrong, as a clause.
  public let problem: String
  /// What the reader can do about it, as a sentence; empty where nothing useful can be said.
  public let remedy: String

  /// An error about a file.
  public init(_ code: Code, file: String, problem: String, remedy: String = "") {
    self.code = code
    self.file = file
    self.problem = problem
    self.remedy = remedy
  }

  /// "FILE: problem. Remedy".
  public var description: String {
    "\(file): \(problem)" + (remedy.isEmpty ? "" : ". \(remedy)")
  }
}
