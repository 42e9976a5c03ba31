/// Counts of every reference (row) against every prediction (column).
public struct ConfusionMatrix: Sendable, Equatable {
  /// Name of each class: rows and columns alike.
  public let labels: [String]
  /// Records by reference and prediction, classes × classes, row by row.
  public let counts: [Int]

  /// Creates a matrix from its counts, row by row.
  ///
  /// - Precondition: there are classes × classes counts.
  public init(labels: [String], counts: [Int]) {
    precondition(
      counts.count == labels.count * labels.count,
      "\(counts.count) counts for \(labels.count) classes")
    self.labels = labels
    self.counts = counts
  }

  /// Records of class `reference` that were predicted as class `prediction`.
  public subscript(reference reference: Int, prediction prediction: Int) -> Int {
    counts[reference * labels.count + prediction]
  }

  /// The counts as one array a reference class.
  public var rows: [[Int]] {
    labels.indices.map { row in
      Array(counts[row * labels.count..<(row + 1) * labels.count])
    }
  }
}

extension ClassificationOutcomes {
  /// Counts references against predictions in one pass; memory is classes × classes.
  public var confusion: ConfusionMatrix {
    var counts = [Int](repeating: 0, count: labels.count * labels.count)
    for (reference, prediction) in zip(references, predictions) {
      counts[reference * labels.count + prediction] += 1
    }
    return ConfusionMatrix(labels: labels, counts: counts)
  }
}

let confusionMetric = MetricDescriptor(
  name: "confusion", summary: "Counts of every true class against every predicted class.",
  direction: .none
) { Measurement(.confusion($0.confusion)) }
