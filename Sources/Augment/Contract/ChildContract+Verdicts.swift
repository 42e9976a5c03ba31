import Records
import Stages

extension ChildContract {
  /// A child with what models say against it.
  /// - Throws: `StageError` where the child is no text to classify, or the parent has no label, or one that the
  ///   classifier does not know.
  func judged(
    _ child: Derived, of parent: Record, _ verdict: ContractReview.Verdict
  ) throws(StageError) -> Derived {
    guard child.refusal == nil else { return child }
    if let meaning, let cosine = verdict.cosine, !meaning.range.contains(cosine.exact) {
      return child.refused(
        Reason(
          Rule.similarity.rawValue,
          [
            "cosine": .real(cosine.exact), "min": .real(meaning.range.lowerBound),
            "max": .real(meaning.range.upperBound), "model": .string(meaning.model.name),
          ]))
    }
    guard let labels else { return child }
    try labels.check(child.record)
    let label = try label(of: parent, among: labels)
    guard let place = verdict.label else { return child }
    guard labels.labels[Int(place)] != label else { return child }
    return child.refused(
      Reason(
        Rule.label.rawValue,
        [
          "label": .string(label), "found": .string(labels.labels[Int(place)]),
          "probability": .real(verdict.probability.exact), "model": .string(labels.name),
        ]))
  }

  private func label(
    of parent: Record, among model: any LabelModel
  ) throws(StageError) -> String {
    guard let label = parent.label?.name else {
      throw StageError(
        "label-missing", "there is no label that a child could keep", source: parent.source,
        field: "label", remedy: "name the column with 'fields: {label: …}', or remove 'label-model'"
      )
    }
    guard model.labels.contains(label) else {
      throw StageError(
        "unknown-label", "'\(label)' is no label of \(model.name)", source: parent.source,
        field: "label", remedy: Suggestion.remedy(for: label, among: model.labels))
    }
    return label
  }
}

extension Float {
  /// A number of four digits after the point as such a `Double`.
  fileprivate var exact: Double { (Double(self) * 10_000).rounded() / 10_000 + 0 }
}
