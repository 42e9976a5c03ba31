public import Records
import Stages
import Tensors

/// Virtual tokens that are read before every text: their vectors are all that is trained.
///
/// Prompt tuning (Lester, Al-Rfou, Constant 2021) trains the vectors, P-tuning (Liu and others 2021) a
/// network that makes them. Filed as PEFT does: only the vectors are, not the network.
///
/// In an encoder the classifier pools the first virtual token, as it does in PEFT; in a decoder it
/// reads a text's last token, where PEFT reads the padding (so that its files are refused there).
/// PEFT files vectors for a decoder of T5 too and reads them nowhere; without `layout` none are made.
public struct PromptAdapter: ModelAdapter {
  /// What training updates.
  public let parameters: [NamedParameter]
  /// What the file holds.
  public let tensors: [AdapterTensor]
  /// The fields of `adapter_config.json`.
  public let configuration: JSONObject
  /// Whose files it is saved as.
  public let layout: AdapterLayout
  /// Why PEFT does not read them.
  public let reasonAgainstPEFT: (problem: String, remedy: String)?

  /// Adds virtual tokens to a model.
  /// - Parameter seed: The first values are a function of it.
  /// - Throws: `ModelError.invalid` where nothing is left of the model's places, `.unsupported` where
  ///   PEFT's reading is asked for and would be another one.
  public init(
    _ options: PromptOptions, to model: any Model, seed: UInt64
  ) throws(ModelError) {
    let place = try model.promptPlace(options.count)
    let layout = try options.layout(for: model)
    let parts = layout == .peft && place.stack == .encoder && options.layout == .peft ? 2 : 1
    let vectors = try options.vectors(
      parts * options.count, model, place, VirtualStart(seed: seed))
    self.init(vectors, parts: parts, options, layout, on: model, place)
  }

  /// Adds the virtual tokens that an `adapter_config.json` describes; `load` brings their vectors.
  init(_ config: AdapterConfiguration, to model: any Model) throws(ModelError) {
    var options = PromptOptions()
    options.count = try config.integer("num_virtual_tokens", default: 20)
    guard options.count > 0 else { throw config.fault("has \(options.count) virtual tokens") }
    options.savedModules = config.texts("modules_to_save")
    let place = try model.promptPlace(options.count)
    let parts = try config.integer(
      "num_transformer_submodules", default: place.stack == .encoder ? 2 : 1)
    guard 1...2 ~= parts else { throw config.fault("has \(parts) transformer submodules") }
    let isOwn = config.layout == .anneal
    let saved = model.parameters(inModules: options.savedModules)
    if !isOwn, saved.contains(where: { WordTable.isNamed($0.name.module) }) {
      throw ModelError(
        .unsupported, file: config.file,
        problem:
          "modules_to_save holds the embedding of words, of which PEFT reads the old vectors "
          + "behind a prompt", remedy: "Train the prompt anew without it, or with a LoRA.")
    }
    if !isOwn {
      try PromptOptions.requireReadByPEFT(
        model, config.file, remedy: "Train the prompt anew, or a prefix.")
    }
    let isEncoded = try config.method == "P_TUNING"
    if isEncoded { options.encoder = .maps(width: place.width) }
    let table = VectorTable(Tensor(shape: [parts * options.count, place.width]))
    self.init(table, parts: parts, options, isOwn ? .anneal : .peft, on: model, place)
  }

  private init(
    _ vectors: any VirtualVectors, parts: Int, _ options: PromptOptions, _ layout: VirtualLayout,
    on model: any Model, _ place: VirtualPlace
  ) {
    place.isReadAsPEFT = layout == .peft
    place.prompt = parts == 1 ? vectors : FirstVectors(vectors, count: options.count)
    let saved = model.parameters(inModules: options.savedModules)
    parameters = vectors.parameters + saved
    tensors =
      [AdapterTensor(vectors)] + saved.map { AdapterTensor($0.name, $0.tensor, isOfModel: true) }
    var fields: JSONObject = [
      "modules_to_save": options.savedModules.json, "num_attention_heads": .integer(place.heads),
      "num_layers": .integer(place.layers), "num_transformer_submodules": .integer(parts),
      "num_virtual_tokens": .integer(options.count),
      "task_type": model.taskType.map { .string($0) } ?? .null, "token_dim": .integer(place.width),
    ]
    fields.merge(options.fields)
    configuration = fields
    self.layout = layout == .peft ? .peft : .anneal
    reasonAgainstPEFT = layout == .peft ? nil : PromptOptions.ownReason(model)
  }
}

/// The first of the virtual tokens that a file holds; PEFT never reads the others.
private struct FirstVectors: VirtualVectors {
  private let all: any VirtualVectors
  let count: Int

  init(_ all: any VirtualVectors, count: Int) {
    self.all = all
    self.count = count
  }

  var parameters: [NamedParameter] { all.parameters }

  func callAsFunction(_ tape: Tape) -> Tensor {
    tape.gather(all(tape), rows: (0..<Int32(count)).map { $0 })
  }
}

extension AdapterTensor {
  /// The vectors that virtual tokens come to, as PEFT files them.
  init(_ vectors: any VirtualVectors, name: String = VirtualFile.name) {
    let shape = vectors(.inference()).shape
    self.init(name, shape) {
      Engine.$precision.withValue(.fp32) { vectors(.inference()) }
    } write: { filed in
      precondition(vectors.parameters.count == 1, "filed vectors for a network that makes them")
      vectors.parameters[0].tensor.assign(filed)
    }
  }
}

extension Model {
  /// Where a prompt of so many virtual tokens goes.
  fileprivate func promptPlace(_ count: Int) throws(ModelError) -> VirtualPlace {
    guard let place = virtualPlaces.first(where: { $0.stack != .decoder }) else {
      throw ModelError(
        .unsupported, file: "method", problem: "this model has no place for a prompt")
    }
    try requireRoom(for: count, at: place)
    return place
  }

  /// Checks that virtual tokens leave places for others, and that there are no such yet.
  /// - Parameter takesPlaces: Whether they take places of texts.
  func requireRoom(
    for count: Int, at place: VirtualPlace, takesPlaces: Bool = true
  ) throws(ModelError) {
    guard place.length == 0 else {
      throw ModelError(
        .unsupported, file: "method", problem: "the model has virtual tokens already",
        remedy: "It takes one such method at a time.")
    }
    guard !takesPlaces || count < maximumLength else {
      throw ModelError(
        .invalid, file: "virtual-tokens",
        problem: "\(count) virtual tokens leave no place of the model's \(maximumLength)",
        remedy: "Take fewer.")
    }
  }
}
