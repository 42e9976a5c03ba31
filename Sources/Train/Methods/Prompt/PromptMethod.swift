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
      parameters: [VirtualKeys.count, start, text, VirtualKeys.layout], check: { faults($0) }),
    make: { values in
      var options = PromptOptions()
      options.count = values[VirtualKeys.count]
      options.layout = values[VirtualKeys.layout]
      let text = values[text]
      return PromptMethod(
        options: options, start: values[start] ?? (text == nil ? .random : .text), text: text)
    })

  /// A text goes with `init: text` alone.
  private static func faults(_ values: ParameterValues) -> [Diagnostic] {
    switch (values[start], values[text]) {
    case (.text, nil):
      [
        Diagnostic(
          "is to begin with a text and has no init-text",
          remedy: "write init-text: Classify the abstract by its field, or another init")
      ]
    case (.random, .some), (.vocabulary, .some):
      [
        Diagnostic(
          "has an init-text that its init does not read",
          remedy: "write init: text, or leave it out")
      ]
    default: []
    }
  }

  func prepare(_ model: any Model, _ start: MethodStart) throws(ModelError) -> PreparedMethod {
    var options = options
    options.savedModules = TaskHead.modules(of: model, start)
    options.initialisation = initialisation(start.tokenizer)
    return PreparedMethod(try PromptAdapter(options, to: model, seed: start.seed))
  }

  private func initialisation(_ tokenizer: Tokenizer) -> PromptInitialisation {
    switch start {
    case .random: .random
    case .vocabulary: .vocabulary
    case .text: .text(tokens: tokenizer.encode(text ?? "").ids)
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
      parameters: [VirtualKeys.count, kind, width, layers, dropout, VirtualKeys.layout],
      check: { faults($0) }),
    make: { values in
      var options = PromptOptions()
      options.count = values[VirtualKeys.count]
      options.layout = values[VirtualKeys.layout]
      return PTuningMethod(
        options: options, width: values[width], isRecurrent: values[kind] == .lstm,
        layers: values[layers], dropout: values[dropout])
    })

  /// What the LSTM takes is of no effect on the maps, but for what PEFT's files say of these.
  private static func faults(_ values: ParameterValues) -> [Diagnostic] {
    guard values[kind] == .mlp else { return [] }
    let faults = [
      values[layers] == 2 ? nil : "has \(values[layers]) layers, where encoder mlp has three maps",
      values[dropout] == 0 ? nil : "has a dropout, which encoder mlp does not",
    ]
    return faults.compactMap(\.self).map {
      Diagnostic($0, remedy: "write encoder: lstm, or leave it out")
    }
  }

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
  static let layout = Parameter<VirtualLayout?>(
    "layout", default: nil,
    "Whose reading: peft, its dead values included, or anneal, where every value is trained; peft "
      + "where both are the same by default.")
}
