import Pipeline
import Records
import Stages
import TestSupport
import Testing

@Suite struct `A pipeline file is checked as a whole` {
  private static let models = "\(Shared.project)/Tests/Fixtures/Models"

  private func plan(
    _ text: String, _ settings: [String] = []
  ) throws -> PipelinePlan {
    let file = try PipelineFile(text: text, path: "p.yaml", base: "/data")
    return try Planner.plan(file, overrides: settings.map { try Override($0) })
  }

  private func faults(_ text: String, _ settings: [String] = []) throws -> [String] {
    do {
      _ = try plan(text, settings)
      return []
    } catch let diagnostics as Diagnostics {
      return diagnostics.list.map(\.description)
    }
  }

  @Test func `options of a method that do not go together are told with their line`() throws {
    let text = """
      name: method
      stages:
        - ingest: {path: a.jsonl}
        - tokenize: {tokenizer: {bpe: {vocabulary: 500}}}
        - split: {train: 0.8, validation: 0.1, test: 0.1}
      train:
        model: scratch
        method: {prompt: {init: text}}
      """
    let faults = try faults(text)
    #expect(faults.contains { $0.hasPrefix("p.yaml:8:") && $0.contains("has no init-text") })
  }

  private static let twice = """
    variables: {data: a.jsonl}
    stages:
      - ingest: {path: "${data}"}
      - clean.length: {min-words: 1}
      - clean.unicode
      - clean.length: {min-words: 2}
      - split: {train: 0.8, validation: 0.1, test: 0.1}
    """

  /// The `min-words` of both stages.
  private func leastWords(_ setting: String) throws -> [JSONValue?] {
    try plan(Self.twice, [setting]).steps.filter { $0.descriptor.name == "clean.length" }
      .map { $0.values.encoded["min-words"] }
  }

  @Test func `a setting names one of several stages by its label`() throws {
    #expect(try leastWords("clean.length.min-words=7") == [7, 7])
    #expect(try leastWords("clean.length#1.min-words=7") == [7, 2])
    #expect(try leastWords("clean.length#2.min-words=7") == [1, 7])
  }

  @Test(arguments: [
    ("clean.length#3.min-words=7", "clean.length#2.min-words"),
    ("clean.lenght.min-words=7", "clean.length.min-words"),
    ("clean.lenght#2.min-words=7", "clean.length#2.min-words"),
    ("clean.unicod.form=NFC", "clean.unicode"), ("min-words=7", "clean.length.min-words"),
    ("trian.learning-rate=1", "train.learning-rate"), ("learning-rate=1", "train.learning-rate"),
    ("dta=b.jsonl", "data"), ("splt.train=0.5", "split.train"),
  ]) func `a slip in the key of a setting is told`(_ setting: String, _ meant: String) throws {
    let fault = try #require(try faults(Self.twice, [setting]).first)
    #expect(fault.hasSuffix("(did you mean '\(meant)'?)"), "\(fault)")
  }

  @Test(arguments: [
    "-", "*.jsonl", "&a", "!b", "|", ">c", "%d", "@e", "`f", "notes #2.txt", "#1.txt",
  ]) func `a setting is a text where YAML's marks have no use`(_ text: String) throws {
    let value = try Override("data=\(text)").value
    #expect(value.value == .scalar(text, quoted: false))
  }

