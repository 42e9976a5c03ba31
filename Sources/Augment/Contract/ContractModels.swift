public import Records
public import Stages

/// What the contract of children gets of models; Pipeline injects it, so that stages know nothing of models.
///
/// Both look for a model when a plan is made, and load it with the first text.
public protocol ContractModels: Sendable {
  /// An encoder of sentences, by its folder or name.
  /// - Throws: `Diagnostic` naming what is missing.
  func encoder(_ name: PathValue) throws(Diagnostic) -> any MeaningModel
  /// A classifier, by the folder of its run, its own folder or its name.
  /// - Throws: `Diagnostic` naming what is missing.
  func classifier(_ name: PathValue) throws(Diagnostic) -> any LabelModel
}

/// A model that the contract reads texts with.
public protocol ContractModel: Sendable {
  /// The model as the ledger names it.
  var name: String { get }
  /// Files whose contents decide what it finds.
  /// - Throws: `StageError` where one cannot be listed.
  func files() throws(StageError) -> [String]
  /// What else decides how its numbers come out, such as the processor.
  var identity: JSONValue { get }
}

/// Turns texts into vectors of their meaning.
public protocol MeaningModel: ContractModel {
  /// One vector of each text, in the order of the texts; what is found of one does not depend on the others.
  /// - Throws: `TextModelError`.
  func vectors(of texts: [String]) throws -> [[Float]]
}

/// Finds an encoder by its folder or name; called when a plan is made, so it looks but loads no weights.
public typealias MeaningModelProvider =
  @Sendable (PathValue) throws(Diagnostic) -> any MeaningModel

/// Says which label a record has.
public protocol LabelModel: ContractModel {
  /// The labels it knows.
  var labels: [String] { get }
  /// Looks whether a record is a text to classify.
  /// - Throws: `StageError` that says why it is none.
  func check(_ record: Record) throws(StageError)
  /// The likeliest label of each record, in their order, and its probability.
  /// - Throws: `TextModelError`, or `StageError` for a record that is no text to classify.
  func verdicts(on records: [Record]) throws -> [LabelVerdict]
}

/// The likeliest label of a record.
public struct LabelVerdict: Sendable, Hashable {
  /// The label's name.
  public let label: String
  /// From 0 to 1.
  public let probability: Double

  /// A label and its probability.
  public init(_ label: String, probability: Double) {
    self.label = label
    self.probability = probability
  }
}
