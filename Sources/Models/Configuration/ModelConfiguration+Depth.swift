import Records

extension ModelConfiguration {
  /// The fields that count the layers of a stack, in the spellings of all architectures.
  private static let depths = [
    "num_hidden_layers", "n_layer", "n_layers", "num_layers", "num_decoder_layers",
    "encoder_layers", "decoder_layers",
  ]

  /// The layers of the taller stack; nil where none is written.
  package var layers: Int? { Self.depths.compactMap { fields[$0]?.int }.max() }

  /// The configuration of a model with fewer layers: so many in its taller stack, as many in proportion
  /// in the other one.
  func cut(to count: Int) -> ModelConfiguration {
    guard let layers, count < layers else { return self }
    var cut = self
    for name in Self.depths {
      guard let own = fields[name]?.int else { continue }
      cut.fields[name] = .integer(max(1, (own * count + layers / 2) / layers))
    }
    if let types = fields["layer_types"]?.array {
      cut.fields["layer_types"] = .array(Array(types.prefix(count)))
    }
    return cut
  }
}
