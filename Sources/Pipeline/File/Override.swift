import Records
public import Stages
import Train

/// One `--set KEY=VALUE`: a variable, a key path such as `train.learning-rate`, or a stage's
/// parameter such as `clean.length.min-words`, or `clean.length#2.min-words` for the second of them.
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
    let file = "--set \(key)"
    value =
      Self.isPlain(written)
      ? ConfigurationNode(
        .scalar(written, quoted: false), place: Place(file: file, line: 1, column: 1),
        base: FilePaths.current)
      : try YAMLReader(file: file, base: FilePaths.current).read(written)
  }

  /// Whether a value is a text though YAML gives its marks a meaning: `-` is standard input, `*.csv`
  /// no alias, and `notes #2.txt` has no comment in it.
  private static func isPlain(_ written: String) -> Bool {
    guard let first = written.unicodeScalars.first, !written.contains("\n") else { return false }
    if written == "-" || "*&!|>%@`#".unicodeScalars.contains(first) { return true }
    return written.contains(" #") && !"[{\"'".unicodeScalars.contains(first)
  }

  /// An override that the program itself makes, such as that of `--limit`.
  public init(key: String, text: String) {
    self.key = key
    value = ConfigurationNode(
      .scalar(text, quoted: false), place: Place(file: "--\(key)"), base: FilePaths.current)
  }
}

extension PipelineFile {
  /// Applies overrides in order, noting those that have nothing to set; the stages of the catalog say
  /// which keys may have been meant.
  public mutating func apply(
    _ overrides: [Override], _ catalog: StageCatalog, into diagnostics: inout Diagnostics
  ) {
    for override in overrides where !set(override) {
      diagnostics.add(
        Diagnostic(
          "'\(override.key)' is no variable, key or stage of this file",
          place: override.value.place, remedy: remedy(for: override.key, catalog)))
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

  /// Sets a parameter in every stage of the name that the key begins with, or in the one that it
  /// names by its label (`clean.length#2`, the second of that name; `#1` is the first).
  private mutating func setStage(_ parts: [String], to value: ConfigurationNode) -> Bool {
    guard let stages = root["stages"], case .list(var list) = stages.value else { return false }
    var found = false
    for length in stride(from: min(2, parts.count - 1), through: 1, by: -1) where !found {
      let name = parts[..<length].joined(separator: ".")
      for (index, entry) in Self.labelled(list) where entry.isMeant(by: name) {
        list[index].nameStage(entry.name)
        list[index].set([entry.name] + parts[length...], to: value)
        found = true
      }
    }
    if found {
      root.set(
        ["stages"], to: ConfigurationNode(.list(list), place: stages.place, base: stages.base))
    }
    return found
  }

  /// The stages that can be read, with their places in the list and their numbers among their like.
  private static func labelled(_ list: [ConfigurationNode]) -> [(Int, LabelledStage)] {
    var counts: [String: Int] = [:]
    return list.indices.compactMap { index in
      guard let name = StageEntry(list[index])?.name else { return nil }
      counts[name, default: 0] += 1
      return (index, LabelledStage(name: name, occurrence: counts[name] ?? 1))
    }
  }

  // MARK: - What may have been meant

  /// The key that is nearest, or else what the file has.
  private func remedy(for key: String, _ catalog: StageCatalog) -> String? {
    let own = ownKeys
    if let near = Suggestion.nearest(to: key, among: own) { return "did you mean '\(near)'?" }
    if let near = Suggestion.nearest(to: key, among: parameterKeys(catalog)) {
      return "did you mean '\(near)'?"
    }
    return Suggestion.remedy(for: key, among: own)
  }

  private var stages: [LabelledStage] {
    guard case .list(let list)? = root["stages"]?.value else { return [] }
    return Self.labelled(list).map(\.1)
  }

  /// Variables, keys and stages of the file.
  private var ownKeys: [String] {
    var keys = root["variables"]?.entries?.map(\.key) ?? []
    keys += (root["train"]?.entries ?? []).map { "train.\($0.key)" }
    return keys + stages.map(\.label) + PipelineKeys.all
  }

  /// The parameters of the file's stages and of training, such as `clean.length.min-words`.
  private func parameterKeys(_ catalog: StageCatalog) -> [String] {
    let ofStages = stages.flatMap { stage in
      let parameters = catalog[stage.name].map { $0.parameters + CommonParameters.all } ?? []
      return parameters.map { "\(stage.label).\($0.name)" }
    }
    return ofStages + TrainingOptions.parameters.map { "train.\($0.name)" }
  }
}

/// A stage of a file and its number among those of its name.
private struct LabelledStage {
  let name: String
  let occurrence: Int

  var label: String { StageStep.label(name, occurrence: occurrence) }

  /// Whether a key that begins like this sets the stage's parameters.
  func isMeant(by name: String) -> Bool {
    name == self.name || name == "\(self.name)#\(occurrence)"
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
