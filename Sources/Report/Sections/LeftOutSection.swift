/// A line for each part that the run folder does not hold or that cannot be read.
func leftOutSection(_ run: Run) -> Section? {
  let lines = leftOut(run)
  guard !lines.isEmpty else { return nil }
  return Section(id: "left-out", title: "Left out") {
    tag("ul", ["class": "list"]) { lines.map { line in tag("li") { line } } }
  }
}

private func leftOut(_ run: Run) -> [String] {
  var lines = [
    line("stages.json", run.stages, "counts of the stages"),
    line("data/summary.json", run.summary, "lengths, labels and languages of the sides"),
    line("split.certificate.json", run.certificate, "split"),
    line("timings.json", run.timings, "times and machine"),
    line("pipeline.lock.yaml", run.pipeline, "resolved pipeline file"),
  ].compactMap { $0 }
  // A pipeline that trains nothing leaves nothing out.
  if run.pipeline.value == nil || run.configuration?.model != nil {
    lines += leftOutOfTraining(run)
  }
  // Few runs search.
  if case .broken = run.search {
    lines += [line("search/trials.json", run.search, "search for a method")].compactMap { $0 }
  }
  if let broken = run.predictions.value?.broken {
    lines.append(
      "\(Format.count(broken.count)) \(broken.count == 1 ? "line" : "lines") of predictions.jsonl "
        + "could not be used, first line \(Format.count(broken.firstLine)).")
  }
  return lines
}

private func leftOutOfTraining(_ run: Run) -> [String] {
  var lines = [
    line("metrics.json", run.metrics, "metrics, confusion matrix and classes"),
    line("predictions.jsonl", run.predictions, "examples, calibration and slices"),
  ].compactMap { $0 }
  if run.history == nil {
    lines.append(
      line("trainer_state.json", run.trainerState, "training curves")
        ?? "Neither metrics.json nor trainer_state.json logs a step: no training curves.")
  }
  return lines
}

private func line<Value>(_ file: String, _ part: Part<Value>, _ content: String) -> String? {
  switch part {
  case .present: nil
  case .missing: "\(file) is not in the run folder: no \(content)."
  case .broken(let reason): "\(file) \(reason): no \(content)."
  }
}
