import Glibc
import Models
import Stages

/// Lower learning rates of lower layers, which are the more general ones (Howard and Ruder 2018).
///
/// The rate of the l-th of L layers is decay^(L + 1 - l) of the head's.
enum LayerDecay {
  static let factor = Parameter(
    "layer-decay", default: 1.0, aliases: ["layerwise_lr_decay", "llrd"],
    "The learning rate of a layer as a multiple of the one above it.",
    check: { $0 > 0 && $0 <= 1 ? nil : "must be above 0 and at most 1" })

  /// The rates of parameters of a model as multiples of the run's; none where nothing decays.
  static func rates(
    of parameters: [NamedParameter], in model: any Model, _ decay: Double
  ) -> [String: Double] {
    guard decay < 1 else { return [:] }
    let depth = LayerDepth(model)
    return Dictionary(
      parameters.map { ($0.name, pow(decay, Double(depth.layers + 1 - depth[$0]))) },
      uniquingKeysWith: { first, _ in first })
  }
}
