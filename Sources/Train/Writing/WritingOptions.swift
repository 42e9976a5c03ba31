import Models
import Records
public import Stages

/// How a model writes the texts that are scored: `generate:` of a pipeline file.
///
/// Nothing is drawn unless asked. What is not written is left to the objective: a model that reads one
/// sequence and writes another keeps its own beams, and writes at most `max-target-length` tokens.
public struct WritingOptions: Sendable {
  /// The values as read, for lock files and fingerprints.
  public let values: ParameterValues

  /// Reads options from checked values of ``parameters``.
  public init(_ values: ParameterValues) { self.values = values }

  /// Every default.
  public init() {
    var diagnostics = Diagnostics()
    guard
      let values = ParameterValues.read(
        Self.parameters, from: nil, owner: "generate", into: &diagnostics)
    else { preconditionFailure("an option of generate has no default: \(diagnostics)") }
    self.values = values
  }

  /// What `generate:` takes, in the order shown to users.
  public static let parameters: [any AnyParameter] = [
    Keys.maxNewTokens, Keys.minNewTokens, Keys.beams, Keys.lengthPenalty, Keys.sample,
    Keys.temperature, Keys.topK, Keys.topP, Keys.repetitionPenalty, Keys.noRepeatNgram, Keys.stop,
    Keys.batchSize, Keys.validationRecords,
  ]

  /// The tokens that a causal model writes at most where nothing is said.
  static let usualLength = 128

  private enum Keys {
    static let maxNewTokens = Parameter<Int?>(
      "max-new-tokens", default: nil, aliases: ["max_tokens", "generation_max_length"],
      "The most new tokens; 128 by default, and max-target-length of sequence-to-sequence.",
      check: Check.optionalAtLeast(1))
    static let minNewTokens = Parameter<Int?>(
      "min-new-tokens", default: nil, "The least new tokens.", check: Check.optionalAtLeast(0))
    static let beams = Parameter<Int?>(
      "beams", default: nil, aliases: ["num-beams", "generation_num_beams"],
      "Follow this many sequences at once and keep the best.", check: Check.optionalAtLeast(1))
    static let lengthPenalty = Parameter<Double?>(
      "length-penalty", default: nil, "With beams: divide scores by the length to this power.")
    static let sample = Parameter<Bool?>(
      "sample", default: nil, aliases: ["do-sample"],
      "Draw tokens by their probabilities; so do temperature, top-k and top-p.")
    static let temperature = Parameter<Double?>(
      "temperature", default: nil, "Draw more boldly above 1, less below; 0 draws nothing.",
      check: Check.optionalAtLeast(0))
    static let topK = Parameter<Int?>(
      "top-k", default: nil, "Draw among this many of the likeliest tokens; 0 for all.",
      check: Check.optionalAtLeast(0))
    static let topP = Parameter<Double?>(
      "top-p", default: nil, "Draw among the likeliest tokens of this total probability.")
    static let repetitionPenalty = Parameter<Double?>(
      "repetition-penalty", default: nil, "Make tokens that occur already less likely, above 1.")
    static let noRepeatNgram = Parameter<Int?>(
      "no-repeat-ngram", default: nil, aliases: ["no-repeat-ngram-size"],
      "Let runs of this many tokens occur only once.", check: Check.optionalAtLeast(0))
    static let stop = Parameter<[String]>(
      "stop", default: [], aliases: ["stop-strings"], "Texts at which an answer ends.")
    static let batchSize = Parameter(
      "batch-size", default: 16, "How many answers are written together; they stay the same.",
      check: Check.atLeast(1))
    static let validationRecords = Parameter(
      "validation-records", default: 100,
      "How many records of the validation side are answered where training watches their score.",
      check: Check.atLeast(1))
  }

  var batchSize: Int { values[Keys.batchSize] }
  /// How many records of the validation side are answered at most.
  var validationRecords: Int { values[Keys.validationRecords] }
  /// The texts at which an answer ends.
  var stops: [String] { values[Keys.stop] }

  /// What is wrong with options that are right one by one; nil where nothing is.
  public var fault: String? {
    var options = DecodingOptions()
    do throws(ModelError) {
      try options.apply(fields, file: "generate")
      try options.check()
      return nil
    } catch {
      return error.problem
    }
  }

  /// The options under the names of transformers; what is not written is left out.
  var fields: JSONObject {
    var fields = JSONObject()
    func set(_ name: String, _ value: JSONValue?) { if let value { fields[name] = value } }
    set("max_new_tokens", values[Keys.maxNewTokens].map { .integer($0) })
    set("min_new_tokens", values[Keys.minNewTokens].map { .integer($0) })
    set("num_beams", values[Keys.beams].map { .integer($0) })
    set("length_penalty", values[Keys.lengthPenalty].map { .real($0) })
    set("do_sample", isDrawing.map { .bool($0) })
    set("temperature", values[Keys.temperature].flatMap { $0 == 0 ? nil : .real($0) })
    set("top_k", values[Keys.topK].map { .integer($0) })
    set("top_p", values[Keys.topP].map { .real($0) })
    set("repetition_penalty", values[Keys.repetitionPenalty].map { .real($0) })
    set("no_repeat_ngram_size", values[Keys.noRepeatNgram].map { .integer($0) })
    return fields
  }

  /// Whether tokens are drawn; nil where nothing says so.
  private var isDrawing: Bool? {
    if values[Keys.temperature] == 0 { return false }
    let isShaped =
      values[Keys.temperature] != nil || values[Keys.topK] != nil || values[Keys.topP] != nil
    return values[Keys.sample] ?? (isShaped ? true : nil)
  }
}
