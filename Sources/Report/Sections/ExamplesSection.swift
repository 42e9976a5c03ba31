/// The records worth reading: the most confident mistakes, or the hardest passages.
func examplesSection(_ run: Run) -> Section? {
  guard let predictions = run.predictions.value else { return nil }
  if !predictions.mistakes.isEmpty { return mistakesSection(predictions) }
  if !predictions.passages.isEmpty { return passagesSection(predictions) }
  return nil
}

/// How much of a text is shown, in Unicode scalars.
private let excerptLimit = 360

private func mistakesSection(_ predictions: Predictions) -> Section {
  let hasScores = predictions.mistakes.contains { $0.confidence != nil }
  let counts =
    "\(Format.count(predictions.mistakeCount)) of \(Format.count(predictions.count)) "
    + "test records are wrong"
  return Section(
    id: "mistakes", title: hasScores ? "Most confident mistakes" : "Mistakes",
    lead: hasScores
      ? "\(counts); these are the ones the model was surest of. A wrong label in the data often "
        + "shows here first."
      : "\(counts); these are the first."
  ) {
    tag("ol", ["class": "examples"]) { predictions.mistakes.map(mistakeItem) }
  }
}

private func mistakeItem(_ mistake: Predictions.Mistake) -> Node {
  tag("li") {
    tag("p", ["class": "verdict"]) {
      tag("span", ["class": "predicted"]) {
        "predicted "
        tag("b") { tag("bdi") { mistake.prediction } }
        mistake.confidence.map { share in tag("span", ["class": "num"]) { Format.percent(share) } }
      }
      tag("span", ["class": "truth"]) {
        "true "
        tag("b") { tag("bdi") { mistake.reference } }
        mistake.referenceScore.map { share in
          tag("span", ["class": "num"]) { Format.percent(share) }
        }
      }
      identifier(mistake.id)
    }
    quotation(mistake.input)
  }
}

private func passagesSection(_ predictions: Predictions) -> Section {
  Section(
    id: "hardest", title: "Hardest passages",
    lead: "The test records with the highest loss a token."
  ) {
    tag("ol", ["class": "examples"]) {
      for passage in predictions.passages {
        tag("li") {
          tag("p", ["class": "verdict"]) {
            tag("span", ["class": "predicted"]) {
              "loss "
              tag("b") { Format.number(passage.meanLoss) }
              " a token"
            }
            tag("span", ["class": "truth"]) {
              "\(Format.count(passage.tokens)) \(passage.tokens == 1 ? "token" : "tokens")"
            }
            identifier(passage.id)
          }
          quotation(passage.input)
          if !passage.reference.isEmpty { quotation(passage.reference, kind: "answer") }
        }
      }
    }
  }
}

private func identifier(_ id: String) -> Node? {
  id.isEmpty ? nil : tag("code", ["class": "id"]) { Format.excerpt(id, limit: 48) }
}

private func quotation(_ text: String, kind: String = "quote") -> Node {
  tag("p", ["class": kind, "dir": "auto"]) { Format.excerpt(text, limit: excerptLimit) }
}
