import Models
import Stages

/// Updates the upper layers and the head; the embeddings and the first layers are frozen.
///
/// The walk backwards ends above them, so that their share of a step is saved.
struct FreezeMethod: TrainingMethod {
  private let layers: Int
  private let keepsFeatures: Bool

  private static let layers = Parameter<Int>(
    required: "layers", aliases: ["n", "freeze_layers", "num_frozen_layers"],
    "How many of the first layers are frozen, beside the embeddings; -1 is all but the last.",
    check: { _ in nil })

  static let descriptor = MethodDescriptor(
    component: ComponentDescriptor(
      "freeze", "The embeddings and the first layers are frozen, the others are updated.",
      parameters: [layers, FrozenTrunk.cache]), updatesModel: true,
    make: { FreezeMethod(layers: $0[layers], keepsFeatures: $0[FrozenTrunk.cache]) })

  func prepare(
    _ model: any Model, _ start: MethodStart
  ) throws(TrainingError) -> PreparedMethod {
    let depth = LayerDepth(model)
    let frozen = layers < 0 ? depth.layers + layers : layers
    guard 0...depth.layers ~= frozen else {
      throw TrainingError(
        "method 'freeze' is to freeze \(layers) layers of a model that has \(depth.layers)",
        remedy: "write a number from 0 to \(depth.layers), or -1 to -\(depth.layers)")
    }
    let chosen = model.parameters.filter { parameter in
      parameter.isTrainable && (depth[parameter] > frozen || start.fresh.contains(parameter.name))
    }
    guard !chosen.isEmpty else {
      throw TrainingError(
        "method 'freeze' leaves nothing to update", remedy: "freeze fewer layers")
    }
    return try PreparedMethod(trainable: chosen)
      .caching(keepsFeatures, in: model, method: Self.descriptor.component.name)
  }
}
