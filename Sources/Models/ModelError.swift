/// A model, checkpoint or configuration that cannot be used, and what to do about it.
public struct ModelError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What kind of fault this is; tests and callers switch on it.
  public enum Code: String, Sendable {
    /// There is no such file, folder or model.
    case notFound
    /// The system refuses to read it.
    case unreadable
    /// Its bytes are not what the format demands.
    case corrupt
    /// It is whole, but of another model.
    case mismatch
    /// It asks for something this program does not do.
    case unsupported
    /// A value in it makes no sense.
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

  /// An error about a file in the system's words, which may name the file again.
  init(_ code: Code, file: String, cause: some Error) {
    let words = "\(cause)"
    let problem = words.hasPrefix(file + ": ") ? String(words.dropFirst(file.count + 2)) : words
    self.init(code, file: file, problem: problem)
  }

  /// The file, what is wrong with it, and what to do, in one line.
  public var description: String {
    "\(file): \(problem)" + (remedy.isEmpty ? "" : ". \(remedy)")
  }
}
