/// Every metric of this module, in the order the catalog shows them.
public let standardMetrics: [MetricDescriptor] =
  accuracyMetrics + rateMetrics + [matthewsMetric] + kappaMetrics + aucMetrics
  + averagePrecisionMetrics + [brierMetric, logLossMetric] + calibrationMetrics
  + [confusionMetric, perClassMetric, lossMetric, perplexityMetric, bitsPerByteMetric]
  + correlationMetrics + retrievalMetrics

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
      membersOfTwoClasses: .init(["binary"], selector: "binary")),
    MetricGroup(
      name: "ap", members: .init(["macro", "weighted"], selector: "macro"),
      membersOfTwoClasses: .init(["binary"], selector: "binary")),
  ]

/// Names other tools use, and what they are called here.
let metricAliases: [String: String] = [
  "roc_auc": "auc", "roc-auc": "auc", "auroc": "auc",
  "confusion_matrix": "confusion", "confusion-matrix": "confusion",
  "per-class": "classes", "per_class": "classes", "classification-report": "classes",
  "ppl": "perplexity", "bpb": "bits-per-byte", "bits_per_byte": "bits-per-byte",
  "balanced_accuracy": "balanced-accuracy", "matthews_correlation": "mcc", "matthews": "mcc",
  "cohen_kappa": "kappa", "cohen-kappa": "kappa", "average_precision": "ap",
  "average-precision": "ap", "log_loss": "log-loss", "brier_score": "brier",
  "roc_auc_ovr": "auc.macro", "roc_auc_ovr_weighted": "auc.weighted",
  "roc_auc_ovo": "auc.ovo-macro", "roc_auc_ovo_weighted": "auc.ovo-weighted",
  "pearsonr": "pearson", "spearmanr": "spearman", "kendalltau": "kendall",
  "mean_average_precision": "map", "mean_reciprocal_rank": "mrr",
  "calibration_error": "ece", "expected_calibration_error": "ece",
]
