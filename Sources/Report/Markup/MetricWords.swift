/// Names of metrics as people say them.
enum MetricWords {
  private static let words = [
    "accuracy": "Accuracy", "balanced-accuracy": "Balanced accuracy", "precision": "Precision",
    "recall": "Recall", "f1": "F1", "mcc": "Matthews correlation", "kappa": "Cohen's kappa",
    "auc": "ROC AUC", "ap": "Average precision", "brier": "Brier score", "log-loss": "Log loss",
    "ece": "Calibration error", "loss": "Loss", "perplexity": "Perplexity",
    "bits-per-byte": "Bits per byte", "bleu": "BLEU", "chrf": "chrF", "chrf++": "chrF++",
    "ter": "TER", "meteor": "METEOR", "exact_match": "Exact match", "token_f1": "Token F1",
    "self_bleu": "Self-BLEU", "keywords": "Keywords", "consistency": "Consistency",
    "consistency_ratio": "Consistent texts", "toxicity": "Toxicity",
    "toxicity_ratio": "Toxic texts", "toxicity_max": "Highest toxicity", "bias": "Bias",
    "bias_ratio": "Biased texts", "bias_max": "Highest bias", "factscore": "FactScore",
    "factscore_init": "FactScore without penalty", "factscore_respond": "Texts that state facts",
    "factscore_facts": "Facts a text", "bertscore": "BERTScore",
    "bertscore_precision": "BERTScore, precision", "bertscore_recall": "BERTScore, recall",
    "embedding_similarity": "Similarity of vectors", "classifier": "Classifier",
    "classifier_ratio": "Texts of the class", "classifier_max": "Highest by the classifier",
    "refusals": "Refusals", "pii": "Texts with personal data", "pii_count": "Personal data",
  ]

  /// A metric's name in words: `f1.weighted` is "F1, weighted", `rouge2` is "ROUGE-2".
  ///
  /// A name that is not known stays as it is.
  static func title(_ name: String) -> String {
    let parts = name.split(separator: ".", maxSplits: 1)
    guard let base = parts.first.flatMap({ words[String($0)] ?? family(String($0)) }) else {
      return name
    }
    return parts.count > 1 ? "\(base), \(parts[1])" : base
  }

  /// Metrics of which there are several by number or letter.
  private static func family(_ name: String) -> String? {
    for (prefix, word) in [("rouge", "ROUGE-"), ("distinct", "Distinct-")]
    where name.hasPrefix(prefix) && name.count > prefix.count {
      return word + name.dropFirst(prefix.count)
    }
    return nil
  }
}
