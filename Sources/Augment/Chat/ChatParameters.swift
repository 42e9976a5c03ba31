import Records
import Stages

/// Parameters of augmenters that ask a chat model.
struct ChatParameters {
  static let model = Parameter<String>(
    required: "model",
    "The model's name at the endpoint, whose address is ANNEAL_LLM_BASE_URL or OPENAI_BASE_URL.",
    check: { $0.isEmpty ? "must not be empty" : nil })
  static let topP = Parameter<Double?>(
    "top-p", default: nil, "Sample from the likeliest tokens that together have this probability.",
    check: { $0.map { $0 > 0 && $0 <= 1 } == false ? "must be above 0, and at most 1" : nil })
  static let atOnce = Parameter(
    "at-once", default: 8, aliases: ["parallel", "concurrency"],
    "How many requests wait for answers at a time.", check: Check.within(1...64))
  static let version = Parameter<String?>(
    "version", default: nil,
    "Another one asks anew what was kept; for a model that changed behind its name.")

  /// How much chance there is in answers; stages have defaults of their own.
  let temperature: Parameter<Double>
  /// How long an answer may be.
  let maximumTokens: Parameter<Int>

  /// - Parameters:
  ///   - temperature: The default.
  ///   - maximumTokens: The default.
  init(temperature: Double, maximumTokens: Int) {
    // Without chance a further try, and a further copy, would be the same again.
    self.temperature = Parameter(
      "temperature", default: temperature, "How much chance there is in what the model writes.",
      check: Check.within(0.01...2.0))
    self.maximumTokens = Parameter(
      "max-tokens", default: maximumTokens,
      "The most tokens of an answer; one that is cut there is refused.", check: Check.atLeast(1))
  }

  /// All of them, in the order shown to users.
  var all: [any AnyParameter] {
    [
      Self.model, temperature, Self.topP, maximumTokens, Self.atOnce, EndpointLimits.parameter,
      Self.version,
    ]
  }

  /// What values ask for.
  func request(_ values: ParameterValues) -> ChatModelRequest {
    ChatModelRequest(
      model: values[Self.model],
      options: GenerationOptions(
        maximumTokens: values[maximumTokens], temperature: values[temperature],
        topP: values[Self.topP]),
      atOnce: values[Self.atOnce], version: values[Self.version],
      account: EndpointAccount(values[EndpointLimits.parameter]))
  }
}
