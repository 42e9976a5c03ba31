import Records

/// Which linear maps and embeddings a method adapts, by PEFT's rules.
public enum ModuleTargets: Sendable, Equatable {
  /// Ends of names, such as `q_proj` or `layers.0.mlp.up_proj`, or roles such as `query`.
  case names([String])
  /// Ends of names alone, as files say them: one that fits nothing here may be of another architecture.
  case endings([String])
  /// A regular expression that a whole name matches.
  case pattern(String)
  /// Every linear map below the task's head.
  case allLinear

  /// Reads what a person or a file writes: a list of names, `all-linear`, or a regular expression.
  public init(_ names: [String]) {
    guard names.count == 1, let name = names.first else {
      self = .names(names)
      return
    }
    let isPlain = name.utf8.allSatisfy { byte in
      byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-")
        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }
    self = name == "all-linear" ? .allLinear : isPlain ? .names(names) : .pattern(name)
  }

  /// Reads a field of an `adapter_config.json`; nil where there is none.
  init?(_ json: JSONValue?) {
    if let list = json?.array {
      self = .endings(list.compactMap(\.string))
    } else {
      guard let text = json?.string else { return nil }
      self = text == "all-linear" ? .allLinear : .pattern(text)
    }
  }
}

extension ModuleTargets {
  /// The names, where there are such and no pattern.
  var names: [String]? {
    switch self {
    case .names(let names), .endings(let names): names
    case .pattern, .allLinear: nil
    }
  }

  /// Whether a module's name is among them.
  func fit(_ module: String) throws(ModelError) -> Bool {
    switch self {
    case .names(let names), .endings(let names):
      return names.contains { TargetSelection.ends(module, in: $0) }
    case .pattern(let text):
      let pattern = try TargetSelection.regex(text)
      return (try? pattern.wholeMatch(in: module)) != nil
    case .allLinear: return false
    }
  }
}

/// A linear map, or a range of one's columns, that is adapted.
struct TargetedMap: Sendable {
  let map: Linear
  /// The columns, each with the name of their role; empty for the whole map.
  var slices: [(role: ModuleRole, columns: Range<Int>)] = []
}

/// Chooses among the modules of a model.
struct TargetSelection {
  let targets: ModuleTargets
  var excluded: ModuleTargets?
  /// Only these layers; all if nil.
  var layers: [Int]?
  /// The names that stand before a layer's number; any if empty.
  var layerPatterns: [String] = []
  /// Whether an output that stands alone may be a target.
  var reachesOutput = false
  /// Whether embeddings may be targets.
  var reachesTables = false

  /// The maps and tables chosen, in the order of the architecture.
  /// - Parameter saved: What is trained whole, which needs no update.
  /// - Throws: `ModelError.invalid` for a name that fits nothing, or a pattern that is none, and where
  ///   all is trained whole; `.unsupported` for a part that the method does not reach.
  func modules(
    of model: any Model, besides saved: [NamedParameter] = []
  ) throws(ModelError) -> (maps: [TargetedMap], tables: [Embedding]) {
    try model.requireReadWords(saved)
    var (maps, tables) = try chosen(of: model)
    maps.removeAll { target in saved.contains { $0.tensor === target.map.weight } }
    tables.removeAll { table in saved.contains { $0.tensor === table.weight } }
    guard !maps.isEmpty || !tables.isEmpty else {
      throw ModelError(
        .invalid, file: "targets", problem: "all that the targets fit is trained whole already",
        remedy: "Name other parts, or leave them out of the modules that are saved whole.")
    }
    return (maps, tables)
  }

  private func chosen(
    of model: any Model
  ) throws(ModelError) -> (maps: [TargetedMap], tables: [Embedding]) {
    let isTarget = try matcher(targets, model, mustFit: true)
    let isExcluded = try excluded.map { (targets) throws(ModelError) in
      try matcher(targets, model, mustFit: false)
    }
    let isInLayers = try layerFilter()
    func isChosen(_ name: String) -> Bool {
      isTarget(name) && !(isExcluded?(name) ?? false) && isInLayers(name)
    }
    let roles = try roles(of: model)
    let outputs = [(model as? any TiedHead)?.outputMap].compactMap(\.self)
      .filter { targets != .allLinear && isChosen($0.name) }
    let maps =
      model.linears.compactMap { map -> TargetedMap? in
        if isChosen(map.name) { return TargetedMap(map: map) }
        guard !(isExcluded?(map.name) ?? false), isInLayers(map.name), !model.isHead(map.name)
        else { return nil }
        let slices = ModuleRole.slices(of: map).filter { roles.contains($0.role) }
        if slices.contains(where: { $0.columns.count == map.outputs }) {
          return TargetedMap(map: map)
        }
        return slices.isEmpty ? nil : TargetedMap(map: map, slices: slices)
      } + outputs.map { TargetedMap(map: $0) }
    let tables = model.embeddings.filter { targets != .allLinear && isChosen($0.name) }
    let owners = targets == .allLinear ? [] : model.embeddings.compactMap(\.owner)
    if let words = owners.first(where: { isChosen($0.name) }) {
      throw ModelError(
        .unsupported, file: "targets",
        problem:
          "\(words.name) is read under the names of the encoder and the decoder alone, so that "
          + "an update of it would change nothing",
        remedy: "Target embed_tokens.")
    }
    guard !maps.isEmpty || !tables.isEmpty else {
      throw fault("the targets fit no part of this model", model)
    }
    try requireReached(outputs.map(\.name), tables.map(\.name))
    return (maps, tables)
  }

