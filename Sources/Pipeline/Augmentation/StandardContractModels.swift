package import Augment
import Evaluate
import Models
import Records
package import Stages
import Tensors
import Train

/// The models of this machine, as the contract of derived records reads texts with them.
package struct StandardContractModels: ContractModels {
  /// Looks where a pipeline looks for models.
  package init() {}

  package func encoder(_ name: PathValue) throws(Diagnostic) -> any MeaningModel {
    do throws(ModelError) {
      return Encoder(
        embedder: try TextEmbedder(model: name.written, base: name.base, layer: .last))
    } catch { throw Self.fault(error, name) }
  }

  package func classifier(_ name: PathValue) throws(Diagnostic) -> any LabelModel {
    let classifier: ModelClassifier
    do throws(ModelError) {
      classifier = try ModelClassifier(model: name.written, base: name.base)
    } catch { throw Self.fault(error, name) }
    guard !classifier.isMultiLabel else {
      throw Diagnostic(
        "'\(name.written)' tells of each class by itself whether it applies",
        remedy: "name a classifier of which each text has one class")
    }
    return Classifier(classifier: classifier)
  }

  private static func fault(_ error: ModelError, _ name: PathValue) -> Diagnostic {
    Diagnostic("'\(name.written)': \(error.problem)", remedy: error.remedy)
  }

  /// What decides how numbers come out: another processor may round to another last digit.
  fileprivate static let processor: JSONValue = [
    "instructions": .string(Engine.instructions),
    "blas": Engine.openBLASCore.map { .string($0) } ?? .null,
  ]
}

/// An encoder of whole texts.
private struct Encoder: MeaningModel {
  let embedder: TextEmbedder

  var name: String { embedder.name }
  var identity: JSONValue {
    ["model": .string(name), "processor": StandardContractModels.processor]
  }
  func files() throws(StageError) -> [String] { try listed { try embedder.files() } }
  func vectors(of texts: [String]) throws -> [[Float]] { try embedder.vectors(of: texts) }
}

/// A classifier that was trained here, or any in Hugging Face's layout.
private struct Classifier: LabelModel {
  let classifier: ModelClassifier

  var name: String { classifier.name }
  var labels: [String] { classifier.labels }
  var identity: JSONValue {
    ["model": .string(name), "processor": StandardContractModels.processor]
  }
  func files() throws(StageError) -> [String] { try listed { try classifier.files() } }

  func check(_ record: Record) throws(StageError) { _ = try LabelledText.text(of: record) }

  func verdicts(on records: [Record]) throws -> [LabelVerdict] {
    let texts = try records.map { try LabelledText.text(of: $0) }
    return try classifier.probabilities(of: texts).map { probabilities in
      let best = probabilities.firstIndex(of: probabilities.max() ?? 0) ?? 0
      return LabelVerdict(labels[best], probability: Double(probabilities[best]))
    }
  }
}

/// Files that were listed; a fault is that of a stage.
private func listed(_ files: () throws -> [String]) throws(StageError) -> [String] {
  do { return try files() } catch { throw StageError("unreadable", "\(error)") }
}
