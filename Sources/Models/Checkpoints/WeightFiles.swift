import Stages

/// Where the weights of a folder are.
enum WeightFiles {
  case single(String)
  case index(String)

  /// The weights of a folder by the order of formats, or the file that is given itself.
  static func find(_ path: String) throws(ModelError) -> WeightFiles {
    if Folders.exists(path), !Folders.isFolder(path) {
      return path.hasSuffix(".index.json") ? .index(path) : .single(path)
    }
    for name in ["model.safetensors", "pytorch_model.bin"] {
      if Folders.exists("\(path)/\(name)") { return .single("\(path)/\(name)") }
      let index = "\(path)/\(name).index.json"
      if Folders.exists(index) { return .index(index) }
    }
    for suffixes in [[".pt", ".pth"], [".gguf"]] {
      if let file = try only(suffixes, in: path) { return .single(file) }
    }
    throw ModelError(
      .notFound, file: path,
      problem: "holds neither model.safetensors nor model.safetensors.index.json, "
        + "pytorch_model.bin, pytorch_model.bin.index.json, a .pt, a .pth or a .gguf",
      remedy: remedy(path))
  }

  /// The `.gguf` of a path: the file itself, or the only one of a folder without `config.json`.
  static func gguf(_ path: String) -> String? {
    if !Folders.isFolder(path) { return path.hasSuffix(".gguf") ? path : nil }
    guard !Folders.exists(path + "/config.json") else { return nil }
    return try? only([".gguf"], in: path)
  }

  /// The folder of a model: the path itself, or the one that holds the file of weights it names.
  static func folder(_ path: String) -> String {
    Folders.isFolder(path) || !Folders.exists(path) ? path : FilePaths.folder(path)
  }

  /// Whether a path names a model: a folder with `config.json`, a file beside one, or a `.gguf`.
  static func holdsModel(_ path: String) -> Bool {
    if let file = gguf(path) { return Folders.exists(file) }
    if AdapterFolder.isAdapter(path) { return true }
    return Folders.exists(folder(path) + "/config.json")
      && (Folders.isFolder(path) || isWeights(path))
  }

  private static func isWeights(_ path: String) -> Bool {
    [".safetensors", ".bin", ".pt", ".pth", ".index.json"].contains { path.hasSuffix($0) }
  }

  /// What training programs leave beside the weights.
  private static let other = ["optimizer", "scheduler", "scaler", "rng_state", "training_args"]

  private static func only(_ suffixes: [String], in folder: String) throws(ModelError) -> String? {
    let names = ((try? Folders.list(folder)) ?? []).filter { name in
      suffixes.contains { name.hasSuffix($0) } && !other.contains { name.hasPrefix($0) }
    }
    guard names.count < 2 else {
      throw ModelError(
        .invalid, file: folder,
        problem: "holds several files of weights: \(names.sorted().joined(separator: ", "))",
        remedy: "Give the file instead of the folder.")
    }
    return names.first.map { "\(folder)/\($0)" }
  }

  /// Advice where a folder holds weights in a format that is not read.
  private static func remedy(_ folder: String) -> String {
    let names = (try? Folders.list(folder)) ?? []
    guard let other = names.first(where: { $0.hasSuffix(".h5") || $0.hasSuffix(".msgpack") }) else {
      return "Give the folder that holds the model's files."
    }
    return "\(other) is not read: save the model as safetensors."
  }
}