  /// Refuses what the method has no update for, so that nothing named is passed over.
  private func requireReached(_ outputs: [String], _ tables: [String]) throws(ModelError) {
    let parts =
      (reachesOutput ? [] : outputs.map { "\($0) is the model's output" })
      + (reachesTables ? [] : tables.map { "\($0) is an embedding" })
    guard let part = parts.first else { return }
    throw ModelError(
      .unsupported, file: "targets", problem: "\(part), which this method does not update",
      remedy: "Leave it out of the targets, or use method lora.")
  }

  /// The roles among the names: those that are not ends of names themselves.
  private func roles(of model: any Model) throws(ModelError) -> Set<ModuleRole> {
    guard case .names(let names) = targets else { return [] }
    let modules = model.moduleNames
    let others = names.filter { name in !modules.contains { Self.ends($0, in: name) } }
    var roles: Set<ModuleRole> = []
    for name in others {
      guard let role = ModuleRole(rawValue: name),
        model.linears.contains(where: { map in
          !model.isHead(map.name) && ModuleRole.slices(of: map).contains { $0.role == role }
        })
      else { throw fault("'\(name)' fits no part of this model", model) }
      roles.insert(role)
    }
    return roles
  }

  private func matcher(
    _ targets: ModuleTargets, _ model: any Model, mustFit: Bool
  ) throws(ModelError) -> (String) -> Bool {
    switch targets {
    case .names(let names), .endings(let names):
      return { name in names.contains { Self.ends(name, in: $0) } }
    case .pattern(let text):
      let pattern = try Self.regex(text)
      return { name in (try? pattern.wholeMatch(in: name)) != nil }
    case .allLinear:
      return { name in !model.isHead(name) }
    }
  }

  private func layerFilter() throws(ModelError) -> (String) -> Bool {
    // Names that are written in full have no layers to choose from.
    guard let layers, !layers.isEmpty else { return { _ in true } }
    let whole = Set(targets.names ?? [])
    let patterns =
      layerPatterns.isEmpty
      ? [try Self.regex(".*?\\.[^.]*\\.(\\d+)\\.")]
      : try layerPatterns.map { (pattern) throws(ModelError) in
        try Self.regex("(?:^|.*?\\.)\(pattern)\\.(\\d+)\\.")
      }
    return { name in
      // The first number behind a pattern is the layer's; others may follow.
      let match = patterns.lazy.compactMap { try? $0.prefixMatch(in: name) }.first
      guard !whole.contains(name) else { return true }
      guard let match, match.output.count > 1,
        let number = match.output[match.output.count - 1].substring.flatMap({ Int($0) })
      else { return false }
      return layers.contains(number)
    }
  }

  /// Whether a module's name is the given one, or ends with it after a dot.
  static func ends(_ name: String, in ending: String) -> Bool {
    name == ending || name.hasSuffix("." + ending)
  }

  static func regex(_ text: String) throws(ModelError) -> Regex<AnyRegexOutput> {
    // As Python reads it: words end at a dot, and letters are single scalars.
    do {
      return try Regex(text).wordBoundaryKind(.simple).matchingSemantics(.unicodeScalar)
    } catch {
      throw ModelError(
        .invalid, file: "targets", problem: "'\(text)' is no regular expression: \(error)")
    }
  }

  private func fault(_ problem: String, _ model: any Model) -> ModelError {
    let endings = Set(
      model.moduleNames.map { $0.split(separator: ".").last.map(String.init) ?? $0 }
    ).sorted()
    let roles = ModuleRole.allCases.filter { role in
      model.linears.contains { ModuleRole.slices(of: $0).contains { $0.role == role } }
    }
    return ModelError(
      .invalid, file: "targets", problem: problem,
      remedy: "Name roles (\(roles.map(\.rawValue).joined(separator: ", "))), parts "
        + "(\(endings.joined(separator: ", "))) or all-linear.")
  }
}

extension Model {
  /// The names of the maps and tables that can be adapted.
  var moduleNames: [String] {
    let output = (self as? any TiedHead)?.outputMap?.name
    return linears.map(\.name) + embeddings.map(\.name) + [output].compactMap(\.self)
  }

  /// Whether a name is of the task's own head.
  func isHead(_ name: String) -> Bool { headNames.contains { (name + ".").hasPrefix($0) } }
}
