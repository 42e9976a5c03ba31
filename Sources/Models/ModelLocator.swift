import Stages
import Tokenize

/// Finds the folder of a model from what a person calls it.
///
/// A path is taken as it stands. A name is looked up in Anneal's model cache, in the Hugging Face cache
/// and among the models that come with Anneal, with and without its organisation:
/// `sentence-transformers/all-MiniLM-L6-v2` and `all-MiniLM-L6-v2` find the same model.
public struct ModelLocator: Sendable {
  /// A model that a cache holds.
  public struct KnownModel: Sendable, Equatable {
    /// Its name, with the organisation where the cache keeps that.
    public let name: String
    /// Its folder.
    public let folder: String
  }

  /// Anneal's own model cache, one folder a model.
  public let modelCache: String
  /// Where answers of judges and translators are kept.
  package let answerCache: String
  /// The Hugging Face hub's cache, shared with every other tool.
  public let hubCache: String
  /// Where models that come with Anneal may lie, the first place first.
  public let shippedFolders: [String]

  /// Places the caches as the environment says, and what comes with Anneal as the program lies.
  ///
  /// `ANNEAL_CACHE`, else `XDG_CACHE_HOME/anneal`, else `~/.cache/anneal`, each with `/models`; and
  /// `HF_HUB_CACHE`, `HUGGINGFACE_HUB_CACHE`, `HF_HOME/hub`, `~/.cache/huggingface/hub`.
  public init() {
    self.init(environment: FilePaths.environment, program: FilePaths.program)
  }

  /// Places the caches as the given look-up of variables says.
  /// - Parameter program: The path of the program; nil where nothing comes with it.
  public init(environment: (String) -> String?, program: String? = nil) {
    let home = environment("HOME") ?? "/"
    let caches = environment("XDG_CACHE_HOME") ?? home + "/.cache"
    let own = environment("ANNEAL_CACHE") ?? caches + "/anneal"
    (modelCache, answerCache) = (own + "/models", own + "/answers")
    hubCache =
      environment("HF_HUB_CACHE") ?? environment("HUGGINGFACE_HUB_CACHE")
      ?? (environment("HF_HOME") ?? caches + "/huggingface") + "/hub"
    shippedFolders = program.map(Self.shipped) ?? []
  }

  /// Where the models of a program lie: installed, beside its folder `bin`; built from source, in
  /// some folder above it, which a package's manifest marks.
  private static func shipped(with program: String) -> [String] {
    let folder = FilePaths.folder(program)
    var folders = [FilePaths.normalize(folder + "/../share/anneal/models")]
    var above = folder
    while above.utf8.count > 1 {
      if Folders.exists(above + "/Package.swift") { folders.append(above + "/share/models") }
      above = FilePaths.folder(above)
    }
    return folders
  }

  /// The folder of a model: a path, or a name that a cache knows.
  /// - Parameters:
  ///   - model: What a person wrote.
  ///   - base: The folder that relative paths resolve against; the current one if nil.
  /// - Throws: `ModelError.notFound` listing the places looked at and names that are close.
  public func folder(of model: String, base: String? = nil) throws(ModelError) -> String {
    try folder(of: model, base, Self.holdsModel, remedy: Self.remedy)
  }

  /// The folder of a tokenizer: that of a model, or one with a tokenizer alone, by its path or its name in
  /// a cache.
  /// - Throws: `ModelError.notFound` as `folder(of:base:)`, with another remedy.
  package func tokenizerFolder(of name: String, base: String? = nil) throws(ModelError) -> String {
    try folder(of: name, base, Self.holdsModelOrTokenizer, remedy: Self.tokenizerRemedy)
  }

