import Stages

/// A judge that says to which class a text belongs: the class it names has all of the probability.
struct JudgeClassifier: TextClassifier {
  let judge: any Judge

  var name: String { judge.name }
  var labels: [String] { judge.labels }

  /// - Parameter ofPairs: Whether it is asked of two texts.
  /// - Throws: `Diagnostic` for a judge without two labels, or whose prompt has no place for what it is
  ///   asked of, or one for something else.
  init(_ judge: any Judge, ofPairs: Bool) throws(Diagnostic) {
    try judge.checkLabels()
    let fields = ofPairs ? ["text", "premise"] : ["text"]
    try judge.check(offers: fields, needs: fields)
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
