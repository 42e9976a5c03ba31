import Records
import Stages
import TextKit

/// `clean.perplexity`: drops records that a language model of n-grams finds too odd, or too plain.
///
/// The model is read from a file, or learned from files of text, or from the records themselves: of
/// the training side, where a split has been made.
struct PerplexityStage: CollectionStage {
  private enum Keys {
    static let model = Parameter<PathValue?>(
      "model", default: nil, "A model that 'save' wrote; without, one is learned.")
    static let corpus = Parameter(
      "corpus", default: [] as [PathValue],
      "Text to learn from, or JSON lines, whose texts count; without, the records themselves.")
    static let order = Parameter(
      "order", default: 3, "Learning: tokens an n-gram.", check: Check.within(1...8))
    static let unit = Parameter(
      "unit", default: TokenUnit.words, "Learning: what tokens are, words or bytes.")
    static let save = Parameter(
      "save", default: false, "Leave the model in the run folder, as model.lm.")
    static let most = Parameter<Double?>(
      "max-perplexity", default: 1500, aliases: ["max_ppl"],
      "Drop records with a text of greater perplexity.",
      check: { $0.map { $0 < 1 } == true ? "must be at least 1" : nil })
    static let least = Parameter<Double?>(
      "min-perplexity", default: nil, aliases: ["min_ppl"],
      "Drop records with a text of smaller perplexity.",
      check: { $0.map { $0 < 1 } == true ? "must be at least 1" : nil })
  }

  static let descriptor = StageDescriptor(
    "clean.perplexity",
    "Drop records that a language model of n-grams finds too odd, or too plain.",
    role: .cleaning, version: 2,
    parameters: [
      Keys.model, Keys.corpus, Keys.order, Keys.unit, Keys.save, Keys.most, Keys.least,
      CleanKeys.fields,
    ],
    memory: "learning: about 75 bytes a token and order; then 12 an n-gram and 32 a context",
    example: "clean.perplexity: {corpus: [good.txt], max-perplexity: 1500}"
  ) { values throws(Diagnostic) in
    guard values[Keys.model] == nil || values[Keys.corpus].isEmpty else {
      throw Diagnostic("a model is read or learned", remedy: "drop 'model' or 'corpus'")
    }
    return PerplexityStage(
      model: values[Keys.model]?.resolved, corpus: values[Keys.corpus].map(\.resolved),
      order: values[Keys.order], unit: values[Keys.unit], saves: values[Keys.save],
      most: values[Keys.most], least: values[Keys.least], fields: values[CleanKeys.fields])
  }

  let model: String?
  let corpus: [String]
  let order: Int
  let unit: TokenUnit
  let saves: Bool
  let most: Double?
  let least: Double?
  let fields: [Selector]

  func dependencies() throws(StageError) -> [String] { model.map { [$0] } ?? corpus }

  var learnsFromRecords: Bool { model == nil && corpus.isEmpty }

  func plan(_ records: RecordCollection, _ context: StageContext) throws -> KneserNeyModel {
    let plan = try model.map(Self.read) ?? learned(from: records)
    if saves, !context.artifacts.isEmpty { try plan.write(to: "\(context.artifacts)/model.lm") }
    return plan
  }

  private static func read(_ path: String) throws -> KneserNeyModel {
    guard let model = KneserNeyModel(try FileReader.contents(path)) else {
      throw StageError(
        "unreadable-model", "is no language model", source: Source(file: path, line: 0),
        field: "model", remedy: "name the model.lm that 'clean.perplexity: {save: true}' left")
    }
    return model
  }

  private func learned(from records: RecordCollection) throws -> KneserNeyModel {
    var trainer = KneserNeyTrainer(order: order, unit: unit)
    for path in corpus {
      for text in try CorpusFile.texts(path) { trainer.add(text) }
    }
    if corpus.isEmpty {
      try records.training.forEachBatch { batch in
        for record in batch where record.augmentedBy == nil {
          for field in fields.flatMap({ record.fields($0) }) { trainer.add(field.text) }
        }
      }
    }
    guard !trainer.isEmpty else {
      throw StageError(
        "empty-corpus", "there are no words to learn from", field: "corpus",
        remedy: "name a file of text, or check 'fields'")
    }
    return trainer.model()
  }

  func outcome(
    of record: Record, at index: Int, _ plan: KneserNeyModel, _ context: StageContext
  ) throws(StageError) -> Outcome {
    var notes = JSONObject()
    for field in fields.flatMap({ record.fields($0) }) {
      guard let value = plan.perplexity(of: field.text) else { continue }
      if let most, value > most {
        return .drop(
          Reason("max-perplexity", "perplexity", value, "max-perplexity", most).at(field.path))
      }
      if let least, value < least {
        return .drop(
          Reason("min-perplexity", "perplexity", value, "min-perplexity", least).at(field.path))
      }
      notes[field.path] = .number(value)
    }
    return .keep(record, note: notes.isEmpty ? nil : ["perplexity": .object(notes)])
  }
}

/// Texts of a file: all of it, or all strings of its JSON lines.
enum CorpusFile {
  static func texts(_ path: String) throws -> [String] {
    let bytes = try FileReader.contents(path)
    guard bytes.first(where: { $0 > 0x20 }) == UInt8(ascii: "{") else {
      return [String(decoding: bytes, as: UTF8.self)]
    }
    var texts: [String] = []
    for (number, line) in bytes.split(separator: UInt8(ascii: "\n")).enumerated() {
      do { collect(try JSONValue.parse(line), into: &texts) } catch {
        throw StageError(
          "unreadable-corpus", "\(error)", source: Source(file: path, line: number + 1))
      }
    }
    return texts
  }

  private static func collect(_ value: JSONValue, into texts: inout [String]) {
    if let text = value.string { texts.append(text) }
    for item in value.array ?? [] { collect(item, into: &texts) }
    for member in value.object?.members ?? [] { collect(member.value, into: &texts) }
  }
}
