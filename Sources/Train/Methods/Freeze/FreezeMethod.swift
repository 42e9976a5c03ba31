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
    let frozen = try frozen(of: depth.layers)
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

  /// How many of so many layers are frozen.
  private func frozen(of count: Int) throws(TrainingError) -> Int {
    let frozen = layers < 0 ? count + layers : layers
    guard 0...count ~= frozen else {
      throw TrainingError(
        "method 'freeze' is to freeze \(layers) layers of a model that has \(count)",
        remedy: "write a number from 0 to \(count), or -1 to -\(count)")
    }
    return frozen
  }
}

extension FreezeMethod: LayerChoosingMethod {
  var namesLayers: Bool { true }

  func chosen(of layers: Int) throws(TrainingError) -> [Bool] {
    let frozen = try frozen(of: layers)
    return (0..<layers).map { $0 >= frozen }
  }

  func choosing(_ layers: [Bool]) -> FreezeMethod {
    FreezeMethod(layers: layers.prefix { !$0 }.count, keepsFeatures: keepsFeatures)
  }
}
