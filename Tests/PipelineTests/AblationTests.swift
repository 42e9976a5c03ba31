import Evaluate
import Pipeline
import Records
import Stages
import TestSupport
import Testing

@Suite struct `The stages of an ablation` {
  private func plan() throws -> PipelinePlan {
    let text = """
      stages:
        - ingest: {path: a.jsonl}
        - clean.length: {min-words: 2}
        - augment.synonyms: {copies: 1}
        - clean.length: {max-words: 50}
        - split
        - tokenize: {tokenizer: {bpe: {vocabulary: 300}}}
      train: {model: scratch, architecture: bert}
      """
    return try Planner.plan(PipelineFile(text: text, path: "p.yaml", base: "/"))
  }

  @Test(arguments: [
    ("augment", ["augment.synonyms"]), ("augment.synonyms", ["augment.synonyms"]),
    ("clean", ["clean.length", "clean.length#2"]),
    ("clean.length", ["clean.length", "clean.length#2"]),
    ("clean.length#1", ["clean.length"]), ("clean.length#2", ["clean.length#2"]),
  ])
  func `are named by family, name or label`(_ name: String, _ labels: [String]) throws {
    let plan = try plan()
    let stages = try AblatedStages(name, of: plan)
    #expect(stages.labels == labels)
    let rest = stages.leftOut(of: plan).steps.map(\.label)
    #expect(rest == plan.steps.map(\.label).filter { !labels.contains($0) })
  }

  @Test(arguments: [
    ("augmnet", "did you mean 'augment'?"), ("ingest", "it reads the data"),
    ("split", "the same sides"), ("tokenize", "the model reads"), ("", "augment.synonyms"),
    ("clean.length#3", "did you mean"),
  ])
  func `that are none, or are needed, are refused`(_ name: String, _ words: String) throws {
    let plan = try plan()
    let error = #expect(throws: Diagnostics.self) { try AblatedStages(name, of: plan) }
    #expect(error?.description.contains(words) == true, "\(String(describing: error))")
  }

  @Test func `stay behind the split where it is an augmenter that is left out`() throws {
    let plan = try plan()
    let labels = try AblatedStages("augment", of: plan).leftOut(of: plan).steps.map(\.label)
    #expect(labels == ["ingest", "clean.length", "split", "clean.length#2", "tokenize"])
  }
}

