/// The area under the ROC curve of one class, or why it has none.
public enum ClassAUC: Sendable, Equatable {
  /// From 0 to 1; one half is chance.
  case area(Double)
  /// Undefined, and why.
  case undefined(String)
}

extension ClassificationOutcomes {
  /// The area under the ROC curve of one class against all others, by the class's scores.
  ///
  /// - Precondition: `label` is a position in ``labels`` and there are ``scores``.
  public func rocAUC(of label: Int) -> ClassAUC {
    guard let scores else { preconditionFailure("AUC of outcomes without scores") }
    let name = labels[label]
    let support = tallies[label].support
    if support == 0 { return .undefined("no record is of class '\(name)'") }
    if support == count { return .undefined("every record is of class '\(name)'") }
    var positives: [Float] = []
    var negatives: [Float] = []
    positives.reserveCapacity(support)
    negatives.reserveCapacity(count - support)
    for (record, reference) in references.enumerated() {
      let score = scores[record * labels.count + label]
      if reference == label { positives.append(score) } else { negatives.append(score) }
    }
    guard let area = areaUnderROC(positives: positives, negatives: negatives) else {
      return .undefined("a score of class '\(name)' is not a number")
    }
    return .area(area)
  }

  /// One-versus-rest area under the ROC curve, averaged over the classes that have records.
  ///
  /// Scikit-learn's macro mean is NaN as soon as a class has no record; here the mean goes over
  /// the other classes and the note names those left out.
  ///
  /// - Precondition: `average` is `.macro` or `.weighted` and there are ``scores``.
  public func rocAUC(average: Average) -> Measurement {
    precondition(
      average == .macro || average == .weighted, "one-versus-rest AUC in \(average.rawValue)")
    var sum = 0.0
    var weights = 0.0
    for (index, tally) in tallies.enumerated() where tally.support > 0 {
      switch rocAUC(of: index) {
      case .undefined(let reason): return .unavailable(reason)
      case .area(let area):
        let weight = average == .weighted ? Double(tally.support) : 1
        sum += area * weight
        weights += weight
      }
    }
    return Measurement(.number(sum / weights), note: noteOfUnsupportedClasses)
  }

  private var noteOfUnsupportedClasses: String? {
    let absent = zip(labels, tallies).filter { $0.1.support == 0 }.map { "'\($0.0)'" }
    return absent.isEmpty
      ? nil : "left out, having no records: \(absent.joined(separator: ", "))"
  }
}

let aucMetrics: [MetricDescriptor] = [
  MetricDescriptor(
    name: "auc.binary", summary: "Area under the ROC curve of the positive class of two.",
    needs: .probabilities, direction: .greater, binaryOnly: true
  ) { outcomes in
    guard outcomes.labels.count == 2 else {
      return .unavailable("auc.binary needs two classes; there are \(outcomes.labels.count)")
    }
    return switch outcomes.rocAUC(of: outcomes.positive) {
    case .area(let area): Measurement(.number(area))
    case .undefined(let reason): .unavailable(reason)
    }
  },
  averagedAUC(.macro, "averaged over classes"),
  averagedAUC(.weighted, "averaged over classes by their number of records"),
]

private func averagedAUC(_ average: Average, _ phrase: String) -> MetricDescriptor {
  MetricDescriptor(
    name: "auc.\(average.rawValue)",
    summary: "Area under the ROC curve of each class against the rest, \(phrase).",
    needs: .probabilities, direction: .greater
  ) { $0.rocAUC(average: average) }
}
