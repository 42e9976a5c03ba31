import Records
public import Tensors

/// How a parameter that no checkpoint holds begins.
public enum Initialisation: Sendable {
  /// All zero.
  case zeros
  /// All one.
  case ones
  /// Normal numbers around 0 with a standard deviation.
  case normal(Double)
}

/// Hands out the parameters of a model by name while it is built: from a checkpoint, or fresh.
///
/// Names are the model's own; the file may spell them without the base prefix (sentence-transformers
/// saves `embeddings.…` for `bert.embeddings.…`), with it, or in the old way (`LayerNorm.gamma`).
/// Fresh values depend on the seed and the parameter's name alone. Faults are gathered and thrown
/// by `finish`, so that architectures read without error handling.
public final class ParameterSource {
  /// The parameters handed out, in the order of the architecture.
  public private(set) var parameters: [NamedParameter] = []
  /// The names of parameters that the checkpoint lacks and that began fresh.
  public private(set) var fresh: [String] = []
  /// The linear maps made so far, in the order of the architecture.
  fileprivate(set) var linears: [Linear] = []
  /// The embeddings made so far, in the order of the architecture.
  fileprivate(set) var embeddings: [Embedding] = []
  /// The ends of sub-layers made so far, in the order of the architecture.
  fileprivate(set) var junctions: [Junction] = []
  /// The places of virtual tokens made so far.
  fileprivate(set) var virtualPlaces: [VirtualPlace] = []
  private let checkpoint: Checkpoint?
  private let prefix: String
  private let seed: UInt64
  private let renewed: [String]
  private let base: FourBitBase?
  private let isOutline: Bool
  private let isBare: Bool
  private var stored: [String: String] = [:]
  private var used: Set<String> = []
  private var faults: [String] = []
  private var failure: ModelError?

  /// A source over a checkpoint, or of fresh parameters where there is none.
  /// - Parameters:
  ///   - prefix: What the base model's names begin with, such as `bert.`.
  ///   - renewed: Beginnings of names that begin fresh though the checkpoint may hold them.
  ///   - base: How the weights of linear maps are held; as 32-bit floats if nil.
  ///   - isOutline: Whether fresh values may be any that are made fast, and are held as `base` says.
  ///   - isBare: Whether names have no prefix, as in transformers' classes without a head.
  init(
    checkpoint: Checkpoint?, prefix: String, renewed: [String] = [], seed: UInt64,
    base: FourBitBase? = nil, isOutline: Bool = false, isBare: Bool = false
  ) {
    self.checkpoint = checkpoint
    self.prefix = prefix
    self.base = base
    self.renewed = renewed
    self.seed = seed
    self.isOutline = isOutline
    self.isBare = isBare
    for tensor in checkpoint?.tensors ?? [] where !Self.isBuffer(tensor.name) {
      stored[Self.modernName(tensor.name)] = tensor.name
    }
  }

  /// The part of the model whose names begin with a path.
  public func at(_ path: String) -> ParameterScope {
    let isBase = isBare && "\(path).".hasPrefix(prefix)
    return ParameterScope(
      source: self, path: isBase ? String(path.dropFirst(prefix.count)) : path)
  }

  func parameter(
    _ name: String, _ shape: [Int], _ role: NamedParameter.Role, _ initial: Initialisation,
    layout: WeightLayout? = nil
  ) -> Tensor {
    let tensor =
      loaded(name, shape, layout)
      ?? (isOutline ? outline(name, shape, initial, layout) : begin(name, shape, initial))
    parameters.append(NamedParameter(name: name, tensor: tensor, role: role))
    return tensor
  }

  /// A tensor that is computed or fixed: the checkpoint's where it holds one.
  func constant(_ name: String, _ computed: Tensor) -> Tensor {
    let tensor = loaded(name, computed.shape) ?? computed
    parameters.append(NamedParameter(name: name, tensor: tensor, role: .constant))
    return tensor
  }