@Suite struct `The metrics of an ablation` {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Why metrics are refused before anything runs; nil where they are not.
  private func refusal(
    _ metrics: [String], evaluate: String, objective: String = "causal"
  ) throws -> String? {
    let bert = "\(Shared.project)/Tests/Fixtures/Pipeline/sentences/bert"
    let text = """
      stages:
        - ingest: {path: a.jsonl}
        - clean.html
        - split
        - tokenize: {tokenizer: {bpe: {vocabulary: 300}}}
      train: {model: scratch, architecture: gpt2, objective: \(objective)}
      evaluate: \(evaluate.replacing("BERT", with: bert))
      """
    let plan = try Planner.plan(PipelineFile(text: text, path: "p.yaml", base: folder.path))
    var options = AblationOptions(over: "clean.html")
    options.metrics = metrics
    var hasBegun = false
    // The data is not there, so that what is not refused fails as soon as it runs.
    let error = #expect(throws: (any Error).self) {
      try Ablation(
        plan: plan, folder: "\(folder.path)/out", options: options, observer: Silent()
      ) { _ in hasBegun = true }
    }
    return hasBegun ? nil : "\(try #require(error))"
  }

  @Test(arguments: [
    (["bertscore"], "a model gives the scores of metric 'bertscore'"),
    (["bleu", "toxicity"], "a model gives the scores of metric 'toxicity'"),
    (["bias-max"], "a model gives the scores of metric 'bias_max'"),
    (["factscore"], "evaluate: [{factscore: {…}}]"),
    (["self-bleu"], "metric 'self_bleu' is of all texts together"),
    (["distinct"], "evaluate: [distinct1]"), (["distinct-3"], "evaluate: [distinct3]"),
    (["blue"], "no metric is called 'blue'"),
  ])
  func `that runs have no score of are refused first`(_ names: [String], words: String) throws {
    let refusal = try refusal(names, evaluate: "[bleu, perplexity]")
    #expect(refusal?.contains(words) == true, "\(refusal ?? "not refused")")
  }

  @Test func `are taken where evaluate names them, or what was written gives them`() throws {
    let scored = "[{bertscore_recall: {model: BERT}}, distinct, self_bleu]"
    let named = ["bertscore-recall", "distinct-n", "distinct_2", "selfbleu", "chrf", "rouge"]
    #expect(try refusal(named + ["perplexity"], evaluate: scored) == nil)
    // One of a family is not all of it.
    #expect(try refusal(["bertscore"], evaluate: scored)?.contains("'bertscore'") == true)
    #expect(try refusal(["distinct-3"], evaluate: scored)?.contains("'distinct3'") == true)
    #expect(try refusal(["chrf"], evaluate: "[perplexity]")?.contains("is of texts") == true)
  }

  @Test(arguments: ["confusion", "calibration"])
  func `are one number each`(_ name: String) throws {
    let refusal = try refusal(
      ["accuracy", name], evaluate: "[accuracy]", objective: "classification")
    #expect(refusal?.contains("'\(name)' is a table") == true, "\(refusal ?? "not refused")")
  }

  /// A run that wrote texts, of which a classifier gave scores.
  /// - Parameter unavailable: What the run says of metrics that its records do not allow.
  private func run(
    _ name: String, _ score: Int, unavailable: JSONObject = [:]
  ) throws -> String {
    try Folders.make("\(folder.path)/\(name)")
    let lines = (0..<12).map { index in
      #"{"id":"r\#(index)","input":"","reference":"ab","loss":\#(index % 3),"tokens":3,"#
        + #""generated":"ab","scores":{"toxicity":\#(score),"toxicity_ratio":\#(score + 1)}}"#
    }
    try folder.write(lines.joined(separator: "\n") + "\n", to: "\(name)/predictions.jsonl")
    try folder.write(
      "evaluate: [{toxicity: {model: one}}, distinct]\n", to: "\(name)/pipeline.lock.yaml")
    try folder.write(
      #"{"test":{"toxicity":\#(score),"toxicity_ratio":\#(score + 1),"#
        + #""toxicity_max":\#(score + 2),"distinct1":0.5,"distinct2":0.25,"loss":1,"#
        + #""unavailable":\#(JSONValue.object(unavailable).text)}}"#,
      to: "\(name)/metrics.json")
    return "\(folder.path)/\(name)"
  }

  @Test(arguments: [
    (["distinct"], ["distinct1", "distinct2"], []),
    (["distinct-2"], ["distinct2"], []), (["toxicity-max"], ["toxicity_max"], []),
    (["toxicity"], ["toxicity_max"], ["toxicity", "toxicity_ratio"]),
    (
      ["toxicity", "distinct-n"], ["toxicity_max", "distinct1", "distinct2"],
      ["toxicity", "toxicity_ratio"]
    ),
  ])
  func `are all that a name stands for, those of all texts together from the run`(
    _ names: [String], others: [String], drawn: [String]
  ) throws {
    var options = AblationOptions(over: "clean.html")
    (options.metrics, options.resamples) = (names, 50)
    let arms = try MeasuredArms(
      with: run("with", 30), without: run("without", 20), seed: 1, options)
    #expect(arms.others == others)
    #expect(Set(arms.with.keys) == Set(others + drawn))
    for name in drawn + others where name.hasPrefix("toxicity") {
      #expect((arms.with[name] ?? 0) - (arms.without[name] ?? 0) == 10, "\(name)")
    }
    if others.contains("distinct2") { #expect(arms.with["distinct2"] == 0.25) }
  }
}

extension `The metrics of an ablation` {
  @Test(arguments: [
    (["distinct-3"], [["distinct3"]]), (["distinct-3", "distinct-2"], [["distinct3"]]),
    ([], [["auc.macro"], ["distinct3"]]), (["toxicity"], []),
  ])
  func `that no record allows are told with the reason`(
    _ names: [String], left: [[String]]
  ) throws {
    var options = AblationOptions(over: "clean.html")
    (options.metrics, options.resamples) = (names, 50)
    let unavailable: JSONObject = [
      "auc.macro": "every record is of class 'ab'", "distinct3": "no text has three words",
    ]
    let arms = try MeasuredArms(
      with: run("with", 30, unavailable: unavailable), without: run("without", 20), seed: 1,
      options)
    let told = arms.leftOut.filter { $0.reason.contains("has no score of it, as ") }
    #expect(told.map(\.metrics) == left)
    #expect(told.allSatisfy { $0.reason.hasPrefix("'with' ") })
    #expect(Set(arms.with.keys).isDisjoint(with: left.joined()))
  }
}

