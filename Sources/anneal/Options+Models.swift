public import ArgumentParser
public import Pipeline
import Records
public import Tensors
public import Tokenize
public import Train

extension LedgerKey: ExpressibleByArgument {}
extension Precision: ExpressibleByArgument {}
extension TaskName: ExpressibleByArgument {}
extension WeightForm: ExpressibleByArgument {}
extension VocabularyOptions.Model: ExpressibleByArgument {}
extension VocabularyOptions.Normalizer: ExpressibleByArgument {}
extension VocabularyOptions.PreTokenizer: ExpressibleByArgument {}

/// How a model's numbers are held and multiplied.
struct NumberArguments: ParsableArguments {
  @Option(help: "The numbers that matrix products multiply.")
  var precision = Precision.auto

  @Option(
    name: [.long, .customLong("quantization")],
    help: """
      The numbers that weights are held in: int8 takes a quarter of the memory traffic, and so is \
      faster, most of all for single prompts; scores change a little.
      """)
  var weights = WeightForm.fp32
}

/// How tokens are generated; names of transformers are aliases.
struct DecodingArguments: ParsableArguments {
  @Option(
    name: [.long, .customLong("max_new_tokens")],
    help: ArgumentHelp("The most new tokens.", valueName: "n"))
  var maxNewTokens: Int?

  @Option(
    name: [.long, .customLong("min_new_tokens")],
    help: ArgumentHelp("The least new tokens.", valueName: "n"))
  var minNewTokens: Int?

  @Option(
    name: [.long, .customLong("num-beams"), .customLong("num_beams")],
    help: ArgumentHelp("Follow this many sequences at once and keep the best.", valueName: "n"))
  var beams: Int?

  @Option(
    name: [.long, .customLong("length_penalty")],
    help: ArgumentHelp(
      "With beams: divide scores by the length to this power.", valueName: "number"))
  var lengthPenalty: Double?

  @Option(
    name: [.long, .customLong("early_stopping")],
    help: ArgumentHelp("With beams: when to stop (true, false, never).", valueName: "when"))
  var earlyStopping: String?

  @Flag(
    inversion: .prefixedNo,
    help: "Draw tokens by their probabilities; so do --temperature, --top-k and --top-p.")
  var sample: Bool?

  @Option(
    help: ArgumentHelp("Draw more boldly above 1, less below; 0 draws nothing.", valueName: "t"))
  var temperature: Double?

  @Option(
    name: [.long, .customLong("top_k")],
    help: ArgumentHelp("Draw among the n likeliest tokens; 0 for all.", valueName: "n"))
  var topK: Int?

  @Option(
    name: [.long, .customLong("top_p")],
    help: ArgumentHelp("Draw among the likeliest tokens of this total probability.", valueName: "p")
  )
  var topP: Double?

  @Option(
    name: [.long, .customLong("repetition_penalty")],
    help: ArgumentHelp("Make tokens that occur already less likely, above 1.", valueName: "number"))
  var repetitionPenalty: Double?

  @Option(
    name: [.long, .customLong("no-repeat-ngram-size"), .customLong("no_repeat_ngram_size")],
    help: ArgumentHelp("Let runs of n tokens occur only once.", valueName: "n"))
  var noRepeatNgram: Int?

  @Option(help: ArgumentHelp("End where this text occurs; may be given often.", valueName: "text"))
  var stop: [String] = []

  @Option(help: ArgumentHelp("The seed of what is drawn.", valueName: "n"))
  var seed: Int?

  /// The settings, with options under a command's own defaults.
  func settings(
    _ defaults: JSONObject = [:], template: String?, numbers: NumberArguments
  ) -> GenerationSettings {
    var settings = GenerationSettings()
    settings.options = defaults
    settings.options.merge(fields)
    if let seed { settings.seed = UInt64(bitPattern: Int64(seed)) }
    settings.template = template
    settings.precision = numbers.precision
    settings.weights = numbers.weights
    return settings
  }

  /// The options as `generation_config.json` would hold them.
  private var fields: JSONObject {
    var fields = JSONObject()
    func set(_ name: String, _ value: JSONValue?) { if let value { fields[name] = value } }
    set("max_new_tokens", maxNewTokens.map { .integer($0) })
    set("min_new_tokens", minNewTokens.map { .integer($0) })
    set("num_beams", beams.map { .integer($0) })
    set("length_penalty", lengthPenalty.map { .real($0) })
    set("early_stopping", earlyStopping.map { Bool($0).map { .bool($0) } ?? .string($0) })
    set("do_sample", isDrawing.map { .bool($0) })
    set("temperature", temperature.flatMap { $0 == 0 ? nil : .real($0) })
    set("top_k", topK.map { .integer($0) })
    set("top_p", topP.map { .real($0) })
    set("repetition_penalty", repetitionPenalty.map { .real($0) })
    set("no_repeat_ngram_size", noRepeatNgram.map { .integer($0) })
    set("stop_strings", stop.isEmpty ? nil : .array(stop.map { .string($0) }))
    return fields
  }

  /// Whether tokens are drawn; nil where the model's own defaults decide.
  private var isDrawing: Bool? {
    if temperature == 0 { return false }
    return sample ?? (temperature != nil || topK != nil || topP != nil ? true : nil)
  }
}
