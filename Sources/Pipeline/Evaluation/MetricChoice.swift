public import Evaluate
import Models
public import Records
import Stages

/// One entry of `evaluate:`: a metric or group of metrics, with what it takes.
///
///     evaluate: [chrf, perplexity, {bleu: {tokenize: zh}}]
public struct MetricChoice: Sendable {
  /// The name as it is written.
  public let name: String
  /// The values of a metric of texts; nil for metrics that take nothing.
  let values: ParameterValues?
  /// Whether options are written, be they those that hold anyway.
  private var hasOptions = false

  /// The family of a metric of texts; nil for other metrics.
  var family: TextMetricFamily? { TextMetrics.family(of: name) }

  /// A metric with its defaults, or nil where one of these must be written.
  init?(_ name: String) {
    self.name = name
    guard let family = TextMetrics.family(of: name), !family.parameters.isEmpty else {
      values = nil
      return
    }
    var diagnostics = Diagnostics()
    guard
      let values = ParameterValues.read(
        family.parameters, from: nil, owner: name, into: &diagnostics)
    else { return nil }
    self.values = values
  }

  private init(_ name: String, _ values: ParameterValues?, hasOptions: Bool = false) {
    (self.name, self.values, self.hasOptions) = (name, values, hasOptions)
  }

  /// The entry with every default.
  public var encoded: JSONValue {
    guard let options else { return .string(name) }
    return .object([name: .object(options)])
  }

  /// The entry as it is written in a lock file, which lies elsewhere: a model that was found by its
  /// path from `base` has its whole path.
  func encoded(base: String) -> JSONValue {
    guard var options, let model, let folder = try? ModelLocator().folder(of: model, base: base),
      folder == FilePaths.join(base, model)
    else { return encoded }
    options[Self.modelKey] = .string(folder)
    return .object([name: .object(options)])
  }

  /// All options with their values; nil for metrics that take nothing.
  var options: JSONObject? { values?.encoded }

  /// What every family calls the model that reads texts for it.
  private static let modelKey = "model"

  /// The model that reads texts for the metric, as it is written; nil for metrics without one.
  var model: String? { options?[Self.modelKey]?.string }

  /// Whether a metric cannot be computed by its defaults, since nothing says which model it asks.
  static func needsOptions(_ name: String) -> Bool {
    MetricChoice(name) == nil || TextMetrics.family(of: name)?.readsWithModel == true
  }

  /// Whether the metric is computed together with another, with which it shares its options.
  func isOfFamily(of name: String) -> Bool {
    guard let family, let other = TextMetrics.family(of: name) else { return false }
    return family.members.first?.name == other.members.first?.name
  }

  /// Why an entry does not go with those before it; nil where it does.
  ///
  /// The metrics of a family are computed together, so that they have one set of options.
  func fault(beside others: [MetricChoice], place: Place?) -> Diagnostic? {
    let other = others.first { $0.isOfFamily(of: name) && $0.options != options }
    return other.map { other in
      Diagnostic(
        "'\(name)' has other options than '\(other.name)', with which it is computed",
        path: "evaluate", place: place,
        remedy: "write the options at one of them; the other takes them as well")
    }
  }

  /// Whether the model is an encoder, and not a classifier.
  var isOfEncoder: Bool { ["bertscore", "embedding_similarity"].contains { isOfFamily(of: $0) } }

