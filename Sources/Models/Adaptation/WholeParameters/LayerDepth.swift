/// How far from the input each parameter of a model stands.
///
/// 0 is what stands before the first layer, such as embeddings; layers count from 1 in the order of the
/// architecture, the encoder's before the decoder's; what stands behind the last layer, such as the
/// head, is `layers` + 1.
public struct LayerDepth: Sendable {
  /// The number of layers.
  public let layers: Int
  private let depths: [String: Int]

  /// Orders the parameters of a model.
  public init(_ model: any Model) {
    var order: [String: Int] = [:]
    for parameter in model.parameters {
      guard let layer = Self.layer(of: parameter.name), order[layer] == nil else { continue }
      order[layer] = order.count + 1
    }
    layers = order.count
    var depths: [String: Int] = [:]
    // What has no number stands before the layers of its model, or behind them all.
    var isBehind = false
    for parameter in model.parameters {
      if let layer = Self.layer(of: parameter.name) {
        depths[parameter.name] = order[layer]
        isBehind = true
      } else {
        let isTable = model.embeddings.contains { $0.weight === parameter.tensor }
        depths[parameter.name] = isBehind && !isTable ? order.count + 1 : 0
      }
    }
    self.depths = depths
  }

  /// The depth of a parameter.
  public subscript(_ parameter: NamedParameter) -> Int { depths[parameter.name] ?? layers + 1 }

  /// The name of a parameter's layer: all up to its number; nil where it has none.
  private static func layer(of name: String) -> String? {
    let parts = name.split(separator: ".")
    guard let number = parts.firstIndex(where: { Int($0) != nil }) else { return nil }
    return parts[...number].joined(separator: ".")
  }
}
