import Records

extension ModelConfiguration {
  /// The class names in the order of the model's outputs; nil where the model has no classes.
  /// - Throws: `ModelError.invalid` where the ids are not 0, 1, 2, ….
  public var labels: [String]? {
    get throws(ModelError) {
      guard let table = fields["id2label"]?.object, !table.isEmpty else { return impliedLabels }
      var labels = [String?](repeating: nil, count: table.count)
      for member in table.members {
        guard let id = Int(member.key), labels.indices.contains(id),
          let label = member.value.string
        else {
          throw ModelError(
            .invalid, file: file,
            problem: "id2label has the entry \(member.key), "
              + "where ids go from 0 to \(table.count - 1)")
        }
        labels[id] = label
      }
      return labels.compactMap(\.self)
    }
  }

  /// The names of transformers for classes that have none, which it leaves out where they are two.
  private var impliedLabels: [String]? {
    guard let type = fields["architectures"]?.array?.first?.string,
      type.hasSuffix("Classification")
    else { return nil }
    return (0..<max(fields["num_labels"]?.int ?? 2, 0)).map { "LABEL_\($0)" }
  }

  /// A copy that names classes and says that each text has one, or another problem.
  public func with(
    labels: [String], problem: String? = "single_label_classification"
  ) -> ModelConfiguration {
    var copy = self
    copy.fields["id2label"] = .object(
      JSONObject(labels.enumerated().map { (String($0), .string($1)) }))
    copy.fields["label2id"] = .object(
      JSONObject(labels.enumerated().map { ($1, .integer($0)) }))
    // transformers takes a single class for a regression, and only without this word.
    copy.fields["problem_type"] = labels.count > 1 ? problem.map { .string($0) } : nil
    copy.fields["num_labels"] = nil
    return copy
  }

  /// A copy that names the class of transformers that reads the model, in 32-bit floats.
  func with(architecture: String) -> ModelConfiguration {
    var copy = self
    copy.fields["architectures"] = [.string(architecture)]
    copy.fields["torch_dtype"] = nil
    copy.fields["dtype"] = "float32"
    copy.fields["transformers_version"] = nil
    return copy
  }
}