  /// Reads `NAME` or `NAME: {…}`, noting every fault; nil where there is one.
  ///
  /// - Parameter others: Entries beside it; a bare name takes the options that one of its family has.
  static func read(
    _ node: ConfigurationNode, sharing others: [ConfigurationNode] = [],
    into diagnostics: inout Diagnostics
  ) -> MetricChoice? {
    guard let entry = StageEntry(node) else {
      diagnostics.add(
        Diagnostic(
          "a metric is written 'name' or '{name: {key: value}}'; found \(node.kindName)",
          path: "evaluate", place: node.place))
      return nil
    }
    guard let family = TextMetrics.family(of: entry.name), !family.parameters.isEmpty else {
      // What is called like no metric is told by who checks names.
      if let extra = entry.parameters, extra.value != .null, isKnown(entry.name) {
        diagnostics.add(
          Diagnostic(
            "metric '\(entry.name)' takes no options", path: "evaluate", place: extra.place))
        return nil
      }
      return MetricChoice(entry.name, nil)
    }
    guard
      let values = ParameterValues.read(
        family.parameters, from: entry.parameters ?? shared(entry.name, others),
        owner: entry.name, place: entry.place, into: &diagnostics)
    else { return nil }
    return MetricChoice(entry.name, values, hasOptions: entry.parameters != nil)
  }

  /// Whether a metric is called so, whatever it needs.
  private static func isKnown(_ name: String) -> Bool {
    do throws(MetricError) {
      _ = try MetricCatalog.standard.metrics(named: [name], providing: [], classes: nil)
      return true
    } catch {
      if case .unknown = error { return TextMetrics.family(of: name) != nil }
      return true
    }
  }
}

extension MetricChoice {
  /// Reads metrics as a command line has them: `bleu, {toxicity: {model: runs/toxic}}`.
  ///
  /// - Throws: `Diagnostics` with all that is wrong.
  public static func list(_ text: String) throws -> [MetricChoice] {
    let root = try YAMLReader(file: "--metrics", base: FilePaths.current).read("[\(text)]")
    var diagnostics = Diagnostics()
    guard case .list(let nodes) = root.value else { return [] }
    var choices: [MetricChoice] = []
    for node in nodes {
      guard let choice = read(node, sharing: nodes, into: &diagnostics) else { continue }
      if let fault = choice.fault(beside: choices, place: node.place) { diagnostics.add(fault) }
      choices.append(choice)
    }
    guard diagnostics.isEmpty else { throw diagnostics }
    return choices
  }

  /// Puts the options that are written into settings; a metric without any leaves them as they are.
  /// - Throws: What says why a model or list of words that the metric needs is not there.
  public func set(_ settings: inout TextMetricSettings) throws {
    guard let values, hasOptions else { return }
    try family?.set(values, MetricResources(base: nil), &settings)
  }

  /// The options that are written at another metric of a metric's family.
  private static func shared(
    _ name: String, _ others: [ConfigurationNode]
  ) -> ConfigurationNode? {
    others.lazy.compactMap { StageEntry($0) }
      .first { $0.parameters != nil && MetricChoice($0.name, nil).isOfFamily(of: name) }?.parameters
  }
}

extension [MetricChoice] {
  /// The names of metrics of classes and losses.
  var ofOutcomes: [String] { filter { $0.family == nil }.map(\.name) }

  /// The names of metrics of what a model writes.
  var ofTexts: [String] { filter { $0.family != nil }.map(\.name) }

  /// The files that scores depend on: of encoders, and of WordNet.
  ///
  /// Those of classifiers and judges are in the fingerprint of the settings.
  /// - Throws: `ModelError` where a model is not there, `FileError` for a folder that cannot be read.
  func files(base: String) throws -> [String] {
    var files: [String] = []
    for choice in self {
      if let model = choice.model, choice.isOfEncoder {
        let folder = try ModelLocator().folder(of: model, base: base)
        files += try ModelFiles.all(of: folder) + SentenceVectors.files(of: folder)
      }
      if choice.isOfFamily(of: "meteor") {
        files += WordNetSynonyms.files(choice.options?["wordnet"]?.string)
      }
    }
    return files
  }

  /// The settings of all metrics of texts.
  /// - Throws: What says why a model or list of words that a metric needs is not there.
  func settings(_ resources: any TextMetricResources) throws -> TextMetricSettings {
    var settings = TextMetricSettings()
    for choice in self {
      guard let values = choice.values else { continue }
      try choice.family?.set(values, resources, &settings)
    }
    return settings
  }
}
