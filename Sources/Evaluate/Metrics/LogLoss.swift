import Foundation

extension ClassificationOutcomes {
  /// The mean negative logarithm of the true class's probability, in nats; NaN without records.
  ///
  /// A probability is kept 2^-52 from 0 and 1, as scikit-learn's `log_loss` keeps it.
  ///
  /// - Precondition: there are ``scores``, and they are probabilities.
  public var logLoss: Double {
    let losses = recordLogLosses
    return losses.reduce(0, +) / Double(losses.count)
  }

  /// The log loss of each record alone.
  var recordLogLosses: [Double] {
    references.enumerated().map { record, reference in
      let probability = score(of: reference, in: record)
      return -log(min(max(probability, Double.ulpOfOne), 1 - Double.ulpOfOne))
    }
  }
}

let logLossMetric = MetricDescriptor.ofProbabilities(
  "log-loss", "Mean negative logarithm of the true class's probability, in nats.",
  direction: .lower, resampledForm: .mean("log-loss") { $0.recordLogLosses }
) { Measurement(.number($0.logLoss)) }
