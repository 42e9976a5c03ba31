import Stages

/// Label smoothing (Szegedy and others, 2016), for every objective that predicts one of several.
///
/// The loss is (1 - share) · -log p(target) + share · mean of -log p over all classes, as torch's
/// `cross_entropy(label_smoothing=…)` and transformers' `label_smoothing_factor` have it. Only training
/// smooths: losses of validation and test are those of the true targets.
enum LabelSmoothing {
  static let share = Parameter(
    "label-smoothing", default: 0.0, aliases: ["label_smoothing_factor", "label_smoothing"],
    "The share of every target that training spreads over all it could be.",
    check: { (0..<1).contains($0) ? nil : "must be from 0 to below 1" })
}
