public import Stages

/// The text metrics of one folder, which share settings and the reading of texts.
///
/// A new one is a folder in `Text` that describes its family, and a line in ``TextMetrics/families``.
public struct TextMetricFamily: Sendable {
  /// One metric of a family.
  public struct Member: Sendable {
    /// The key in results, such as `bleu`.
    public let name: String
    /// One sentence for the catalog.
    public let summary: String
    /// Which way is better.
    public let direction: MetricDirection
    /// Whether it is of all texts together, so that no record has a score of its own.
    public let isOfWhole: Bool

    init(
      _ name: String, _ summary: String, direction: MetricDirection = .greater,
      isOfWhole: Bool = false
    ) {
      (self.name, self.summary, self.direction) = (name, summary, direction)
      self.isOfWhole = isOfWhole
    }
  }

  /// What a family compares hypotheses with.
  enum Comparison: Sendable {
    case references
    /// The keywords of each record.
    case keywords
    /// Nothing: it looks at the hypotheses alone.
    case nothing
  }

  typealias Configure =
    @Sendable (ParameterValues, any TextMetricResources, inout TextMetricSettings) throws -> Void
  typealias Measure =
    @Sendable (_ names: [String], TextMaterial, TextMetricSettings, _ threads: Int?)
    throws -> [TextScore]

  /// Its metrics, in the order shown.
  public let members: [Member]
  /// What it takes in a pipeline file.
  public let parameters: [any AnyParameter]
  /// Names that stand for several members.
  let groups: [String: [String]]
  /// Names other tools use.
  let aliases: [String: String]
  /// Whether it reads texts with a model, so that a score is not found anew in a moment.
  public let readsWithModel: Bool
  /// The beginning of names that go on with the order of n-grams, 1 to 9.
  let ordered: String?
  let comparison: Comparison
  /// Puts values of its parameters into the settings.
  let configure: Configure
  /// Measures the metrics of the names given, all of this family.
  let measure: Measure

  init(
    _ members: [Member], parameters: [any AnyParameter] = [], groups: [String: [String]] = [:],
    aliases: [String: String] = [:], ordered: String? = nil,
    comparison: Comparison = .references, readsWithModel: Bool = false,
    configure: @escaping Configure = { _, _, _ in }, measure: @escaping Measure
  ) {
    (self.members, self.parameters, self.groups) = (members, parameters, groups)
    (self.aliases, self.ordered, self.comparison) = (aliases, ordered, comparison)
    self.readsWithModel = readsWithModel
    (self.configure, self.measure) = (configure, measure)
  }

  /// Puts values of its parameters into the settings.
  /// - Throws: What says why a model or list of words is not there.
  public func set(
    _ values: ParameterValues, _ resources: any TextMetricResources,
    _ settings: inout TextMetricSettings
  ) throws {
    try configure(values, resources, &settings)
  }

  /// What is known of one of its metrics; names with an order of n-grams are as the one that is listed.
  func member(_ name: String) -> Member? { members.first { $0.name == name } ?? members.first }

  /// The metrics that a name stands for; nil where it is none of this family's.
  func expand(_ name: String) -> [String]? {
    let name = aliases[name.lowercased()] ?? name
    if let group = groups[name] { return group }
    if members.contains(where: { $0.name == name }) { return [name] }
    guard let ordered, name.hasPrefix(ordered), let order = Int(name.dropFirst(ordered.count)),
      (1...9).contains(order), name == "\(ordered)\(order)"
    else { return nil }
    return [name]
  }
}

/// What metrics of texts get from elsewhere: models and lists of words.
public protocol TextMetricResources: Sendable {
  /// An encoder by its model's name or folder.
  /// - Throws: What says why there is none.
  func embedder(_ model: String, _ layer: EncoderLayer) throws -> any Embedder
  /// A classifier by where it comes from.
  /// - Parameter ofPairs: Whether it is asked of two texts, the first of which is the premise.
  /// - Throws: What says why there is none, or why it cannot be asked so.
  func classifier(_ source: ClassifierSource, ofPairs: Bool) throws -> any TextClassifier
  /// A judge by its file.
  /// - Throws: What says why there is none.
  func judge(_ file: String) throws -> any Judge
  /// The passages of a knowledge source by its file.
  /// - Throws: What says why they cannot be read.
  func passages(_ file: String) throws -> PassageIndex
  /// Which words mean the same, from WordNet's files; nil where there are none.
  /// - Throws: What says why files that were named cannot be read.
  func synonyms(_ folder: String?) throws -> (any SynonymSource)?
}

/// The layer of an encoder whose vectors are taken.
public enum EncoderLayer: Sendable, Hashable {
  /// The one that bert-score takes of the model; the last of models it does not know.
  case usual
  /// The last.
  case last
  /// One by its number, from 1.
  case number(Int)
}

/// What text metrics look at: what was written, and what it is compared with.
public struct TextMaterial: Sendable {
  /// The texts and their references.
  public let corpus: TextCorpus
  /// The texts with their keywords in place of references; nil where these are the references.
  public let keywords: TextCorpus?
  /// What was asked, a text a record; nil where that is not known.
  public let inputs: [String?]?
  /// What each record gives to answer from; nil where none does.
  public let contexts: [String?]?
  /// What each record is about; nil where none says.
  public let topics: [String?]?

  /// Gathers what metrics look at.
  ///
  /// - Precondition: there is one input and one context a record, where there are any.
  public init(
    _ corpus: TextCorpus, keywords: TextCorpus? = nil, inputs: [String?]? = nil,
    contexts: [String?]? = nil, topics: [String?]? = nil
  ) {
    for texts in [inputs, contexts, topics] {
      precondition(
        texts.map { $0.count == corpus.count } ?? true,
        "\(texts?.count ?? 0) inputs, contexts or topics of \(corpus.count) records")
    }
    (self.corpus, self.keywords) = (corpus, keywords)
    (self.inputs, self.contexts, self.topics) = (inputs, contexts, topics)
  }

  /// What a record is about: its topic, or what was asked.
  func topic(of record: Int) -> String? { topics?[record] ?? inputs?[record] }
}
