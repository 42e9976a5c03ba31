package import Models
import Tensors

/// Parameters of a model that begin to train together.
public struct UnfreezingGroup: Sendable {
  /// What they are: `head`, the name of a layer or of the first and last of some, `embeddings`.
  public let name: String
  /// The parameters.
  package let parameters: [NamedParameter]

  /// The number of their values.
  public var count: Int { parameters.reduce(0) { $0 + $1.tensor.count } }
}

/// The groups of a model in the order in which they begin to train.
package struct UnfreezingPlan: Sendable {
  /// The groups; none is empty.
  package let groups: [UnfreezingGroup]
  /// How long it takes from one to the next.
  package let interval: UnfreezingInterval

  /// Groups the trainable parameters of a model: what stands behind the last layer, layers from the last
  /// to the first, what stands before them.
  ///
  /// An output that is the table of words too stands before the layers; where it is the only head, the
  /// last layers begin with what stands behind them, as a norm alone would learn next to nothing.
  /// - Parameters:
  ///   - fresh: Parameters that no checkpoint held, which train from the first step.
  ///   - layersAtOnce: How many layers begin together.
  package init(
    _ model: any Model, fresh: [String] = [], layersAtOnce: Int = 1, interval: UnfreezingInterval
  ) {
    self.interval = interval
    let depth = LayerDepth(model)
    let head = depth.layers + 1
    let ownsHead = model.parameters.contains { parameter in
      fresh.contains(parameter.name)
        || depth[parameter] == head && model.headNames.contains { parameter.name.hasPrefix($0) }
    }
    /// The number of the group of a depth.
    func number(of level: Int) -> Int {
      let fromTop = head - level
      let last = (depth.layers + layersAtOnce - 1) / layersAtOnce
      let number =
        level == 0 ? last + 1 : (fromTop + layersAtOnce - 1) / layersAtOnce
      return ownsHead ? number : max(0, number - 1)
    }
    var groups: [Int: [NamedParameter]] = [:]
    for parameter in model.parameters where parameter.isTrainable {
      let level = fresh.contains(parameter.name) ? head : depth[parameter]
      groups[number(of: level), default: []].append(parameter)
    }
    self.groups = groups.sorted { $0.key < $1.key }.map {
      UnfreezingGroup(name: Self.name(of: $0.value, depth, fresh), parameters: $0.value)
    }
  }

  /// What a person calls parameters of some depths.
  private static func name(
    of parameters: [NamedParameter], _ depth: LayerDepth, _ fresh: [String]
  ) -> String {
    let levels = Set(parameters.map { fresh.contains($0.name) ? depth.layers + 1 : depth[$0] })
    let layers = depth.names.enumerated().filter { levels.contains($0.offset + 1) }.map(\.element)
    let range = layers.count > 2 ? ["\(layers[0]) to \(layers[layers.count - 1])"] : layers
    let parts =
      (levels.contains(depth.layers + 1) ? ["head"] : []) + range
      + (levels.contains(0) ? ["embeddings"] : [])
    return parts.joined(separator: ", ")
  }
}
