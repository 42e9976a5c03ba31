/// Training that cannot begin or go on, and what to do about it.
public struct TrainingError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What is wrong, one clause.
  public let problem: String
  /// What to do about it, one clause.
  public let remedy: String

  /// A fault.
  public init(_ problem: String, remedy: String) {
    self.problem = problem
    self.remedy = remedy
  }

  /// Problem and remedy in one line.
  public var description: String { "\(problem) (\(remedy))" }
}
