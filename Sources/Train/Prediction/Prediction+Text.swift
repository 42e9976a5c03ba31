import Evaluate

extension [Example] {
  /// The loss of each example's text, of the losses of all counted tokens one after the other.
  ///
  /// - Parameter text: what tokens write, for its length in bytes.
  func texts(losses: [Float], text: ([Int32]) -> String) -> [Prediction] {
    var start = 0
    return map { example in
      let own = losses[start..<start + example.counted]
      start += example.counted
      return .text(
        loss: own.reduce(0) { $0 + Double($1) }, tokens: example.counted,
        bytes: text(example.targets.filter { $0 >= 0 }).utf8.count)
    }
  }
}

extension Outcomes {
  /// What language models' predictions come to.
  static func language(of predictions: [Prediction]) -> Outcomes {
    .language(
      predictions.reduce(LanguageOutcomes(totalLoss: 0, tokens: 0, bytes: 0)) { sum, prediction in
        guard case .text(let loss, let tokens, let bytes) = prediction else { return sum }
        return sum + LanguageOutcomes(totalLoss: loss, tokens: tokens, bytes: bytes)
      })
  }
}
