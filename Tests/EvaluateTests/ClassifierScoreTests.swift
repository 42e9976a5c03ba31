import Evaluate
import Records
import Stages
import Testing

/// A classifier whose probability of `yes` is the number that the text, or the premise, is.
private struct Echo: TextClassifier {
  let name = "echo"
  var labels = ["no", "yes", "maybe"]
  var isMultiLabel = false
  func fingerprint() -> String { "1" }
  func probabilities(of texts: [ClassifiedText]) throws -> [[Float]] {
    texts.map { text in
      let yes = Float(text.text) ?? 0
      return [(1 - yes) / 2, yes, (1 - yes) / 2]
    }
  }
}

private struct Resources: TextMetricResources {
  var labels = ["no", "yes", "maybe"]
  func embedder(_ model: String, _ layer: EncoderLayer) throws -> any Embedder {
    throw TextModelError("none")
  }
  func classifier(_ source: ClassifierSource, ofPairs: Bool) -> any TextClassifier {
    Echo(labels: labels)
  }
  func judge(_ file: String) throws -> any Judge { throw TextModelError("none") }
  func passages(_ file: String) throws -> PassageIndex { try PassageIndex([]) }
  func synonyms(_ folder: String?) -> (any SynonymSource)? { nil }
}

@Suite struct `Scores by a classifier` {
  private func score(
    _ threshold: Double? = nil, _ premise: ClassifierScore.Premise? = nil
  ) -> ClassifierScore {
    ClassifierScore(
      name: "toxicity", classifier: Echo(), label: 1, threshold: threshold, premise: premise)
  }

  private let corpus = TextCorpus(
    hypotheses: ["0.9", "0.4", "0.2"], references: [["0.1"], ["0.3", "0.8"], ["0.5"]])

  @Test func `are the mean probability, the share and the highest, and those of each text`() throws
  {
    let found = try score().measure(TextMaterial(corpus))
    #expect(found.map(\.name) == ["toxicity", "toxicity_ratio", "toxicity_max"])
    let expected = [50.0, 200.0 / 3, 90]
    // Probabilities are of single precision.
    #expect(zip(found, expected).allSatisfy { abs($0.score - $1) < 1e-4 }, "\(found.map(\.score))")
    // 0.4 is the likeliest of three, 0.2 is not.
    #expect(found[1].measurement?.recordScores == [100, 100, 0])
    let strict = try score(0.5).measure(TextMaterial(corpus))
    #expect(strict[1].measurement?.recordScores == [100, 0, 0])
    #expect(strict[0].signature == "model:echo|label:yes|threshold:0.5")
    #expect(found.map { $0.measurement == nil } == found.map { TextMetrics.isOfWhole($0.name) })
  }

  @Test func `of classes that stand by themselves begin at a half`() throws {
    let echo = Echo(isMultiLabel: true)
    func ratio(_ threshold: Double?) throws -> TextScore {
      try ClassifierScore(name: "toxicity", classifier: echo, label: 1, threshold: threshold)
        .measure(TextMaterial(corpus))[1]
    }
    // 0.4 is the likeliest of three, and does not apply.
    #expect(try ratio(nil).measurement?.recordScores == [100, 0, 0])
    #expect(try ratio(nil).signature == "model:echo|label:yes|threshold:0.5")
    #expect(try ratio(0.3).measurement?.recordScores == [100, 100, 0])
  }

  @Test func `are of the premise that a text follows from best`() throws {
    let found = try score(nil, .reference).measure(TextMaterial(corpus))
    let scores = found[0].measurement?.recordScores ?? []
    #expect(zip(scores, [10, 80, 50]).allSatisfy { abs($0 - $1) < 1e-4 }, "\(scores)")
    let material = TextMaterial(corpus, inputs: ["1", "0", "1"], contexts: ["0", "0", nil])
    #expect(try score(nil, .input).measure(material)[1].measurement?.recordScores == [100, 0, 100])
    let error = #expect(throws: TextModelError.self) { try score(nil, .context).measure(material) }
    #expect(error?.description.contains("record 3 has none") == true, "\(error as Any)")
    let lack = #expect(throws: TextModelError.self) {
      try score(nil, .input).measure(TextMaterial(corpus))
    }
    #expect(lack?.description.contains("the records have none") == true)
  }

  // MARK: - What a pipeline file says

  private func settings(
    _ name: String, _ written: [(String, String)], labels: [String] = ["no", "yes", "maybe"]
  ) throws -> TextMetricSettings {
    let place = Place(file: "test")
    let entries = written.map { key, text in
      ConfigurationNode.Entry(
        key: key, place: place,
        node: ConfigurationNode(.scalar(text, quoted: false), place: place, base: "/"))
    }
    var diagnostics = Diagnostics()
    let family = try #require(TextMetrics.family(of: name))
    let values = ParameterValues.read(
      family.parameters, from: ConfigurationNode(.map(entries), place: place, base: "/"),
      owner: name, into: &diagnostics)
    var settings = TextMetricSettings()
    try family.set(try #require(values, "\(diagnostics)"), Resources(labels: labels), &settings)
    return settings
  }

  @Test func `take the class that is named, or called like the metric`() throws {
    let named = try settings("toxicity", [("model", "m"), ("label", "YES")])
    #expect(named.classifiers["toxicity"]?.label == 1)
    let usual = try settings("consistency", [("model", "m")], labels: ["NEUTRAL", "ENTAILMENT"])
    let score = try #require(usual.classifiers["consistency"])
    #expect(score.label == 1 && score.premise == .reference && score.direction == .greater)
    #expect(
      try settings("bias", [("judge", "f")], labels: ["biased", "fair"]).fingerprint() == "bias 1")
  }

  @Test(arguments: [
    ("toxicity", [("model", "m"), ("label", "yess")], "did you mean 'yes'?"),
    ("toxicity", [("model", "m")], "write label, one of no, yes, maybe"),
    ("consistency", [], "needs a classifier"),
    ("classifier", [("model", "m"), ("judge", "f")], "both say what judges"),
  ])
  func `faults say what to write`(
    name: String, written: [(String, String)], expected: String
  ) throws {
    let error = #expect(throws: Diagnostic.self) { try settings(name, written) }
    #expect(error?.description.contains(expected) == true, "\(error as Any)")
  }

  @Test func `stand in the catalog, where a group's name chooses models by its mean`() throws {
    #expect(TextMetrics.expand("toxicity") == ["toxicity", "toxicity_ratio", "toxicity_max"])
    #expect(TextMetrics.expand("consistency") == ["consistency", "consistency_ratio"])
    #expect(try TextMetrics.selector(named: "toxicity").name == "toxicity")
    #expect(try TextMetrics.selector(named: "toxicity").direction == .lower)
    #expect(try TextMetrics.selector(named: "consistency_ratio").direction == .greater)
    #expect(throws: MetricError.self) { try TextMetrics.selector(named: "rouge") }
    #expect(Set(TextMetrics.known).count == TextMetrics.known.count)
    let error = #expect(throws: TextModelError.self) {
      try TextMetrics(named: ["bias"]).scores(of: corpus)
    }
    #expect(error?.description.contains("needs a classifier") == true)
  }
}
