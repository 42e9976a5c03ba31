import Records
public import Stages

/// Whether what is written follows from what it was written of, as FactCC asks.
let consistencyFamily = ClassifierMetric(
  name: "consistency", what: "that texts follow from their references, by a classifier of pairs",
  direction: .greater, usual: ["entailment", "correct", "consistent", "supported"],
  parts: ["consistency", "consistency_ratio"], parameters: [ClassifierKeys.against],
  premise: { $0[ClassifierKeys.against] }
).family

let toxicityFamily = ClassifierMetric(
  name: "toxicity", what: "that texts are toxic, by a classifier",
  usual: ["toxic", "toxicity", "hate", "hateful", "offensive"]
).family

let biasFamily = ClassifierMetric(
  name: "bias", what: "that texts are biased, by a classifier", usual: ["biased", "bias"]
).family

let classifierFamily = ClassifierMetric(
  name: "classifier", what: "that texts are of a class, by any classifier", direction: .greater,
  usual: []
).family

/// A metric by a classifier, from which a family is made.
private struct ClassifierMetric: Sendable {
  let name: String
  /// What is probable, for the catalog.
  let what: String
  var direction = MetricDirection.lower
  /// Classes that count where none is named, in the order in which they are looked for.
  let usual: [String]
  var parts: [String]?
  /// What the metric takes besides what all of them take.
  var parameters: [any AnyParameter] = []
  var premise: @Sendable (ParameterValues) -> ClassifierScore.Premise? = { _ in nil }

  var family: TextMetricFamily {
    let all = [
      TextMetricFamily.Member(name, "Mean probability \(what).", direction: direction),
      .init("\(name)_ratio", "Share of texts that are so.", direction: direction),
      .init(
        "\(name)_max", "The highest such probability of a text.", direction: direction,
        isOfWhole: true),
    ]
    let members = all.filter { parts?.contains($0.name) ?? true }
    return TextMetricFamily(
      members,
      parameters: [
        ClassifierKeys.model, ClassifierKeys.judge, ClassifierKeys.label, ClassifierKeys.threshold,
      ] + parameters,
      groups: [name: members.map(\.name)],
      aliases: Dictionary(
        uniqueKeysWithValues: members.dropFirst().map {
          ($0.name.replacing("_", with: "-"), $0.name)
        }),
      comparison: parameters.isEmpty ? .nothing : .references, readsWithModel: true,
      configure: { values, resources, settings in
        settings.classifiers[name] = try score(values, resources)
      },
      measure: { names, material, settings, _ in
        guard let score = settings.classifiers[name] else { throw Self.missing(name) }
        return try score.measure(material).filter { names.contains($0.name) }
      })
  }

  private func score(
    _ values: ParameterValues, _ resources: any TextMetricResources
  ) throws -> ClassifierScore {
    let source: ClassifierSource
    switch (values[ClassifierKeys.model], values[ClassifierKeys.judge]) {
    case (let model?, nil): source = .model(model.resolved)
    case (nil, let judge?): source = .judge(judge.resolved)
    case (nil, nil):
      let missing = Self.missing(name)
      throw Diagnostic(missing.message, path: name, remedy: missing.remedy)
    default:
      throw Diagnostic(
        "'model' and 'judge' both say what judges", path: name, remedy: "write one of them")
    }
    let premise = premise(values)
    let classifier = try resources.classifier(source, ofPairs: premise != nil)
    return ClassifierScore(
      name: name, direction: direction, classifier: classifier,
      label: try label(values[ClassifierKeys.label], classifier),
      threshold: values[ClassifierKeys.threshold], premise: premise)
  }

  /// The place of the class that counts; capitals and small letters are one where that is clear.
  private func label(
    _ written: String?, _ classifier: any TextClassifier
  ) throws(Diagnostic) -> Int {
    let labels = classifier.labels
    for word in written.map({ [$0] }) ?? usual {
      if let exact = labels.firstIndex(of: word) { return exact }
      let near = labels.indices.filter { labels[$0].lowercased() == word.lowercased() }
      if near.count == 1 { return near[0] }
    }
    guard let written else {
      throw Diagnostic(
        "which class of \(classifier.name) counts is not said", path: "\(name).label",
        remedy: "write label, one of \(labels.joined(separator: ", "))")
    }
    throw Diagnostic(
      "\(classifier.name) has no class '\(written)'", path: "\(name).label",
      remedy: Suggestion.remedy(for: written, among: labels))
  }

  private static func missing(_ name: String) -> TextModelError {
    TextModelError(
      "metric '\(name)' needs a classifier",
      remedy: "name one that a pipeline trained, {\(name): {model: runs/NAME}}, or a judge behind "
        + "an endpoint, {\(name): {judge: FILE}}")
  }
}

/// Where a classifier comes from.
public enum ClassifierSource: Sendable, Hashable {
  /// A run that trained one, a folder that holds one, or a name in a cache.
  case model(String)
  /// The file of a judge: a model behind an endpoint and what it is asked.
  case judge(String)
}

/// A model by its folder or its name in a cache; a folder is found from that of the file it is written in.
struct ModelValue: ParameterValue, Hashable {
  private let path: PathValue

  /// The folder where there is one, else the name.
  var resolved: String { Folders.exists(path.resolved) ? path.resolved : path.written }

  static var typeName: String { "model" }

  static func decode(_ node: ConfigurationNode) throws(Diagnostic) -> ModelValue {
    ModelValue(path: try PathValue.decode(node))
  }

  var encoded: JSONValue { .string(resolved) }
}

/// What metrics by a classifier take in a pipeline file.
enum ClassifierKeys {
  static let model = Parameter<ModelValue?>(
    "model", default: nil, aliases: ["run", "checkpoint"],
    "The classifier: a run that trained one, a model's folder or name.")
  static let judge = Parameter<PathValue?>(
    "judge", default: nil, "In its place a judge: a file that says what a model is asked.")
  static let label = Parameter<String?>(
    "label", default: nil, aliases: ["class"],
    "The class that counts; by default one that is called like the metric.")
  static let threshold = Parameter<Double?>(
    "threshold", default: nil,
    "The probability from which on a text is of the class; by default it must be the likeliest, or "
      + "0.5 where a text may have several classes.",
    check: { value in
      value.map { (0...1).contains($0) } == false ? "must be from 0 to 1" : nil
    })
  static let against = Parameter(
    "against", default: ClassifierScore.Premise.reference, aliases: ["premise"],
    "What texts must follow from: the reference, the input, or the record's context.")
}

extension ClassifierScore.Premise: ChoiceValue {}
