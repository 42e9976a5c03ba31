extension Model {
  /// Takes away what methods have added: maps, tables, ends of sub-layers and places of virtual tokens are
  /// plain again, so that another method can be prepared on the same model.
  ///
  /// Weights that a method has changed stay changed.
  package func removeAdaptations() {
    for map in linears { map.adaptation = nil }
    let head = self as? any TiedHead
    head?.outputMap?.adaptation = nil
    head?.wordTable?.adaptation = nil
    for table in embeddings { table.adaptation = nil }
    for junction in junctions { junction.bottleneck = nil }
    for place in virtualPlaces { place.clear() }
  }
}
