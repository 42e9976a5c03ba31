extension ClassificationOutcomes {
  /// The mean squared distance of the probabilities from the truth; NaN without records.
  ///
  /// Brier (1950). With two classes it is the squared error of the positive class's probability, from
  /// 0 to 1; with more the sum over classes, from 0 to 2: scikit-learn's `brier_score_loss`.
  ///
  /// - Precondition: there are ``scores``, and they are probabilities.
  public var brierScore: Double {
    let errors = recordBrierScores
    return errors.reduce(0, +) / Double(errors.count)
  }

  /// The Brier score of each record alone.
  var recordBrierScores: [Double] {
    let scale = labels.count == 2 ? 0.5 : 1
    return references.enumerated().map { record, reference in
      var sum = 0.0
      for label in labels.indices {
        let error = score(of: label, in: record) - (label == reference ? 1 : 0)
        sum += error * error
      }
      return sum * scale
    }
  }

  /// Each record's true class and its scores.
  var probabilityRows: some Sequence<(Int, ArraySlice<Float>)> {
    guard let scores else { preconditionFailure("these outcomes hold no scores") }
    let width = labels.count
    return references.enumerated().lazy.map { record, reference in
      (reference, scores[record * width..<(record + 1) * width])
    }
  }

  /// Why the scores are no probabilities; nil when each record's lie in 0…1 and sum to 1.
  var improbability: String? { improbability { "record \($0)" } }

  /// The same, with words for the record that it is about.
  package func improbability(naming name: (Int) -> String) -> String? {
    for (record, (_, row)) in probabilityRows.enumerated() {
      for (label, score) in row.enumerated() where !(0...1).contains(score) {
        return "a score of class '\(labels[label])' is \(score), "
          + "which is no probability (\(name(record)))"
      }
      let sum = row.reduce(0) { $0 + Double($1) }
      if abs(sum - 1) > 1e-3 {
        return "the scores of \(name(record)) sum to \(sum); probabilities sum to 1"
      }
    }
    return nil
  }
}

extension MetricDescriptor {
  /// A metric of probabilities; scores of another kind make it unavailable.
  ///
  /// No initializer: a closure of classes must never be taken for one of probabilities.
  static func ofProbabilities(
    _ name: String, _ summary: String, direction: MetricDirection,
    resampledForm: ResampledForm = .outcomes,
    _ compute: @escaping @Sendable (ClassificationOutcomes) -> Measurement
  ) -> MetricDescriptor {
    MetricDescriptor(
      name: name, summary: summary, needs: .probabilities, direction: direction,
      resampledForm: resampledForm,
      classification: { outcomes in
        if let reason = outcomes.improbability { return .unavailable(reason) }
        return compute(outcomes)
      })
  }
}

let brierMetric = MetricDescriptor.ofProbabilities(
  "brier", "Mean squared distance of the classes' probabilities from the truth.",
  direction: .lower, resampledForm: .mean("brier") { $0.recordBrierScores }
) { Measurement(.number($0.brierScore)) }
