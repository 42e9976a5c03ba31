import Models
import Stages
import Tokenize

/// Trains the vectors of virtual tokens before every text (prompt tuning: Lester and others 2021).
struct PromptMethod: TrainingMethod {
  private let options: PromptOptions
  private let start: StartOfPrompt
  private let text: String?

  private static let start = Parameter<StartOfPrompt?>(
    "init", default: nil, aliases: ["prompt_tuning_init"],
    "How the vectors begin: random, vocabulary (those of words drawn from it) or text; random by "
      + "default, text where init-text is given.")
  private static let text = Parameter<String?>(
    "init-text", default: nil, aliases: ["init_text", "prompt_tuning_init_text"],
    "The text whose tokens' vectors they begin with.",
    check: { $0?.isEmpty ?? false ? "must not be empty" : nil })

  static let descriptor = MethodDescriptor(
    component: ComponentDescriptor(
      "prompt", "Vectors of virtual tokens before every text are trained (prompt tuning).",
      parameters: [VirtualKeys.count, start, text, VirtualKeys.layout]),
    make: { values in
      var options = PromptOptions()
      options.count = values[VirtualKeys.count]
      options.layout = values[VirtualKeys.layout].map { $0.layout }
      let text = values[text]
      return PromptMethod(
        options: options, start: values[start] ?? (text == nil ? .random : .text), text: text)
    })

  func prepare(_ model: any Model, _ start: MethodStart) throws -> PreparedMethod {
    var options = options
    options.savedModules = TaskHead.modules(of: model, start)
    options.initialisation = try initialisation(start.tokenizer)
    return PreparedMethod(try PromptAdapter(options, to: model, seed: start.seed))
  }

  private func initialisation(
    _ tokenizer: Tokenizer
  ) throws(TrainingError) -> PromptInitialisation {
    switch start {
    case .random: return .random
    case .vocabulary: return .vocabulary
    case .text:
      guard let text else {
        throw TrainingError(
          "method 'prompt' is to begin with a text and has none",
          remedy: "write init-text: Classify the abstract by its field, or another init")
      }
      return .text(tokens: tokenizer.encode(text).ids)
    }
  }
}

/// Trains a network that makes the vectors of virtual tokens (P-tuning: Liu and others 2021).
struct PTuningMethod: TrainingMethod {
  private let options: PromptOptions
  private let width: Int?
  private let isRecurrent: Bool
  private let layers: Int
  private let dropout: Double

  private static let kind = Parameter(
    "encoder", default: KindOfEncoder.mlp, aliases: ["encoder_reparameterization_type"],
    "The network: mlp (three maps) or lstm (bidirectional, and two maps).")
  private static let width = Parameter<Int?>(
    "width", default: nil, aliases: ["encoder_hidden_size", "hidden"],
    "The width of the network; the model's by default.",
    check: { ($0 ?? 1) < 1 ? "must be at least 1" : nil })
  private static let layers = Parameter(
    "layers", default: 2, aliases: ["encoder_num_layers"], "Layers of the LSTM.",
    check: Check.atLeast(1))
  private static let dropout = Parameter(
    "dropout", default: 0.0, aliases: ["encoder_dropout"], "The dropout between the LSTM's layers.",
    check: { (0..<1).contains($0) ? nil : "must be from 0 to below 1" })

  static let descriptor = MethodDescriptor(
    component: ComponentDescriptor(
      "p-tuning",
      "A network that makes the vectors of virtual tokens before every text is trained (P-tuning).",
      parameters: [VirtualKeys.count, kind, width, layers, dropout, VirtualKeys.layout]),
    make: { values in
      var options = PromptOptions()
      options.count = values[VirtualKeys.count]
      options.layout = values[VirtualKeys.layout].map { $0.layout }
      return PTuningMethod(
        options: options, width: values[width], isRecurrent: values[kind] == .lstm,
        layers: values[layers], dropout: values[dropout])
    })

  func prepare(_ model: any Model, _ start: MethodStart) throws(ModelError) -> PreparedMethod {
    var options = options
    options.savedModules = TaskHead.modules(of: model, start)
    let width = width ?? model.virtualPlaces.first?.vectorWidth ?? 1
    options.encoder =
      isRecurrent
      ? .recurrent(width: width, layers: layers, dropout: dropout) : .maps(width: width)
    return PreparedMethod(try PromptAdapter(options, to: model, seed: start.seed))
  }
}

/// The word for how vectors begin; PEFT's are accepted.
private enum StartOfPrompt: String, ChoiceValue {
  case random, vocabulary, text

  static func decode(_ node: ConfigurationNode) throws(Diagnostic) -> StartOfPrompt {
    let word = try String.decode(node).lowercased()
    let peft = ["sample_vocab": vocabulary, "sampled": vocabulary]
    if let start = StartOfPrompt(rawValue: word) ?? peft[word] { return start }
    throw Diagnostic(
      "'\(word)' is none of the choices", place: node.place,
      remedy: Suggestion.remedy(for: word, among: allCases.map(\.rawValue)))
  }
}

/// The word for a network; PEFT's capitals are accepted.
private enum KindOfEncoder: String, ChoiceValue {
  case mlp, lstm

  static func decode(_ node: ConfigurationNode) throws(Diagnostic) -> KindOfEncoder {
    let word = try String.decode(node).lowercased()
    if let kind = KindOfEncoder(rawValue: word) { return kind }
    throw Diagnostic(
      "'\(word)' is none of the choices", place: node.place, remedy: "write mlp or lstm")
  }
}

/// What all methods of virtual tokens take in a pipeline file.
enum VirtualKeys {
  static let count = Parameter(
    "virtual-tokens", default: 20,
    aliases: ["num_virtual_tokens", "num-virtual-tokens", "prefix_length", "prompt_length"],
    "The number of virtual tokens.", check: Check.atLeast(1))
  static let layout = Parameter<LayoutOfTokens?>(
    "layout", default: nil,
    "Whose reading: peft, its dead values included, or anneal, where every value is trained; peft "
      + "where both are the same by default.")
}

/// The word for whose reading of virtual tokens is followed.
enum LayoutOfTokens: String, ChoiceValue {
  case peft, anneal

  var layout: VirtualLayout { self == .peft ? .peft : .anneal }
}
