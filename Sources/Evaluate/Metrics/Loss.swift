let lossMetric = MetricDescriptor(
  name: "loss", summary: "Mean loss, in nats: of a record's class or of a token.",
  needs: .losses, direction: .lower
) { outcomes in
  switch outcomes {
  case .language(let outcomes):
    guard outcomes.tokens > 0 else { return .unavailable("there are no tokens") }
    return .number(outcomes.meanLoss, orElse: "the loss is \(outcomes.totalLoss)")
  case .classification(let outcomes):
    guard let loss = outcomes.totalLoss, outcomes.count > 0 else {
      return .unavailable("there are no records")
    }
    return .number(loss / Double(outcomes.count), orElse: "the loss is \(loss)")
  case .numbers, .retrieval:
    return .unavailable("loss is of classes or tokens; these outcomes are of \(outcomes.subject)")
  }
}