  /// Whether the checkpoint holds a tensor.
  func holds(_ name: String) -> Bool { storedName(name) != nil }

  /// Passes over a tensor that the checkpoint may hold though it is another one's twin, or computed.
  func skip(_ name: String) {
    if let stored = storedName(name) { used.insert(stored) }
  }

  /// - Parameter layout: How the model stores it, where it is a linear map's.
  private func loaded(_ name: String, _ shape: [Int], _ layout: WeightLayout? = nil) -> Tensor? {
    guard let checkpoint, let storedName = storedName(name), let info = checkpoint[storedName]
    else { return nil }
    used.insert(storedName)
    if renewed.contains(where: { name.hasPrefix($0) }) { return nil }
    // Numbers of few bits are filed output by output, however the model stores its maps.
    let isTurned = layout == .inputByOutput && checkpoint.isQuantized(storedName)
    let expected = isTurned ? shape.reversed() : shape
    guard info.shape == expected else {
      faults.append("\(name) has the shape \(info.shape), not \(expected)")
      return nil
    }
    // What a file in 4 bits holds wide, it holds wide by intention.
    let isLeftWide = checkpoint.isFourBit && !checkpoint.isQuantized(storedName)
    do {
      if let base, layout != nil, base.holds(name), !isLeftWide {
        return try checkpoint.tensor(storedName, in: base, turned: isTurned)
      }
      let tensor = try checkpoint.tensor(storedName)
      return isTurned ? tensor.transposed() : tensor
    } catch {
      failure = failure ?? error
      return nil
    }
  }

  private func begin(_ name: String, _ shape: [Int], _ initial: Initialisation) -> Tensor {
    if checkpoint != nil { fresh.append(name) }
    switch initial {
    case .zeros: return Tensor(shape: shape)
    case .ones: return Tensor(repeating: 1, shape: shape)
    case .normal(let deviation):
      var random = CounterRandom(seed: seed, purpose: "models.initialise", record: name)
      let count = shape.reduce(1, *)
      return Tensor((0..<count).map { _ in Float(deviation * random.normal()) }, shape: shape)
    }
  }

  /// Values of about the size that they begin with, the same few over and over.
  private func outline(
    _ name: String, _ shape: [Int], _ initial: Initialisation, _ layout: WeightLayout?
  ) -> Tensor {
    guard case .normal(let deviation) = initial else { return begin(name, shape, initial) }
    var random = CounterRandom(seed: seed, purpose: "models.outline", record: name)
    let period = (0..<1021).map { _ in Float(deviation * random.normal()) }
    let tensor = Tensor(shape: shape)
    tensor.withMutableValues { values in
      for place in values.indices { values[place] = period[place % period.count] }
    }
    guard let base, layout != nil, base.holds(name) else { return tensor }
    return Tensor(holding: FourBitValues(tensor, base.code, nested: base.isNested))
  }

  /// The name under which the checkpoint holds a parameter.
  private func storedName(_ name: String) -> String? {
    if let exact = stored[name] { return exact }
    return name.hasPrefix(prefix)
      ? stored[String(name.dropFirst(prefix.count))] : stored[prefix + name]
  }
}

extension ParameterSource {
  /// Buffers that old checkpoints saved and that are computed, not learned.
  private static func isBuffer(_ name: String) -> Bool {
    [
      ".position_ids", ".attn.bias", ".attn.masked_bias", ".attn.embed_positions",
      ".rotary_emb.inv_freq",
    ].contains { ("." + name).hasSuffix($0) }
  }

  /// TensorFlow's names of a normalisation, as the first BERT files have them.
  private static func modernName(_ name: String) -> String {
    if name.hasSuffix("LayerNorm.gamma") { return name.dropLast(5) + "weight" }
    if name.hasSuffix("LayerNorm.beta") { return name.dropLast(4) + "bias" }
    return name
  }