  private func folder(
    of model: String, _ base: String?, _ holds: (String) -> Bool, remedy: String
  ) throws(ModelError) -> String {
    let path = Self.path(model, base: base)
    if holds(path) { return path }
    let isPath = ["/", "./", "../", "~/"].contains { model.hasPrefix($0) }
    if isPath { throw missing(model, places: [path], candidates: [], remedy) }
    let known = known(holds)
    if let found = known.first(where: { Self.same($0.name, model) }) { return found.folder }
    throw missing(
      model,
      places: [path, modelCache + "/" + model, hubCache + "/" + Self.hubFolder(model)]
        + shippedFolders.map { $0 + "/" + model },
      candidates: known.map(\.name), remedy)
  }

  /// Every model the two caches hold, Anneal's first, and those that come with Anneal.
  public var knownModels: [KnownModel] { known(Self.holdsModel) }

  /// What lies where models do, of the folders that hold what is looked for.
  private func known(_ holds: (String) -> Bool) -> [KnownModel] {
    Self.models(in: modelCache, holds) + hubModels(holds)
      + shippedFolders.flatMap { Self.models(in: $0, holds) }
  }

  /// The folder of a model that comes with Anneal; nil where it does not.
  package func shipped(_ name: String) -> String? {
    shippedFolders.map { "\($0)/\(name)" }.first(where: Self.holdsModel)
  }

  private static func models(in cache: String, _ holds: (String) -> Bool) -> [KnownModel] {
    list(cache).flatMap { name -> [KnownModel] in
      let model = KnownModel(name: name, folder: "\(cache)/\(name)")
      if holds(model.folder) { return [model] }
      return list(model.folder)
        .map { KnownModel(name: "\(name)/\($0)", folder: "\(model.folder)/\($0)") }
        .filter { holds($0.folder) }
    }
  }

  private func hubModels(_ holds: (String) -> Bool) -> [KnownModel] {
    Self.list(hubCache).filter { $0.hasPrefix("models--") }.compactMap { entry in
      let repository = "\(hubCache)/\(entry)"
      guard let commit = try? FileReader.contents("\(repository)/refs/main") else { return nil }
      let revision = String(decoding: commit.filter { $0 > 0x20 }, as: UTF8.self)
      let folder = "\(repository)/snapshots/\(revision)"
      let name = entry.dropFirst("models--".count).split(separator: "--").joined(separator: "/")
      return holds(folder) ? KnownModel(name: name, folder: folder) : nil
    }
  }

  private static func path(_ model: String, base: String?) -> String {
    if model.hasPrefix("~/") { return FilePaths.home + model.dropFirst(1) }
    return FilePaths.join(base ?? FilePaths.current, model)
  }

  private static func hubFolder(_ model: String) -> String {
    "models--" + model.split(separator: "/").joined(separator: "--")
  }

  /// Whether two names mean one model; either may leave out its organisation.
  private static func same(_ known: String, _ wanted: String) -> Bool {
    known == wanted || FilePaths.name(known) == wanted || known == FilePaths.name(wanted)
  }

  private static func holdsModel(_ path: String) -> Bool { WeightFiles.holdsModel(path) }

  private static func holdsModelOrTokenizer(_ path: String) -> Bool {
    holdsModel(path) || Folders.isFolder(path) && !Tokenizer.files(at: path).isEmpty
  }

  private static func list(_ folder: String) -> [String] { (try? Folders.list(folder)) ?? [] }

  /// What to give instead of a name that is not known.
  private static let remedy =
    "Give a folder that holds config.json and model.safetensors, or a .gguf file."
  private static let tokenizerRemedy =
    "Give the path of a tokenizer.json or of a folder that holds a tokenizer, or the name of a model "
    + "that a cache holds."

  private func missing(
    _ model: String, places: [String], candidates: [String], _ remedy: String
  ) -> ModelError {
    let near =
      Suggestion.nearest(to: model, among: candidates)
      ?? Suggestion.nearest(
        to: FilePaths.name(model), among: candidates.map { FilePaths.name($0) })
    return ModelError(
      .notFound, file: model,
      problem: "no such model; looked at " + places.joined(separator: ", "),
      remedy: (near.map { "Did you mean '\($0)'? " } ?? "")
        + remedy)
  }
}
