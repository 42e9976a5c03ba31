import Models

extension TokenBatch {
  /// The tokens of examples, one after the other.
  init(_ examples: [Example]) {
    let hasTypes = examples.contains { !$0.types.isEmpty }
    let types = examples.map { example in
      example.types.isEmpty
        ? [Int32](repeating: 0, count: example.tokens.count) : example.types
    }
    self.init(
      examples.map(\.tokens), types: hasTypes ? types : nil, keys: examples.map(\.key))
  }
}
