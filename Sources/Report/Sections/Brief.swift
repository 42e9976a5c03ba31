/// The run in a few sentences, for someone who reads nothing else.
func brief(_ run: Run) -> String {
  [dataSentence(run), trainingSentence(run), resultSentence(run), leakSentence(run)]
    .compactMap { $0 }.joined(separator: " ")
}

private func dataSentence(_ run: Run) -> String? {
  guard let total = run.stages.value?.total else { return nil }
  let lost = total.droppedCount + total.merged + total.quarantinedCount
  var text = "Of \(records(total.taken)) read, \(Format.count(lost)) were left behind"
  if total.made > 0 { text += " and \(Format.count(total.made)) were made from others" }
  return text + "; \(Format.count(total.kept)) went on."
}

private func records(_ count: Int) -> String {
  "\(Format.count(count)) \(count == 1 ? "record" : "records")"
}

private func trainingSentence(_ run: Run) -> String? {
  guard let model = run.configuration?.model else {
    return run.metrics.value == nil ? "Nothing was trained on them." : nil
  }
  guard let history = run.history, let last = history.entries.last else { return nil }
  var text = "\(model) was trained on the training side for \(Format.plain(last.step)) steps"
  if let passes = history.entries.last?.epoch ?? history.validations.last?.epoch {
    let number = Format.fixed(passes, passes == passes.rounded() ? 0 : 1)
    text += number == "1" ? ", one pass over it" : ", \(number) passes"
  }
  return text + "."
}

private func resultSentence(_ run: Run) -> String? {
  guard let test = run.metrics.value?.test else { return nil }
  if let confusion = test.confusion, confusion.total > 0 {
    let share = Double(confusion.hits) / Double(confusion.total)
    let weakest = test.classes.filter { $0.support > 0 && $0.f1.isFinite }
      .min { $0.f1 < $1.f1 }
    let remark = weakest.map { "; it does worst on \($0.label)" } ?? ""
    return "Of \(records(confusion.total)) that it never saw, it is right about "
      + "\(Format.percent(share))\(remark)."
  }
  if let perplexity = test["perplexity"] {
    return
      "On records that it never saw its perplexity is \(Format.number(perplexity)): it hesitates "
      + "as if between that many next tokens."
  }
  guard let name = Example.mostTelling(of: test.numbers.map(\.name)), let value = test[name]
  else { return nil }
  return "On records that it never saw it scores \(Format.number(value)) in "
    + "\(MetricWords.title(name))."
}

private func leakSentence(_ run: Run) -> String? {
  switch run.certificate.value?.edgesCut {
  case 0: "No similar pair of records lies on two sides of the split."
  case let cut?: "\(Format.count(cut)) similar pairs of records lie on two sides of the split."
  case nil: nil
  }
}
