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
