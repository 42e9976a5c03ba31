import Stages

/// What is told of a limit that ends a run.
enum LimitFault {
  /// Asks; where a limit ended it, the fault says what was spent, what was under way included.
  /// - Throws: What `ask` throws.
  static func telling<Result>(
    _ spent: () -> EndpointSpending?, _ ask: () throws -> Result
  ) throws -> Result {
    do { return try ask() } catch let error as StageError where error.code == code {
      throw StageError(
        code, spent().map { "\(error.message): \($0.text)" } ?? error.message,
        remedy: error.remedy)
    }
  }

  /// The code of faults of an account that allows no more.
  static let code = "limit-reached"
}
