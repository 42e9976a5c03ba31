import Evaluate
import Pipeline
import Stages

/// What `anneal ablate` finds, as a person reads it.
enum AblationText {
  /// The arms, a table of the metrics, and what they say in words.
  static func text(_ ablation: Ablation) -> String {
    var text = head(ablation) + "\n" + table(ablation)
    for left in ablation.leftOut {
      text += "  without \(left.metrics.joined(separator: ", ")): \(left.reason.printable)\n"
    }
    text += "\n" + verdicts(ablation)
    for note in ablation.notes { text += "note: \(note.printable)\n" }
    return text
  }

  private static func head(_ ablation: Ablation) -> String {
    let stages = ablation.stages.joined(separator: ", ")
    let seeds = ablation.seeds.map(String.init).joined(separator: ", ")
    var text = "\(ablation.name.printable) with and without \(stages); "
    text += "\(ablation.seeds.count == 1 ? "seed" : "seeds") \(seeds)\n"
    text += "test records \(range(ablation.records)); learned from "
    text += "\(range(ablation.training.map(\.with))) with, "
    text += "\(range(ablation.training.map(\.without))) without; steps "
    text += "\(range(ablation.steps.map(\.with))) with, \(range(ablation.steps.map(\.without))) "
    text += "without\n"
    text +=
      "\(ComparisonText.percent(ablation.options.level)) intervals: over seeds by the paired t, "
    text += "and by \(ablation.options.resamples) draws of "
    return text + (ablation.seeds.count == 1 ? "test records\n" : "seeds and test records\n")
  }

  /// `120`, or `118 to 121` where seeds differ.
  private static func range(_ numbers: [Int]) -> String {
    guard let least = numbers.min(), let most = numbers.max() else { return "–" }
    return least == most ? least.grouped : "\(least.grouped) to \(most.grouped)"
  }

  // MARK: - The table

  private static func table(_ ablation: Ablation) -> String {
    var rows = [
      [
        "metric", "", "with", "without", "difference", "over seeds", "over seeds and records", "p",
        "",
      ]
    ]
    rows += ablation.effects.map { effect in
      [
        effect.name, arrow(effect.direction), mean(effect.with), mean(effect.without),
        ComparisonText.number(effect.difference, signed: true),
        interval(effect.seedInterval.map { ($0.lowerBound, $0.upperBound) }),
        interval(effect.recordInterval.map { ($0.lower, $0.upper) }),
        ComparisonText.pValue(effect.pValue), words(effect.verdict),
      ]
    }
    let widths = rows[0].indices.map { column in
      rows.map { $0[column].unicodeScalars.count }.max() ?? 0
    }
    return rows.map { row in
      var line = " "
      for (cell, width) in zip(row, widths) {
        line += " " + cell + String(repeating: " ", count: width - cell.unicodeScalars.count) + " "
      }
      while line.last == " " { line.removeLast() }
      return line + "\n"
    }.joined()
  }

  private static func arrow(_ direction: MetricDirection?) -> String {
    direction.map { $0 == .greater ? "↑" : "↓" } ?? ""
  }

  private static func mean(_ scores: [Double]) -> String {
    ComparisonText.number(scores.reduce(0, +) / Double(scores.count), signed: false)
  }

  private static func interval(_ ends: (Double, Double)?) -> String {
    guard let ends, !ends.0.isNaN, !ends.1.isNaN else { return "–" }
    let texts = [ends.0, ends.1].map { ComparisonText.number($0, signed: true) }
    return "[\(texts[0]), \(texts[1])]"
  }

  private static func words(_ verdict: StageEffect.Verdict) -> String {
    switch verdict {
    case .includesZero: "includes zero"
    case .notCorrected: "excludes zero, not after correction"
    case .better: "▲ better with"
    case .worse: "▼ worse with"
    case .differs: "differs"
    case .unknown: "–"
    }
  }

  // MARK: - In words

  private static func verdicts(_ ablation: Ablation) -> String {
    func names(_ verdict: StageEffect.Verdict) -> [String] {
      ablation.effects.filter { $0.verdict == verdict }.map(\.name)
    }
    let stages = ablation.stages.joined(separator: ", ")
    var text = ""
    for (verdict, words) in [
      (StageEffect.Verdict.better, "better with \(stages)"),
      (.worse, "worse with \(stages)"), (.differs, "differs with \(stages)"),
      (.notCorrected, "excludes zero, but no longer once all metrics are counted"),
      (.includesZero, "the interval includes zero: no effect of \(stages) is shown"),
    ] where !names(verdict).isEmpty {
      text += "\(names(verdict).joined(separator: ", ")): \(words)\n"
    }
    return text
  }
}
