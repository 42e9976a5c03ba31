import Evaluate

/// Whether a confidence of, say, 80 % is right eight times of ten.
func calibrationSection(_ run: Run) -> Section? {
  guard let calibration = run.predictions.value?.calibration,
    let error = calibration.expectedError
  else { return nil }
  let bins = calibration.bins.enumerated().filter { $0.element.count > 0 }
  return Section(
    id: "calibration", title: "Calibration",
    lead: "How often predictions of a given confidence are right. The expected calibration error "
      + "is \(Format.number(error)), over ten bins of equal width."
  ) {
    table(
      caption: "Accuracy by confidence",
      columns: [
        .text("Confidence"), .number("Mean confidence"), .number("Right"), .number("Difference"),
        .number("Predictions"),
      ],
      rows: bins.map { index, bin in
        Row([
          .text("\(index * 10) – \(index * 10 + 10) %"),
          barred(
            Format.percent(bin.meanConfidence), share: bin.meanConfidence, kind: "quiet"),
          barred(Format.percent(bin.accuracy), share: bin.accuracy),
          .text(signed(bin.accuracy - bin.meanConfidence)),
          .text(Format.count(bin.count)),
        ])
      })
  }
}

/// A difference of shares in points, with its sign.
private func signed(_ difference: Double) -> String {
  let points = Format.fixed(abs(difference) * 100, 1)
  if points == "0.0" { return points }
  return difference < 0 ? "−\(points)" : "+\(points)"
}