  /// Checks that the checkpoint was of this model.
  /// - Parameter heads: Beginnings of names that a checkpoint may lack or have in excess: heads of
  ///   other tasks.
  /// - Throws: `ModelError.mismatch` listing missing, unexpected and misshapen tensors.
  public func finish(heads: [String]) throws(ModelError) {
    if let failure { throw failure }
    guard let checkpoint else { return }
    func isHead(_ name: String) -> Bool {
      heads.contains { name.hasPrefix($0) || (prefix + name).hasPrefix($0) }
    }
    let missing = fresh.filter { name in
      !isHead(name) && !faults.contains { $0.hasPrefix(name + " ") }
    }
    let unexpected = stored.values.filter { !used.contains($0) && !isHead($0) }.sorted()
    let parts = [
      Self.list("lacks", missing), Self.list("holds in excess", unexpected),
      faults.isEmpty ? nil : Self.shortened(faults, separator: "; "),
    ].compactMap(\.self)
    guard parts.isEmpty else {
      throw ModelError(
        .mismatch, file: checkpoint.path,
        problem: "is not of the model that config.json describes: "
          + parts.joined(separator: "; "),
        remedy: "Give the config.json that was saved with these weights.")
    }
  }

  /// Tensors of the checkpoint that no parameter took, such as heads of other tasks.
  public var ignored: [String] { stored.values.filter { !used.contains($0) }.sorted() }

  private static func list(_ verb: String, _ names: [String]) -> String? {
    names.isEmpty ? nil : "\(verb) \(shortened(names, separator: ", "))"
  }

  private static func shortened(_ items: [String], separator: String) -> String {
    let rest = items.count > 4 ? " and \(items.count - 4) more" : ""
    return items.prefix(4).joined(separator: separator) + rest
  }
}

/// Part of a model under construction: names relative to a path.
public struct ParameterScope {
  private let source: ParameterSource
  let path: String

  init(source: ParameterSource, path: String) {
    self.source = source
    self.path = path
  }

  /// The part below this one.
  public func at(_ name: String) -> ParameterScope {
    ParameterScope(source: source, path: path.isEmpty ? name : "\(path).\(name)")
  }

  /// Lists a linear map among the model's.
  func register(_ linear: Linear) { source.linears.append(linear) }

  /// Lists an embedding among the model's.
  func register(_ embedding: Embedding) { source.embeddings.append(embedding) }

  /// Lists the end of a sub-layer among the model's.
  func register(_ junction: Junction) { source.junctions.append(junction) }

  /// Lists a place of virtual tokens among the model's.
  func register(_ place: VirtualPlace) { source.virtualPlaces.append(place) }

  /// The matrix of this part.
  public func weight(_ shape: [Int], _ initial: Initialisation) -> Tensor {
    source.parameter("\(path).weight", shape, .weight, initial)
  }

  /// The matrix of this part, a linear map's, which may be held in fewer bits.
  func mapWeight(_ shape: [Int], _ initial: Initialisation, _ layout: WeightLayout) -> Tensor {
    source.parameter("\(path).weight", shape, .weight, initial, layout: layout)
  }

  /// The bias of this part.
  public func bias(_ count: Int) -> Tensor {
    source.parameter("\(path).bias", [count], .bias, .zeros)
  }

  /// The normalisation of this part: factor and summand.
  public func normalisation(_ count: Int) -> (weight: Tensor, bias: Tensor) {
    (
      source.parameter("\(path).weight", [count], .normalisation, .ones),
      source.parameter("\(path).bias", [count], .normalisation, .zeros)
    )
  }

  /// The factor of a normalisation that adds nothing.
  public func factor(_ count: Int) -> Tensor {
    source.parameter("\(path).weight", [count], .normalisation, .ones)
  }

  /// A table that is computed or fixed, under the name of this part.
  func constant(_ computed: Tensor) -> Tensor { source.constant(path, computed) }
}
