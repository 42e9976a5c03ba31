import Evaluate
import Pipeline
import Records
import Stages
import TestSupport
import Testing

/// What a metric asks of the judges, passages and options it is given, before anything is asked.
@Suite struct `A metric's judges` {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Settings of metrics that are written as a command line has them, where files are those of the folder.
  private func settings(_ metrics: String) throws -> TextMetricSettings {
    var settings = TextMetricSettings()
    for choice in try MetricChoice.list(metrics.replacing("@", with: "\(folder.path)/")) {
      try choice.set(&settings)
    }
    return settings
  }

  private func judge(_ prompt: String, _ name: String, labels: String = "['yes', 'no']") throws {
    try folder.write(
      "model: m\nendpoint: http://127.0.0.1:9/v1\nprompt: '\(prompt)'\nlabels: \(labels)",
      to: name)
  }

  @Test(arguments: [
    ("{toxicity: {judge: @pair.yaml, label: 'yes'}}", "a place for '{premise}', which nothing"),
    ("{bias: {judge: @pair.yaml, label: 'yes'}}", "a place for '{premise}', which nothing"),
    ("{consistency: {judge: @one.yaml, label: 'yes'}}", "no place for '{premise}'"),
    ("{consistency: {judge: @source.yaml, label: 'yes'}}", "no place for '{text}'"),
    (
      "{factscore: {facts: @facts.yaml, judge: @fact.yaml, knowledge: @passages.jsonl}}",
      "no place for '{context}'"
    ),
    ("{factscore: {facts: @facts.yaml, judge: @context.yaml}}", "no place for '{fact}'"),
  ])
  func `have prompts of what the metric asks them`(metric: String, part: String) throws {
    try judge("Is {text} so?", "one.yaml")
    try judge("Is {premise} so?", "source.yaml")
    try judge("Does {text} follow from {premise}?", "pair.yaml")
    try judge("List {sentence}", "facts.yaml", labels: "[none]")
    try judge("Is {fact} true?", "fact.yaml")
    try judge("Is {context} true?", "context.yaml")
    try judge("Given {context} is {fact} true?", "both.yaml")
    try folder.write(#"{"title": "a", "text": "b"}"#, to: "passages.jsonl")
    let error = #expect(throws: Diagnostic.self) { try settings(metric) }
    #expect(error?.message.contains(part) == true, "\(error as Any)")
    // What fits is taken.
    let right = try settings(
      "{toxicity: {judge: @one.yaml, label: 'yes'}}, "
        + "{consistency: {judge: @pair.yaml, label: 'yes'}}, "
        + "{factscore: {facts: @facts.yaml, judge: @both.yaml, knowledge: @passages.jsonl}}")
    #expect(right.classifiers.count == 2 && right.facts?.knowledge != nil)
    #expect(try settings("{factscore: {facts: @facts.yaml, judge: @fact.yaml}}").facts != nil)
  }

  @Test func `are checked with passages that nobody reads yet, but which must be there`() throws {
    try judge("List {sentence}", "facts.yaml", labels: "[none]")
    try judge("Given {context} is {fact} true?", "both.yaml")
    try folder.write("no JSON\n", to: "passages.jsonl")
    let metric = "{factscore: {facts: facts.yaml, judge: both.yaml, knowledge: passages.jsonl}}"
    func plan() throws -> PipelinePlan {
      let text = """
        stages: [{ingest: {path: a}}, {tokenize: {tokenizer: {bpe: {vocabulary: 300}}}}]
        train: {model: scratch, architecture: {gpt2: {layers: 1}}, objective: causal}
        evaluate: [\(metric)]
        """
      return try Planner.plan(PipelineFile(text: text, path: "p.yaml", base: folder.path))
    }
    _ = try plan()
    // A run, and 'score', read them.
    let written = metric.replacing(": facts", with: ": @facts").replacing(": both", with: ": @both")
      .replacing(": passages", with: ": @passages")
    let broken = #expect(throws: StageError.self) { try settings(written) }
    #expect(broken?.description.contains("passages.jsonl:1") == true, "\(broken as Any)")
    try Folders.remove("\(folder.path)/passages.jsonl")
    let error = #expect(throws: Diagnostics.self) { try plan() }
    #expect("\(error as Any)".contains("passages.jsonl"), "\(error as Any)")
  }

  @Test func `are one set of options a family, on the command line too`() throws {
    let error = #expect(throws: Diagnostics.self) {
      try MetricChoice.list("{rouge1: {stemmer: true}}, bleu, {rouge2: {stemmer: false}}")
    }
    #expect("\(error as Any)".contains("'rouge2' has other options than 'rouge1'"))
    let shared = try MetricChoice.list(
      "rougeL, {rouge1: {stemmer: true}}, {rouge2: {stemmer: true}}")
    #expect(shared.map(\.name) == ["rougeL", "rouge1", "rouge2"])
  }

  @Test(arguments: ["input", "context"])
  func `that compare with another field need no reference`(against: String) throws {
    try judge("Does {text} follow from {premise}?", "pair.yaml")
    let metric = "{consistency: {judge: @pair.yaml, label: 'yes', against: \(against)}}"
    let settings = try settings(metric)
    for name in ["consistency", "consistency_ratio", "toxicity", "refusals", "distinct1"] {
      #expect(!settings.needsReference(name), "\(name)")
    }
    #expect(settings.needsReference("bleu") && settings.needsReference("keywords.all"))
    let usual = try self.settings("{consistency: {judge: @pair.yaml, label: 'yes'}}")
    #expect(usual.needsReference("consistency_ratio"))
    let file = try folder.write(#"{"text": "a", "\#(against)": "b"}"#, to: "texts.jsonl")
    // It is read without a reference; with one to compare with, the lack is told.
    _ = try ScoreTool(files: [file], metrics: ["consistency"], settings: settings)
    #expect(throws: StageError.self) {
      try ScoreTool(files: [file], metrics: ["consistency"], settings: usual)
    }
  }
}
