/// What a stage does to the order of a pipeline; the planner sees to it.
public enum StageRole: String, Sendable, Hashable {
  /// Makes the first records.
  case source
  /// Changes or drops records on any side of the split.
  case cleaning
  /// Puts records on sides.
  case splitting
  /// Derives records from training records; never sees evaluation sides.
  case augmenting
  /// Learns from the training side, then sees all records.
  case fitting
  /// Writes records, by their sides, to files of the user's; they go on unchanged.
  case writing
}

/// All there is to know of a stage without running it: its name, its parameters, how to make it.
///
/// Validation, "did you mean", `anneal stages` and the documentation come from the descriptor alone.
public struct StageDescriptor: Sendable {
  /// `family` or `family.name`, as users write it.
  public let name: String
  /// What the stage does, one sentence.
  public let summary: String
  /// What the stage does to the order of a pipeline.
  public let role: StageRole
  /// Counts up when the stage's results change, so that caches of older versions are not reused.
  public let version: Int
  /// What it takes, in the order shown to users.
  public let parameters: [any AnyParameter]
  /// The memory it needs when that grows with the records: "16 bytes a record".
  public let memory: String?
  /// One line of a pipeline file that uses it.
  public let example: String
  /// Makes the stage from checked values.
  public let make: @Sendable (ParameterValues) throws(Diagnostic) -> any Stage

  /// Describes a stage.
  public init(
    _ name: String, _ summary: String, role: StageRole, version: Int = 1,
    parameters: [any AnyParameter] = [], memory: String? = nil, example: String,
    make: @escaping @Sendable (ParameterValues) throws(Diagnostic) -> any Stage
  ) {
    self.name = name
    self.summary = summary
    self.role = role
    self.version = version
    self.parameters = parameters
    self.memory = memory
    self.example = example
    self.make = make
  }

  /// Whether records that the stage ends may go on all the same: they are whole, and no promise
  /// hangs on their end, as it does in a split that keeps sides apart.
  public var allowsRescue: Bool { role == .cleaning || role == .augmenting }

  /// What it takes and the runner sees to, as users may write it.
  public var writableParameters: [any AnyParameter] {
    parameters
      + CommonParameters.all.filter {
        allowsRescue || $0.name != CommonParameters.rescue.name
      }
  }

  /// The part of the name before the dot.
  public var family: String { String(name.prefix { $0 != "." }) }
}

/// What the runner does with a record at fault.
public enum ErrorPolicy: String, ChoiceValue, Sendable {
  /// The run stops and names the record.
  case fail
  /// The record goes to the quarantine file with the reason, and is counted.
  case quarantine
}

/// Parameters that every stage accepts, because the runner sees to them.
public enum CommonParameters {
  /// What to do with records at fault.
  public static let onError = Parameter(
    "on-error", default: ErrorPolicy.fail,
    "Stop at a record at fault, or put it aside with the reason and go on.")
  /// Rules whose records go on all the same.
  public static let rescue = Parameter(
    "rescue", default: [String](),
    "Let records go on that the stage would end for these reasons; 'anneal ledger RUN' shows them.")
  /// All of them, in the order shown to users.
  public static let all: [any AnyParameter] = [onError, rescue]
}
