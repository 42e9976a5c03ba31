import Models
import Stages

/// Updates the task's head alone, on what the frozen model below it says.
///
/// Nothing below the head is recorded on the tape, so a step costs little more than a forward pass; where
/// the head reads one vector a record, that pass is made once a record (`ConstantTrunk`).
struct HeadMethod: TrainingMethod {
  private let trainsPooling, keepsFeatures: Bool

  private static let pooler = Parameter(
    "pooler", default: false, "Update the layer that pools the text's tokens too.")
  private static let cache = Parameter(
    "cache", default: true,
    "Classes: run the frozen encoder once a record, without dropout; false: in every step, with it."
  )

  static let descriptor = MethodDescriptor(
    component: ComponentDescriptor(
      "head",
      "Only the task's head is updated; the encoder below it is frozen and costs no gradients.",
      parameters: [pooler, cache]), updatesModel: true,
    make: { HeadMethod(trainsPooling: $0[pooler], keepsFeatures: $0[cache]) })

  func prepare(
    _ model: any Model, _ start: MethodStart
  ) throws(TrainingError) -> PreparedMethod {
    let beginnings = model.headNames + (trainsPooling ? model.poolingNames : [])
    let chosen = model.parameters.filter { parameter in
      beginnings.contains { parameter.name.hasPrefix($0) }
    }
    guard !chosen.isEmpty else {
      throw TrainingError(
        "method 'head' finds no head of its own in this model",
        remedy: "a causal model shares its head with the embedding: use method 'full'")
    }
    var prepared = PreparedMethod(trainable: chosen)
    if keepsFeatures, model is any SequenceClassifier {
      prepared.constantBelow = trainsPooling ? .pooling : .output
    }
    return prepared
  }
}
