import Stages

/// A judge that says to which class a text belongs: the class it names has all of the probability.
struct JudgeClassifier: TextClassifier {
  let judge: any Judge

  var name: String { judge.name }
  var labels: [String] { judge.labels }

  /// - Throws: `Diagnostic` for a judge without two labels, or whose prompt has no place for the text.
  init(_ judge: any Judge) throws(Diagnostic) {
    try judge.checkLabels()
    try judge.check(offers: ["text", "premise"], needs: ["text"])
    self.judge = judge
  }

  func fingerprint() -> String { judge.fingerprint }

  func probabilities(of texts: [ClassifiedText]) throws -> [[Float]] {
    let verdicts = try judge.verdicts(
      texts.map { text in
        guard let pair = text.pair else { return ["text": text.text] }
        return ["premise": text.text, "text": pair]
      })
    return verdicts.map { verdict in labels.indices.map { $0 == verdict ? 1 : 0 } }
  }
}
