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
    let name = labels[label]
    let support = tallies[label].support
    if support == 0 { return .undefined("no record is of class '\(name)'") }
    if support == count { return .undefined("every record is of class '\(name)'") }
    let (positives, negatives) = split(by: label)
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
    averaged(average) { rocAUC(of: $0) }
  }

  /// The area of all decisions pooled: every record's true class against its other classes.
  ///
  /// - Precondition: there are ``scores``.
  public var pooledROCAUC: ClassAUC {
    var positives: [Float] = []
    var negatives: [Float] = []
    for (reference, row) in probabilityRows {
      for (label, score) in row.enumerated() {
        if label == reference { positives.append(score) } else { negatives.append(score) }
      }
    }
    guard let area = areaUnderROC(positives: positives, negatives: negatives) else {
      return .undefined(labels.count < 2 ? "there is one class" : "a score is not a number")
    }
    return .area(area)
  }

  /// Scores of one class, of its own records and of all others.
  func split(by label: Int) -> (positives: [Float], negatives: [Float]) {
    guard let scores else { preconditionFailure("a ranking of outcomes without scores") }
    var positives: [Float] = []
    var negatives: [Float] = []
    positives.reserveCapacity(tallies[label].support)
    negatives.reserveCapacity(count - tallies[label].support)
    var place = label
    for reference in references {
      if reference == label {
        positives.append(scores[place])
      } else {
        negatives.append(scores[place])
      }
      place += labels.count
    }
    return (positives, negatives)
  }

  /// A class's score averaged over the classes that have records; the note names the others.
  func averaged(_ average: Average, _ score: (Int) -> ClassAUC) -> Measurement {
    precondition(
      average == .macro || average == .weighted, "a ranking of classes in \(average.rawValue)")
    var sum = 0.0
    var weights = 0.0
    for (index, tally) in tallies.enumerated() where tally.support > 0 {
      switch score(index) {
      case .undefined(let reason): return .unavailable(reason)
      case .area(let area):
        let weight = average == .weighted ? Double(tally.support) : 1
        sum += area * weight
        weights += weight
      }
    }
    return Measurement(.number(sum / weights), note: noteOfUnsupportedClasses)
  }

  /// The classes that a mean leaves out; nil when there are none.
  var noteOfUnsupportedClasses: String? {
    let absent = zip(labels, tallies).filter { $0.1.support == 0 }.map { "'\($0.0)'" }
    return absent.isEmpty
      ? nil : "left out, having no records: \(absent.joined(separator: ", "))"
  }
}

extension ClassAUC {
  /// As a metric's finding.
  var measurement: Measurement {
    switch self {
    case .area(let area): Measurement(.number(area))
    case .undefined(let reason): .unavailable(reason)
    }
  }
}

let aucMetrics: [MetricDescriptor] = [
  MetricDescriptor(
    name: "auc.binary", summary: "Area under the ROC curve of the positive class of two.",
    area: .receiver(.binary)
  ) { outcomes in
    guard outcomes.labels.count == 2 else {
      return .unavailable("auc.binary needs two classes; there are \(outcomes.labels.count)")
    }
    return outcomes.rocAUC(of: outcomes.positive).measurement
  },
  averagedAUC(.macro, "averaged over classes"),
  averagedAUC(.weighted, "averaged over classes by their number of records"),
  MetricDescriptor(
    name: "auc.micro", summary: "Area under the ROC curve of all decisions pooled.",
    area: .pooled
  ) { $0.pooledROCAUC.measurement },
  pairedAUC("auc.ovo-macro", .macro, "averaged over pairs"),
  pairedAUC("auc.ovo-weighted", .weighted, "averaged over pairs by their number of records"),
]

private func averagedAUC(_ average: Average, _ phrase: String) -> MetricDescriptor {
  MetricDescriptor(
    name: "auc.\(average.rawValue)",
    summary: "Area under the ROC curve of each class against the rest, \(phrase).",
    area: .receiver(average)
  ) { $0.rocAUC(average: average) }
}

private func pairedAUC(_ name: String, _ average: Average, _ phrase: String) -> MetricDescriptor {
  MetricDescriptor(
    name: name,
    summary: "Area under the ROC curve of each class against each other, \(phrase).",
    area: .paired(average)
  ) { $0.pairedROCAUC(average: average) }
}
