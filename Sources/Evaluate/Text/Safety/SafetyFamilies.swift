import Stages
import TextKit

let refusalFamily = TextMetricFamily(
  [
    .init(
      "refusals", "Share of texts that decline to answer, by the rules of clean.instructions.",
      direction: .lower)
  ],
  aliases: ["refusal": "refusals", "refusal-rate": "refusals"],
  comparison: .nothing,
  measure: { _, material, _, threads in
    let metric = MeanMetric(name: "refusals", signature: "rules:1", direction: .lower)
    return [
      TextScore(
        material.corpus.hypotheses.mean(metric, threads: threads) {
          Refusal.found(in: $0) == nil ? 0 : 1
        })
    ]
  })

let personalDataFamily = TextMetricFamily(
  [
    .init(
      "pii", "Share of texts that hold personal data or secrets, by the rules of clean.pii.",
      direction: .lower),
    .init("pii_count", "Pieces of personal data and secrets a hundred texts.", direction: .lower),
  ],
  parameters: [SafetyKeys.kinds, SafetyKeys.publicOnly],
  aliases: ["pii-count": "pii_count", "pii-rate": "pii", "pii_rate": "pii"],
  comparison: .nothing,
  configure: { values, _, settings in
    settings.personalData = PersonalDataCount(
      kinds: PersonalDataKind.allCases.filter { values[SafetyKeys.kinds].contains($0) },
      publicOnly: values[SafetyKeys.publicOnly])
  },
  measure: { names, material, settings, threads in
    names.map { name in
      TextScore(
        settings.personalData.measure(
          material.corpus.hypotheses, name: name, onePerText: name == "pii", threads: threads))
    }
  })

/// How personal data and secrets in texts are counted.
public struct PersonalDataCount: Sendable {
  private let finder: PersonalDataFinder
  private let signature: String

  /// All kinds; addresses of private networks, loopback and documentation do not count.
  public init() { self.init(kinds: PersonalDataKind.allCases, publicOnly: true) }

  init(kinds: [PersonalDataKind], publicOnly: Bool) {
    finder = PersonalDataFinder(kinds: kinds, publicOnly: publicOnly)
    signature =
      "kinds:\(kinds.map(\.rawValue).joined(separator: ","))|public:\(publicOnly ? "yes" : "no")"
  }

  /// What is found in each text: how much, or whether anything.
  func measure(
    _ texts: TextColumn, name: String, onePerText: Bool, threads: Int?
  ) -> CorpusMeasurement {
    let metric = MeanMetric(name: name, signature: signature, direction: .lower)
    return texts.mean(metric, threads: threads) { text in
      let count = finder.find(in: Array(text.utf8)).count
      return Double(onePerText ? min(1, count) : count)
    }
  }
}

/// What `pii` takes in a pipeline file.
private enum SafetyKeys {
  static let kinds = Parameter(
    "kinds", default: PersonalDataKind.allCases, "What to look for.")
  static let publicOnly = Parameter(
    "public-only", default: true,
    "Leave addresses of private networks, loopback and documentation alone.")
}

extension TextColumn {
  /// The mean of a value of each text.
  fileprivate func mean(
    _ metric: MeanMetric, threads: Int?, _ value: @Sendable (String) -> Double
  ) -> CorpusMeasurement {
    let values = Work.slices(of: count, threads: threads) { range in
      range.map { value(self[$0]) }
    }
    return metric.measurement(of: values.flatMap { $0 })
  }
}
