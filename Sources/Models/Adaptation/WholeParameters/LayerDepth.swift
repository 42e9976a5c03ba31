/// How far from the input each parameter of a model stands.
///
/// 0 is what stands before the first layer, such as embeddings; layers count from 1 in the order of the
/// architecture, the encoder's before the decoder's; what stands behind an encoder's layers and before
/// a decoder's, as the norm between those of T5, goes with the encoder's last layer; what stands behind
/// the last layer, such as the head, is `layers` + 1.
public struct LayerDepth: Sendable {
  /// The names of the layers, from the first.
  public let names: [String]
  /// The number of layers.
  public var layers: Int { names.count }
  private let depths: [String: Int]

  /// Orders the parameters of a model.
  public init(_ model: any Model) {
    var names: [String] = []
    var depths: [String: Int] = [:]
    // What has no number stands before the layers of its model, or behind them.
    var behind: [String] = []
    for parameter in model.parameters {
      if let layer = Self.layer(of: parameter.name) {
        if !names.contains(layer) {
          for name in behind { depths[name] = names.count }
          behind = []
          names.append(layer)
        }
        depths[parameter.name] = names.firstIndex(of: layer).map { $0 + 1 }
      } else if names.isEmpty
        || model.embeddings.contains(where: { $0.weight === parameter.tensor })
      {
        depths[parameter.name] = 0
      } else {
        behind.append(parameter.name)
      }
    }
    for name in behind { depths[name] = names.count + 1 }
    self.names = names
    self.depths = depths
  }

  /// The depth of a parameter.
  public subscript(_ parameter: NamedParameter) -> Int { depths[parameter.name] ?? layers + 1 }

  /// The depth of what has a name, a part that a method has added to a layer among it; nil where neither the
  /// model has it nor a layer's name stands before it.
  func depth(of name: String) -> Int? {
    depths[name] ?? Self.layer(of: name).flatMap { names.firstIndex(of: $0) }.map { $0 + 1 }
  }

  /// The name of a parameter's layer: all up to its number; nil where it has none.
  private static func layer(of name: String) -> String? {
    let parts = name.split(separator: ".")
    guard let number = parts.firstIndex(where: { Int($0) != nil }) else { return nil }
    return parts[...number].joined(separator: ".")
  }
}
