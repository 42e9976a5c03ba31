/// Every metric of this module, in the order the catalog shows them.
public let standardMetrics: [MetricDescriptor] =
  [accuracyMetric] + rateMetrics + aucMetrics
  + [confusionMetric, perClassMetric, lossMetric, perplexityMetric]

/// Every name that stands for several metrics.
public let standardMetricGroups: [MetricGroup] =
  ClassRate.allCases.map { rate in
    MetricGroup(
      name: rate.rawValue,
      members: .init(["macro", "micro", "weighted"], selector: "weighted"),
      membersOfTwoClasses: .init(["binary", "macro", "micro", "weighted"], selector: "weighted"))
  } + [
    // One-versus-rest of two classes says the same thing twice: the positive class is enough.
    MetricGroup(
      name: "auc", members: .init(["macro", "weighted"], selector: "macro"),
      membersOfTwoClasses: .init(["binary"], selector: "binary"))
  ]

/// Names other tools use, and what they are called here.
let metricAliases: [String: String] = [
  "roc_auc": "auc", "roc-auc": "auc", "auroc": "auc",
  "confusion_matrix": "confusion", "confusion-matrix": "confusion",
  "per-class": "classes", "per_class": "classes", "classification-report": "classes",
  "ppl": "perplexity",
]
