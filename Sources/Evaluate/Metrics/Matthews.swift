extension ClassCounts {
  /// The correlation of references and predictions: of Matthews (1975), for any number of classes.
  ///
  /// Gorodkin (2004), doi:10.1016/j.compbiolchem.2004.09.006. From -1 to 1; 0 where one side names a
  /// single class, as in scikit-learn's `matthews_corrcoef`.
  public var matthewsCorrelation: Double {
    let records = Double(count)
    let predicted = tallies.reduce(0) { $0 + Double($1.predicted) * Double($1.predicted) }
    let support = tallies.reduce(0) { $0 + Double($1.support) * Double($1.support) }
    let variances = (records * records - predicted) * (records * records - support)
    guard variances != 0 else { return 0 }
    return (Double(hits) * records - agreementByChance) / variances.squareRoot()
  }
}

let matthewsMetric = MetricDescriptor(
  name: "mcc", summary: "Matthews's correlation of true and predicted classes, from -1 to 1.",
  direction: .greater
) { (counts: ClassCounts) in Measurement(.number(counts.matthewsCorrelation)) }
