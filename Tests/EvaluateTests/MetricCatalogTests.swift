import Evaluate
import Testing

@Suite struct `The catalog of metrics` {
  private let catalog = MetricCatalog.standard

  private func names(_ asked: [String], classes: Int?) throws -> [String] {
    try catalog.metrics(named: asked, providing: [.labels, .probabilities], classes: classes)
      .map(\.name)
  }

  @Test func `names are unique and every group's members exist`() throws {
    let names = catalog.metrics.map(\.name)
    #expect(Set(names).count == names.count)
    #expect(names.count == 48)
    for group in catalog.groups {
      for classes in [2, 3] { #expect(try !self.names([group.name], classes: classes).isEmpty) }
    }
  }

  @Test func `a group stands for its averages, and for the positive class of two`() throws {
    #expect(try names(["f1"], classes: 6) == ["f1.macro", "f1.micro", "f1.weighted"])
    #expect(try names(["f1"], classes: nil) == ["f1.macro", "f1.micro", "f1.weighted"])
    #expect(
      try names(["f1"], classes: 2) == ["f1.binary", "f1.macro", "f1.micro", "f1.weighted"])
    #expect(try names(["auc"], classes: 2) == ["auc.binary"])
    #expect(try names(["auc"], classes: 3) == ["auc.macro", "auc.weighted"])
  }

  @Test func `a metric asked twice is computed once`() throws {
    #expect(
      try names(["f1.weighted", "f1", "accuracy", "f1_weighted"], classes: 3)
        == ["f1.weighted", "f1.macro", "f1.micro", "accuracy"])
  }

  @Test(arguments: [
    ("eval_f1", "f1.weighted"), ("eval_f1_macro", "f1.macro"), ("roc_auc", "auc.macro"),
    ("F1-weighted", "f1.weighted"), ("roc_auc_weighted", "auc.weighted"),
    ("accuracy", "accuracy"), ("auc", "auc.macro"), ("eval_loss", "loss"),
    ("matthews_correlation", "mcc"), ("roc_auc_ovo", "auc.ovo-macro"),
    ("average_precision", "ap.macro"),
  ])
  func `a model is chosen by one number, whatever tool its name is from`(
    name: String, canonical: String
  ) throws {
    let metric = try catalog.selector(
      named: name, providing: [.labels, .probabilities, .losses], classes: 3)
    #expect(metric.name == canonical)
  }

  @Test func `every metric and group is found by its own name`() throws {
    for name in catalog.metrics.map(\.name) + catalog.groups.map(\.name) {
      #expect(catalog.canonicalName(name) == name)
    }
    #expect(
      try names(["auc.ovo-macro", "auc.ovo-weighted"], classes: 3)
        == ["auc.ovo-macro", "auc.ovo-weighted"])
  }

  @Test func `a wrong name is answered with the nearest`() {
    #expect(throws: MetricError.self) { try names(["f1.wieghted"], classes: 3) }
    do {
      _ = try names(["f1.wieghted"], classes: 3)
    } catch {
      #expect("\(error)" == "no metric is called 'f1.wieghted'; did you mean 'f1.weighted'?")
    }
  }

  @Test func `a name like no other is answered with the list`() {
    do {
      _ = try names(["zzz"], classes: 3)
      Issue.record("it was accepted")
    } catch {
      #expect("\(error)".contains("the metrics are precision, recall, f1, auc, ap, accuracy"))
    }
  }

  @Test func `a metric the task cannot feed is refused before it runs`() {
    #expect(throws: MetricError.lacks(name: "perplexity", needs: .losses, provided: [.labels])) {
      try catalog.metrics(named: ["perplexity"], providing: [.labels], classes: 2)
    }
    #expect(throws: MetricError.needsTwoClasses(name: "f1.binary", classes: 6)) {
      try names(["f1.binary"], classes: 6)
    }
    #expect(throws: MetricError.isOfTokens(name: "perplexity")) {
      try catalog.metrics(named: ["perplexity"], providing: [.labels, .losses], classes: 2)
    }
    #expect(throws: MetricError.isTable(name: "confusion")) {
      try catalog.selector(named: "confusion", providing: [.labels], classes: 2)
    }
  }

  @Test func `better is greater for scores and lower for losses, past the margin`() throws {
    let score = try catalog.selector(named: "f1", providing: [.labels], classes: 3)
    #expect(score.improves(0.5, over: nil))
    #expect(score.improves(0.6, over: 0.5))
    #expect(!score.improves(0.5, over: 0.5))
    #expect(!score.improves(0.6, over: 0.55, margin: 0.1))
    #expect(!score.improves(.nan, over: nil))
    let loss = try catalog.selector(named: "ppl", providing: [.losses], classes: nil)
    #expect(loss.improves(3, over: 4))
    #expect(!loss.improves(5, over: 4))
  }
}
