import Records
public import Stages

/// One `--set KEY=VALUE`: a variable, a key path such as `train.learning-rate`, or a stage's
/// parameter such as `clean.length.min-words`.
public struct Override: Sendable, Hashable {
  let key: String
  /// The value, to be read where a parameter says how.
  public let value: ConfigurationNode

  /// Reads `KEY=VALUE`; the value is YAML, and paths in it resolve against the current directory.
  public init(_ text: String) throws {
    guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
      throw Diagnostics([
        Diagnostic(
          "'\(text)' sets nothing", place: Place(file: "--set"),
          remedy: "write --set train.learning-rate=3e-5")
      ])
    }
    key = String(text[..<equals])
    let written = String(text[text.index(after: equals)...])
    value = try YAMLReader(file: "--set \(key)", base: FilePaths.current).read(written)
  }

  /// An override that the program itself makes, such as that of `--limit`.
  public init(key: String, text: String) {
    self.key = key
    value = ConfigurationNode(
      .scalar(text, quoted: false), place: Place(file: "--\(key)"), base: FilePaths.current)
  }
}

extension PipelineFile {
  /// Applies overrides in order, noting those that have nothing to set.
  public mutating func apply(_ overrides: [Override], into diagnostics: inout Diagnostics) {
    for override in overrides {
      if !set(override) {
        diagnostics.add(
          Diagnostic(
            "'\(override.key)' is no variable, key or stage of this file",
            place: override.value.place,
            remedy: Suggestion.remedy(for: override.key, among: settableKeys)))
      }
    }
  }

  private mutating func set(_ override: Override) -> Bool {
    let parts = override.key.split(separator: ".").map(String.init)
    if root["variables"]?[override.key] != nil {
      root.set(["variables", override.key], to: override.value)
      return true
    }
    if let first = parts.first, PipelineKeys.all.contains(first) {
      return root.set(parts, to: override.value)
    }
    return setStage(parts, to: override.value)
  }

  /// Sets a parameter in every stage of the name that the key begins with.
  private mutating func setStage(_ parts: [String], to value: ConfigurationNode) -> Bool {
    guard let stages = root["stages"], case .list(var list) = stages.value else { return false }
    var found = false
    for length in stride(from: min(2, parts.count - 1), through: 1, by: -1) where !found {
      let name = parts[..<length].joined(separator: ".")
      for index in list.indices where StageEntry(list[index])?.name == name {
        list[index].nameStage(name)
        list[index].set([name] + parts[length...], to: value)
        found = true
      }
    }
    if found {
      root.set(
        ["stages"], to: ConfigurationNode(.list(list), place: stages.place, base: stages.base))
    }
    return found
  }

  private var settableKeys: [String] {
    var keys = root["variables"]?.entries?.map(\.key) ?? []
    keys += (root["train"]?.entries ?? []).map { "train.\($0.key)" }
    if case .list(let stages)? = root["stages"]?.value {
      keys += stages.compactMap { StageEntry($0)?.name }
    }
    return keys + PipelineKeys.all
  }
}

/// A stage as it stands in the list: `name`, or `name: {…}`.
struct StageEntry {
  let name: String
  let place: Place
  let parameters: ConfigurationNode?

  init?(_ node: ConfigurationNode) {
    switch node.value {
    case .scalar(let text, _):
      name = text
      place = node.place
      parameters = nil
    case .map(let entries):
      guard entries.count == 1, let entry = entries.first else { return nil }
      name = entry.key
      place = entry.place
      parameters = entry.node
    default: return nil
    }
  }
}

extension ConfigurationNode {
  /// Sets the value under a path of keys, making the maps on the way; in a list, such as that of metrics,
  /// a key means what has the name.
  /// - Returns: Whether there is such a place; a list is not added to.
  @discardableResult
  mutating func set(_ path: [String], to value: ConfigurationNode) -> Bool {
    guard let key = path.first else {
      self = value
      return true
    }
    if case .list(let list) = self.value { return set(path, ofEntriesIn: list, to: value) }
    var entries = self.entries ?? []
    let index = entries.firstIndex { $0.key == key || $0.key.replacing("_", with: "-") == key }
    var inner =
      index.map { entries[$0].node } ?? ConfigurationNode(.null, place: value.place, base: base)
    guard inner.set(Array(path.dropFirst()), to: value) else { return false }
    if let index {
      entries[index].node = inner
    } else {
      entries.append(Entry(key: key, place: value.place, node: inner))
    }
    self.value = .map(entries)
    return true
  }

  private mutating func set(
    _ path: [String], ofEntriesIn list: [ConfigurationNode], to value: ConfigurationNode
  ) -> Bool {
    var (list, found) = (list, false)
    for index in list.indices where StageEntry(list[index])?.name == path[0] {
      list[index].nameStage(path[0])
      found = list[index].set(path, to: value) || found
    }
    self.value = .list(list)
    return found
  }

  /// Turns a bare `name` into `name: {}`, so that it can take parameters.
  mutating func nameStage(_ name: String) {
    guard case .scalar = value else { return }
    value = .map([
      Entry(key: name, place: place, node: ConfigurationNode(.null, place: place, base: base))
    ])
  }
}

/// The keys at the top of a pipeline file.
enum PipelineKeys {
  static let all = ["name", "seed", "variables", "stages", "train", "evaluate", "generate"]
}