  @Test func `a setting may be a list, a map, nothing or a quoted text`() throws {
    #expect(try Override("a=[b, c]").value.value != .scalar("[b, c]", quoted: false))
    #expect(
      try Override("a={b: 'c #d'}").value.entries?.first?.node.value
        == .scalar("c #d", quoted: true))
    #expect(try Override("a=").value.value == .null)
    #expect(try Override("a='b #c'").value.value == .scalar("b #c", quoted: true))
  }

  @Test func `the split moves before what is derived from or fitted to records`() throws {
    let plan = try plan(
      """
      name: order
      stages:
        - ingest: {path: a.jsonl}
        - clean.unicode: {form: NFC}
        - augment.synonyms: {rate: 0.1}
        - tokenize: {tokenizer: {bpe: {vocabulary: 500}}}
        - split: {train: 0.8, validation: 0.1, test: 0.1}
      """)
    #expect(
      plan.steps.map(\.label)
        == ["ingest", "clean.unicode", "split", "augment.synonyms", "tokenize"])
    #expect(plan.written.last == "split")
    #expect(plan.notes.contains { $0.contains("split runs before augment.synonyms") })
  }

  @Test func `the split moves before a stage that learns from the records`() throws {
    func labels(_ stage: String) throws -> [String] {
      try plan(
        """
        name: order
        stages:
          - ingest: {path: a.jsonl}
          - \(stage)
          - clean.unicode: {form: NFC}
          - split: {train: 0.8, validation: 0.1, test: 0.1}
        """
      ).steps.map(\.label)
    }
    #expect(
      try labels("clean.perplexity: {max-perplexity: 900}")
        == ["ingest", "split", "clean.perplexity", "clean.unicode"])
    #expect(
      try labels("clean.perplexity: {corpus: [good.txt]}")
        == ["ingest", "clean.perplexity", "clean.unicode", "split"])
  }

  @Test func `every fault is shown at once, in the order of the file, with a suggestion`() throws {
    let faults = try faults(
      """
      nam: x
      stages:
        - ingest: {path: a.jsonl, formt: csv}
        - clean.unicod: {form: NFC}
        - clean.length: {min-words: many}
      evaluate: [acuracy]
      """)
    #expect(faults.count == 5, "\(faults)")
    #expect(faults[0].contains("p.yaml:1:1") && faults[0].contains("did you mean 'name'?"))
    #expect(faults[1].contains("p.yaml:3:") && faults[1].contains("did you mean 'format'?"))
    #expect(faults[2].contains("p.yaml:4:") && faults[2].contains("did you mean 'clean.unicode'?"))
    #expect(faults[3].contains("clean.length.min-words: expected integer, found 'many'"))
    #expect(faults[4].contains("p.yaml:6:") && faults[4].contains("accuracy"))
  }

  @Test func `a file that is no YAML names the line`() throws {
    let faults = try faults("stages:\n  - ingest: {path: a\n  - b")
    #expect(faults.count == 1 && faults[0].hasPrefix("p.yaml:"), "\(faults)")
  }

  @Test func `the first stage must read data`() throws {
    let faults = try faults("stages: [clean.unicode]")
    #expect(faults.count == 1 && faults[0].contains("must read data"), "\(faults)")
  }

  @Test func `a variable brings its type and its folder`() throws {
    let text = """
      variables: {data: a.jsonl, words: 3}
      stages:
        - ingest: {path: "${data}"}
        - clean.length: {min-words: "${words}"}
      """
    let written = try plan(text)
    #expect(written.object["stages"]?.array?[0]["ingest"]?["path"] == ["/data/a.jsonl"])
    #expect(written.object["stages"]?.array?[1]["clean.length"]?["min-words"] == 3)
    let set = try plan(text, ["data=b.jsonl", "words=7"])
    let path = FilePaths.join(FilePaths.current, "b.jsonl")
    #expect(set.object["stages"]?.array?[0]["ingest"]?["path"] == [.string(path)])
    #expect(set.object["stages"]?.array?[1]["clean.length"]?["min-words"] == 7)
  }

  @Test func `an unknown variable and an override of nothing are faults`() throws {
    let text = "variables: {data: a}\nstages:\n  - ingest: {path: '${dat}'}"
    #expect(try faults(text).contains { $0.contains("did you mean 'data'?") })
    let good = "stages:\n  - ingest: {path: a}\n  - clean.length"
    #expect(try faults(good, ["clean.lenth.min-words=2"]).count == 1)
    #expect(try faults(good, ["clean.length.min-words=2"]).isEmpty)
  }

  @Test func `an override in a list is of what has the name, and the others stay`() throws {
    let text = """
      stages:
        - ingest: {path: a}
        - tokenize: {tokenizer: {bpe: {vocabulary: 500}}}
      train: {model: scratch, architecture: gpt2, objective: causal}
      evaluate: [bleu, {rouge: {stemmer: true}}, chrf]
      """
    func metrics(_ settings: [String]) throws -> JSONValue? {
      try plan(text, settings).object["evaluate"]
    }
    func metric(_ name: String, _ metrics: JSONValue?) -> JSONValue? {
      metrics?.array?.first { $0 == .string(name) || $0[name] != nil }
    }
    let set = try metrics(["evaluate.bleu.tokenize=zh", "evaluate.rouge.tokenizer=unicode"])
    #expect(set?.array?.count == 3)
    #expect(metric("bleu", set)?["bleu"]?["tokenize"] == "zh")
    #expect(metric("rouge", set)?["rouge"]?["stemmer"] == true)
    #expect(metric("rouge", set)?["rouge"]?["tokenizer"] == "unicode")
    #expect(try metrics(["evaluate=[chrf]"])?.array?.count == 1)
    #expect(try faults(text, ["evaluate.ter.normalized=true"]).count == 1)
    #expect(try faults(text, ["stages.ingest.path=b"]).isEmpty)
  }

  @Test func `training without a split gets the default one`() throws {
    let plan = try plan(
      """
      stages:
        - ingest: {path: a}
        - tokenize: {tokenizer: {bpe: {vocabulary: 500}}}
      train: {model: scratch, architecture: gpt2, objective: causal}
      """)
    #expect(plan.steps.map(\.label) == ["ingest", "split", "tokenize"])
    #expect(plan.notes.count == 1)
  }

  @Test func `names of other trainers are taken, and the canonical one is locked`() throws {
    let plan = try plan(
      """
      stages: [{ingest: {path: a}}, {tokenize: {tokenizer: {bpe: {vocabulary: 500}}}}]
      train:
        model_name_or_path: scratch
        architecture: {bert: {num_hidden_layers: 1}}
        num_train_epochs: 2
        per_device_train_batch_size: 4
        lr_scheduler_type: cosine
      """)
    #expect(plan.object["train"]?["model"] == "scratch")
    #expect(plan.object["train"]?["epochs"] == 2)
    #expect(plan.object["train"]?["batch-size"] == 4)
    #expect(plan.object["train"]?["schedule"]?["cosine"] != nil)
    #expect(plan.object["train"]?["architecture"]?["bert"]?["layers"] == 1)
  }

  @Test func `a file that expands without end is refused`() throws {
    var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for level in 1...7 {
      let list = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
      text += "a\(level): &a\(level) [\(list)]\n"
    }
    #expect(try faults(text).contains { $0.contains("too many values") })
  }

  /// A causal training, with more lines behind it.
  private func writing(_ more: String, objective: String = "causal") -> String {
    """
    stages: [{ingest: {path: a}}, {tokenize: {tokenizer: {bpe: {vocabulary: 500}}}}]
    train: {model: scratch, architecture: gpt2, objective: \(objective)}
    \(more)
    """
  }

  @Test func `metrics of what a model writes take options, all of which are locked`() throws {
    let plan = try plan(
      writing(
        """
        evaluate: [perplexity, exact-match, bleu: {tokenize: zh}, {rougeL: {stemmer: true}}]
        generate: {num_beams: 3, max_new_tokens: 40}
        """))
    let metrics = try #require(plan.object["evaluate"]?.array)
    #expect(metrics[0] == "perplexity")
    #expect(metrics[1]["exact-match"]?["form"] == "squad")
    #expect(metrics[2]["bleu"]?["tokenize"] == "zh" && metrics[2]["bleu"]?["smooth"] == "exp")
    #expect(metrics[3]["rougeL"]?["stemmer"] == true)
    #expect(plan.object["generate"]?["beams"] == 3)
    #expect(plan.object["generate"]?["max-new-tokens"] == 40)
  }

  @Test(arguments: [
    ("evaluate: [bleu]", "classification", "of texts that a model writes"),
    ("evaluate: [bleuu]", "causal", "did you mean 'bleu'?"),
    ("evaluate: [accuracy]", "causal", "needs labels"),
    ("evaluate: [{bleu: {tokenise: zh}}]", "causal", "did you mean 'tokenize'?"),
    ("evaluate: [{bleu: {tokenize: zhh}}]", "causal", "did you mean 'zh'?"),
    ("evaluate: [{perplexity: {base: 2}}]", "causal", "takes no options"),
    ("evaluate: [bertscore]", "causal", "'model' (text) is missing"),
    ("evaluate: [{bertscore: {model: no-such-encoder}}]", "causal", "no such model"),
    ("evaluate: [{bertscore: {model: \(models)/tiny-t5}}]", "causal", "does no encoding"),
    (
      "evaluate: [{bertscore: {model: \(models)/tiny-gpt2, layer: 1}}]", "causal",
      "cannot be taken apart"
    ),
    (
      "evaluate: [{bleu: {tokenize: zh}}, {bleu: {tokenize: char}}]", "causal",
      "other options than 'bleu'"
    ),
    (
      "evaluate: [{rouge1: {stemmer: true}}, {rouge2: {tokenizer: unicode}}]", "causal",
      "other options than 'rouge1'"
    ),
    ("generate: {beam: 2}", "causal", "did you mean 'beams'?"),
    ("generate: {top-p: 3}", "causal", "top_p is 3"),
    ("generate: {beams: 2}", "classification", "nothing is trained that writes"),
  ])
  func `metrics and ways to write that do not fit are faults before anything runs`(
    lines: String, objective: String, part: String
  ) throws {
    let faults = try faults(writing(lines, objective: objective))
    #expect(faults.count == 1 && faults[0].contains(part), "\(faults)")
    #expect(faults.allSatisfy { $0.hasPrefix("p.yaml:3:") }, "\(faults)")
  }

  @Test(arguments: [
    ("best-metric=f1.wieghted", "causal", "no metric is called"),
    ("early-stopping={metric: bleu}", "classification", "of texts that a model writes"),
    ("early-stopping={metric: rouge}", "causal", "name one of rouge1"),
    ("best-metric=confusion", "classification", "cannot order models"),
    ("best-metric=bertscore", "causal", "needs options"),
    ("early-stopping={metric: embedding_similarity}", "causal", "needs options"),
  ])
  func `metrics that training watches are checked before anything runs`(
    setting: String, objective: String, part: String
  ) throws {
    let faults = try faults(writing("", objective: objective), ["train.\(setting)"])
    #expect(faults.count == 1 && faults[0].contains(part), "\(faults)")
    let right = "early-stopping={metric: bleu, patience: 1}"
    #expect(try self.faults(writing(""), ["train.\(right)"]).isEmpty)
  }

  @Test func `metrics of one family share their options, wherever they are written`() throws {
    let plan = try plan(writing("evaluate: [rouge2, {rouge1: {stemmer: true}}, rougeL, bleu]"))
    let metrics = try #require(plan.object["evaluate"]?.array)
    #expect(metrics[0]["rouge2"]?["stemmer"] == true)
    #expect(metrics[1]["rouge1"]?["stemmer"] == true)
    #expect(metrics[2]["rougeL"]?["stemmer"] == true)
    #expect(metrics[3]["bleu"]?["tokenize"] == "13a")
    let encoder = "\(Shared.project)/Tests/Fixtures/Pipeline/sentences/bert"
    let watched = writing("evaluate: [bertscore_recall, {bertscore: {model: \(encoder)}}]")
    #expect(try faults(watched, ["train.best-metric=bertscore_precision"]).isEmpty)
  }

  @Test func `models named by a path are locked so that the run finds them from its folder`() throws
  {
    let text = """
      stages: [{ingest: {path: a}}, {tokenize: {tokenizer: model}}]
      train: {model: ./Models/tiny-gpt2, objective: causal}
      evaluate: [{embedding_similarity: {model: Pipeline/sentences/bert}}]
      """
    let base = "\(Shared.project)/Tests/Fixtures"
    let file = try PipelineFile(text: text, path: "p.yaml", base: base)
    let plan = try Planner.plan(file)
    #expect(plan.object["train"]?["model"] == .string("\(base)/Models/tiny-gpt2"))
    let metric = plan.object["evaluate"]?.array?.first?["embedding_similarity"]
    #expect(metric?["model"] == .string("\(base)/Pipeline/sentences/bert"))
  }
}
