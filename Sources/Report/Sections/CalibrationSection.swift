import Evaluate

/// Whether a confidence of, say, 80 % is right eight times of ten.
func calibrationSection(_ run: Run) -> Section? {
  guard let calibration = run.predictions.value?.calibration,
    let error = calibration.expectedError
  else { return nil }
  let bins = calibration.bins.enumerated().filter { $0.element.count > 0 }
  return Section(
    id: "calibration", title: "Calibration",
    lead: "How often predictions of a given confidence are right. \(verdict(calibration)) "
      + "The expected calibration error is \(Format.number(error)), over ten bins of equal width."
  ) {
    tag("div", ["class": "figures"]) {
      tag("figure") {
        Reliability(
          bins: bins.map {
            .init(
              confidence: $0.element.meanConfidence, accuracy: $0.element.accuracy,
              count: $0.element.count)
          }, description: verdict(calibration)
        ).svg
        tag("figcaption") {
          "Dots above the dashed line: right more often than the model thought; below: less often. "
            + "The larger a dot, the more predictions."
        }
      }
      table(
        caption: "Accuracy by confidence",
        columns: [
          .text("Confidence"), .number("Mean"), .number("Right"), .number("Difference"),
          .number("Predictions"),
        ],
        rows: bins.map { index, bin in
          Row([
            .text("\(index * 10) – \(index * 10 + 10) %"),
            .text(Format.percent(bin.meanConfidence)),
            barred(Format.percent(bin.accuracy), share: bin.accuracy),
            .text(signed(bin.accuracy - bin.meanConfidence)), .text(Format.count(bin.count)),
          ])
        })
    }
  }
}

/// Whether the model is too sure of itself, in words.
private func verdict(_ calibration: Calibration) -> String {
  let bins = calibration.bins.filter { $0.count > 0 }
  let count = Double(max(calibration.count, 1))
  let confidence = bins.reduce(0) { $0 + $1.confidence } / count
  let accuracy = Double(bins.reduce(0) { $0 + $1.right }) / count
  let means =
    "it is right in \(Format.percent(accuracy)), and thinks it is in \(Format.percent(confidence))"
  if abs(accuracy - confidence) < 0.02 { return "The model knows how sure it can be: \(means)." }
  return accuracy > confidence
    ? "The model is surer than it says: \(means)." : "The model is too sure of itself: \(means)."
}

/// A difference of shares in points, with its sign.
private func signed(_ difference: Double) -> String {
  let points = Format.fixed(abs(difference) * 100, 1)
  if points == "0.0" { return points }
  return difference < 0 ? "−\(points)" : "+\(points)"
}
