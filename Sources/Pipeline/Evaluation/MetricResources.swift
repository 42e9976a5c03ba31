public import Evaluate
import Records
import Stages

/// What metrics of texts get from models and lists of words.
struct MetricResources: TextMetricResources {
  /// The folder that names of models resolve against.
  let base: String?
  /// Whether lists of words and passages are read; a check of a plan needs only to know that they are
  /// there.
  var reads = true

  func synonyms(_ folder: String?) throws -> (any SynonymSource)? {
    reads ? try WordNetSynonyms.find(folder) : nil
  }

  func embedder(_ model: String, _ layer: EncoderLayer) throws -> any Embedder {
    try TextEmbedder(model: model, base: base, layer: layer)
  }

  func classifier(_ source: ClassifierSource, ofPairs: Bool) throws -> any TextClassifier {
    switch source {
    case .model(let model): try ModelClassifier(model: model, base: base)
    case .judge(let file): try JudgeClassifier(EndpointJudge(file: file), ofPairs: ofPairs)
    }
  }

  func judge(_ file: String) throws -> any Judge { try EndpointJudge(file: file) }

  func passages(_ file: String) throws -> PassageIndex {
    var passages: [PassageIndex.Passage] = []
    // Opened in either case, which says whether it is a file that can be read.
    guard reads else {
      _ = try FileReader(file)
      return try PassageIndex([])
    }
    try LineBatches.forEachLine(of: file) { bytes, source in
      let line = try InputLine.object(bytes, at: source)
      func field(_ name: String) throws(StageError) -> String {
        guard let text = line[name]?.string else {
          throw StageError(
            "missing-field", "is no text", source: source, field: name,
            remedy: "write a passage a line: {\"title\": …, \"text\": …}")
        }
        return text
      }
      passages.append(try .init(title: field("title"), text: field("text")))
    }
    return try PassageIndex(passages)
  }
}

extension TextMetricSettings {
  /// Lets metrics that read texts with an encoder use a model, by its name or folder.
  ///
  /// - Parameters:
  ///   - layer: BERTScore's; if nil bert-score's choice for the model, or the last.
  ///   - idf: Whether BERTScore weighs tokens by how few references have them.
  /// - Throws: What says why there is no such model.
  public mutating func use(encoder model: String, layer: Int?, idf: Bool) throws {
    let resources = MetricResources(base: nil)
    bertScore = BERTScore(
      embedder: try resources.embedder(model, layer.map { .number($0) } ?? .usual), idf: idf)
    similarity = EmbeddingSimilarity(embedder: try resources.embedder(model, .last))
  }
}
