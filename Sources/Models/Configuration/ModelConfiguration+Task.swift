import Records

extension ModelConfiguration {
  /// What the model does by the class of transformers that wrote it; nil where no known one is named.
  ///
  /// The first of `architectures` decides by how its name ends, such as `…ForMaskedLM`.
  /// - Throws: `ModelError.invalid` for classes that make no sense.
  public var task: ModelTask? {
    get throws(ModelError) {
      guard let name = fields["architectures"]?.array?.first?.string,
        let ending = Self.endings.first(where: { name.hasSuffix($0.name) })
      else { return nil }
      switch ending.task {
      case .classification: return .classification(labels: try labels ?? [])
      case .tokenClassification: return .tokenClassification(labels: try labels ?? [])
      case let task: return task
      }
    }
  }

  /// How the names of classes end; those that end alike, the longest first.
  private static var endings: [(name: String, task: ModelTask)] {
    [
      ("ForSequenceClassification", .classification(labels: [])),
      ("ForTokenClassification", .tokenClassification(labels: [])),
      ("ForMaskedLM", .masked), ("ForCausalLM", .causal), ("LMHeadModel", .causal),
      ("ForConditionalGeneration", .sequenceToSequence), ("MTModel", .sequenceToSequence),
      ("Model", .encoding),
    ]
  }
}