@Suite struct `What an ablation says of a metric` {
  private func effect(
    _ with: [Double], _ without: [Double], direction: MetricDirection? = .greater,
    corrected: Double? = nil
  ) -> StageEffect {
    var effect = StageEffect(
      name: "f1.macro", direction: direction, with: with, without: without, records: nil,
      level: 0.95)
    effect.correctedPValue = corrected ?? effect.pValue
    return effect
  }

  @Test func `is in words what the intervals say`() {
    let low = [0.80, 0.81, 0.79, 0.80]
    let high = [0.90, 0.92, 0.90, 0.91]
    #expect(effect(high, low).verdict == .better)
    #expect(effect(low, high).verdict == .worse)
    #expect(effect(low, high, direction: .lower).verdict == .better)
    #expect(effect(low, high, direction: nil).verdict == .differs)
    #expect(effect(high, low, corrected: 0.06).verdict == .notCorrected)
    #expect(effect([0.8, 0.9], [0.81, 0.88]).verdict == .includesZero)
    #expect(effect(low, low).verdict == .includesZero)
    #expect(effect([0.8], [0.9]).verdict == .unknown)
    #expect(effect([0.8, .nan], [0.9, 0.9]).verdict == .unknown)
  }
}

@Suite struct `The evaluation sides of an ablation` {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func results(_ stages: String, _ name: String) throws -> [StageResult] {
    let lines = (0..<80).map { index in
      let words = index % 4 == 0 ? "Short" : "A longer line about <b>things</b>"
      return #"{"text":"\#(words) number \#(index * 7919)","label":"\#(index % 2)"}"#
    }
    try folder.write(lines.joined(separator: "\n") + "\n", to: "a.jsonl")
    let text = "stages: [{ingest: {path: a.jsonl}}, \(stages){split: {train: 0.5, test: 0.5}}]"
    let plan = try Planner.plan(PipelineFile(text: text, path: "p.yaml", base: folder.path))
    return try StageRunner(folder: "\(folder.path)/\(name)", seed: 3, threads: 1).run(plan.steps)
  }

  @Test func `are the records that both arms have on the same side`() throws {
    let own = try EvaluationSides(of: results("{clean.length: {min-words: 4}}, ", "a"), threads: 1)
    let other = try EvaluationSides(of: results("", "b"), threads: 1)
    let common = own.common(with: other)
    #expect(own.count < other.count && !common.isEmpty)
    #expect(common.isSubset(of: own.ids(.test).union(own.ids(.validation))))
    #expect(common == other.common(with: own))
    #expect(own.changed(common, in: other).isEmpty && own.relabelled(common, in: other).isEmpty)
    #expect(own.training + own.count == 60 && other.training + other.count == 80)
  }

  @Test func `tell which records a stage changes`() throws {
    let own = try EvaluationSides(of: results("clean.html, ", "a"), threads: 1)
    let other = try EvaluationSides(of: results("", "b"), threads: 1)
    let common = own.common(with: other)
    let changed = own.changed(common, in: other)
    #expect(!changed.isEmpty && changed.count < common.count)
    #expect(changed == changed.sorted())
  }

  @Test func `leave out what the other arm does not have, with a reason`() throws {
    let results = try results("", "a")
    let sides = try EvaluationSides(of: results, threads: 1)
    let kept = Set(sides.ids(.test).sorted().dropFirst(2))
    let step = try CommonRecords.step(kept)
    let other = try CommonRecords.step(Set(kept.dropFirst()))
    #expect(step.values.encoded != other.values.encoded)
    let after = try StageRunner(folder: "\(folder.path)/a", seed: 3, threads: 1).attempt(
      [step], after: #require(results.last), number: results.count + 1)
    let left = try EvaluationSides(of: after, threads: 1)
    #expect(left.ids(.test) == kept && left.training == sides.training)
    #expect(after.first?.counts.dropped["not-in-both-arms"] ?? 0 > 1)
  }
}
