import Records
import Stages
import TextKit

/// `clean.length`: drops records whose text is too short or too long.
///
/// A word is what Unicode's rules find between two boundaries and that holds a letter or a digit;
/// Chinese, Japanese and Thai, which write no blanks, are divided by ICU's dictionaries. Characters
/// are Unicode scalars. Tokens are those of the texts alone, without what a model puts around them.
/// Of several texts the lengths are added.
struct LengthStage: RecordStage, ModelTokenizerStage {
  private enum Keys {
    static let minWords = Parameter<Int?>(
      "min-words", default: nil, aliases: ["min_num_words"], "Drop records with fewer words.",
      check: Check.optionalAtLeast(0))
    static let maxWords = Parameter<Int?>(
      "max-words", default: nil, "Drop records with more words.", check: Check.optionalAtLeast(0))
    static let minCharacters = Parameter<Int?>(
      "min-characters", default: nil, aliases: ["min_len"], "Drop records with fewer characters.",
      check: Check.optionalAtLeast(0))
    static let maxCharacters = Parameter<Int?>(
      "max-characters", default: nil, aliases: ["max_len"], "Drop records with more characters.",
      check: Check.optionalAtLeast(0))
    static let minTokens = Parameter<Int?>(
      "min-tokens", default: nil, "Drop records with fewer tokens.",
      check: Check.optionalAtLeast(0))
    static let maxTokens = Parameter<Int?>(
      "max-tokens", default: nil, "Drop records with more tokens.", check: Check.optionalAtLeast(0))
    static let tokenizer = Parameter(
      "tokenizer", default: TokenizerName.model, aliases: ["hf_tokenizer"],
      "What counts tokens: the trained model's own tokenizer, a path, or a model's name.")
  }

  /// The stage, counting tokens by what `counter` makes of a tokenizer's path or name.
  static func descriptor(
    _ counter: @escaping @Sendable (PathValue) -> any TokenCounter
  ) -> StageDescriptor {
    StageDescriptor(
      "clean.length", "Drop records that are too short or too long.", role: .cleaning,
      parameters: [
        Keys.minWords, Keys.maxWords, Keys.minCharacters, Keys.maxCharacters, Keys.minTokens,
        Keys.maxTokens, Keys.tokenizer, CleanKeys.fields,
      ], example: "clean.length: {min-words: 5, max-words: 2000}"
    ) { values throws(Diagnostic) in
      let stage = LengthStage(
        fields: values[CleanKeys.fields],
        words: Bounds("words", values[Keys.minWords], values[Keys.maxWords]),
        characters: Bounds("characters", values[Keys.minCharacters], values[Keys.maxCharacters]),
        tokens: Bounds("tokens", values[Keys.minTokens], values[Keys.maxTokens]),
        makeCounter: counter)
      guard case .named(let name) = values[Keys.tokenizer] else { return stage }
      return stage.counting(by: name.path)
    }
  }

  let fields: [Selector]
  let words: Bounds
  let characters: Bounds
  let tokens: Bounds
  private let makeCounter: @Sendable (PathValue) -> any TokenCounter
  /// What counts tokens; nil as long as the trained model is not known.
  private var counter: (any TokenCounter)?

  private init(
    fields: [Selector], words: Bounds, characters: Bounds, tokens: Bounds,
    makeCounter: @escaping @Sendable (PathValue) -> any TokenCounter
  ) {
    self.fields = fields
    self.words = words
    self.characters = characters
    self.tokens = tokens
    self.makeCounter = makeCounter
  }

  private func counting(by tokenizer: PathValue) -> LengthStage {
    var stage = self
    stage.counter = makeCounter(tokenizer)
    return stage
  }

  func resolving(model folder: String) -> LengthStage {
    counter == nil ? counting(by: PathValue(folder, base: folder)) : self
  }

  func dependencies() throws(StageError) -> [String] {
    tokens.isSet ? try tokenCounter().files() : []
  }

  private func tokenCounter() throws(StageError) -> any TokenCounter {
    guard let counter else {
      throw StageError(
        "no-model", "'tokenizer: model' needs a model to take the tokenizer from",
        field: Keys.tokenizer.name,
        remedy: "name one under 'train: model:', or give a path or a model's name here")
    }
    return counter
  }

  func outcome(of record: Record, _ context: StageContext) throws(StageError) -> Outcome {
    let texts = fields.flatMap { record.fields($0) }.map(\.text)
    if characters.isSet {
      let count = texts.reduce(0) { $0 + $1.unicodeScalars.count }
      if let reason = characters.reason(against: count) { return .drop(reason) }
    }
    if words.isSet {
      let count = texts.reduce(0) { $0 + WordCount.of($1) }
      if let reason = words.reason(against: count) { return .drop(reason) }
    }
    if tokens.isSet {
      let counter = try tokenCounter()
      var count = 0
      for text in texts { count += try counter.count(of: text) }
      if let reason = tokens.reason(against: count) { return .drop(reason) }
    }
    return .keep(record)
  }
}

/// The least and the most of something.
struct Bounds: Sendable {
  let unit: String
  let least: Int?
  let most: Int?

  init(_ unit: String, _ least: Int?, _ most: Int?) {
    self.unit = unit
    self.least = least
    self.most = most
  }

  var isSet: Bool { least != nil || most != nil }

  /// Why a count is out of bounds; nil where it is not.
  func reason(against count: Int) -> Reason? {
    if let least, count < least { return reason("min-\(unit)", least, count) }
    if let most, count > most { return reason("max-\(unit)", most, count) }
    return nil
  }

  private func reason(_ rule: String, _ threshold: Int, _ count: Int) -> Reason {
    Reason(rule, JSONObject([(unit, .integer(count)), (rule, .integer(threshold))]))
  }
}

enum WordCount {
  private static let segmentation = Segmentation(.word)

  /// The words of a text.
  static func of(_ text: String) -> Int {
    segmentation.segments(of: text).count { $0.isWord }
  }
}
