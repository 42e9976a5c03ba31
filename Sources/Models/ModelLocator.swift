import Foundation

/// Finds the folder of a model from what a person calls it.
///
/// A path is taken as it stands. A name is looked up in Anneal's model cache, then in the Hugging
/// Face cache, with and without its organisation: `sentence-transformers/all-MiniLM-L6-v2` and
/// `all-MiniLM-L6-v2` find the same model.
public struct ModelLocator: Sendable {
  /// Anneal's own model cache, one folder a model.
  public let modelCache: String
  /// The Hugging Face hub's cache, shared with every other tool.
  public let hubCache: String

  /// Places the caches as the environment says.
  ///
  /// `ANNEAL_CACHE`, else `XDG_CACHE_HOME/anneal`, else `~/.cache/anneal`, each with `/models`; and
  /// `HF_HUB_CACHE`, `HUGGINGFACE_HUB_CACHE`, `HF_HOME/hub`, `~/.cache/huggingface/hub`.
  public init() { self.init(environment: ProcessInfo.processInfo.environment) }

  /// Places the caches as the given environment says.
  public init(environment: [String: String]) {
    func value(_ name: String) -> String? {
      environment[name].flatMap { $0.isEmpty ? nil : ($0 as NSString).expandingTildeInPath }
    }
    let home = value("HOME") ?? NSHomeDirectory()
    let caches = value("XDG_CACHE_HOME") ?? home + "/.cache"
    modelCache = (value("ANNEAL_CACHE") ?? caches + "/anneal") + "/models"
    hubCache =
      value("HF_HUB_CACHE") ?? value("HUGGINGFACE_HUB_CACHE")
      ?? (value("HF_HOME") ?? caches + "/huggingface") + "/hub"
  }

  /// The folder of a model: a path, or a name that a cache knows.
  /// - Throws: `ModelError.notFound` listing the places looked at and names that are close.
  public func folder(of model: String) throws(ModelError) -> String {
    let path = (model as NSString).expandingTildeInPath
    if Self.holdsModel(path) { return path }
    if model.hasPrefix("/") || model.hasPrefix(".") || model.hasPrefix("~") {
      throw missing(model, places: [path], candidates: [])
    }
    let known = knownModels()
    if let found = known.first(where: { Self.same($0.name, model) }) { return found.folder }
    throw missing(
      model, places: [path, modelCache + "/" + model, hubCache + "/" + Self.hubFolder(model)],
      candidates: known.map(\.name))
  }

  /// Every model the two caches hold, Anneal's first, each by its full name.
  public func knownModels() -> [(name: String, folder: String)] {
    ownModels() + hubModels()
  }

  private func ownModels() -> [(name: String, folder: String)] {
    Self.list(modelCache).flatMap { name -> [(name: String, folder: String)] in
      let folder = modelCache + "/" + name
      if Self.holdsModel(folder) { return [(name, folder)] }
      return Self.list(folder).map { ("\(name)/\($0)", "\(folder)/\($0)") }
        .filter { Self.holdsModel($0.1) }
    }
  }

  private func hubModels() -> [(name: String, folder: String)] {
    Self.list(hubCache).filter { $0.hasPrefix("models--") }.compactMap { entry in
      let repository = hubCache + "/" + entry
      let name = entry.dropFirst("models--".count).replacingOccurrences(of: "--", with: "/")
      guard let commit = FileManager.default.contents(atPath: repository + "/refs/main") else {
        return nil
      }
      let revision = String(decoding: commit, as: UTF8.self)
        .trimmingCharacters(in: .whitespacesAndNewlines)
      let folder = repository + "/snapshots/" + revision
      return Self.holdsModel(folder) ? (name, folder) : nil
    }
  }

  private static func hubFolder(_ model: String) -> String {
    "models--" + model.replacingOccurrences(of: "/", with: "--")
  }

  /// Whether two names mean one model; either may leave out its organisation.
  private static func same(_ known: String, _ wanted: String) -> Bool {
    known == wanted || last(known) == wanted || (known == last(wanted))
  }

  private static func last(_ name: String) -> String {
    name.lastIndex(of: "/").map { String(name[name.index(after: $0)...]) } ?? name
  }

  private static func holdsModel(_ folder: String) -> Bool {
    FileManager.default.fileExists(atPath: folder + "/config.json")
  }

  private static func list(_ folder: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
  }

  private func missing(_ model: String, places: [String], candidates: [String]) -> ModelError {
    let near = Self.near(model, candidates)
    let hint = near.isEmpty ? "" : "Did you mean \(near.joined(separator: " or "))? "
    return ModelError(
      .notFound, file: model,
      problem: "no such model; looked at " + places.joined(separator: ", "),
      remedy: hint + "Give a folder that holds config.json and model.safetensors.")
  }

  /// Up to three names within a third of the wanted name's length in edits.
  private static func near(_ wanted: String, _ names: [String]) -> [String] {
    let target = Array(last(wanted).lowercased().utf8)
    let scored = names.map { (name: $0, edits: edits(Array(last($0).lowercased().utf8), target)) }
      .filter { $0.edits <= max(2, target.count / 3) }
    return scored.sorted { ($0.edits, $0.name) < ($1.edits, $1.name) }.prefix(3).map(\.name)
  }

  /// Levenshtein's distance.
  private static func edits(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var row = Array(0...right.count)
    for (index, byte) in left.enumerated() {
      var diagonal = row[0]
      row[0] = index + 1
      for (column, other) in right.enumerated() {
        let replaced = diagonal + (byte == other ? 0 : 1)
        diagonal = row[column + 1]
        row[column + 1] = min(replaced, diagonal + 1, row[column] + 1)
      }
    }
    return row[right.count]
  }
}
