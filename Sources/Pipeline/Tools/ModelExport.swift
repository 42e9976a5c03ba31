import Models
import Stages
import Train

/// Writes the model of a run, or a model with an adapter, as a folder of its own.
///
/// ```swift
/// try ModelExport(model: "runs/lora", merges: true).write(to: "merged")
/// ```
public struct ModelExport: Sendable {
  private let place: ModelPlace
  private let merges: Bool
  private let isForPEFT: Bool
  private let isEightBit: Bool

  /// Finds what is exported.
  /// - Parameters:
  ///   - name: The folder of a run, or a model's folder or name.
  ///   - adapter: The folder of an adapter on the model.
  ///   - merges: Whether the adapter's changes go into the weights, so that a plain model remains.
  ///   - isForPEFT: Whether an adapter is refused that PEFT would compute otherwise.
  ///   - isEightBit: Whether linear maps are filed in 8-bit integers, the rest in 16 bits.
  /// - Throws: `ModelError` where there is no such model.
  public init(
    model name: String, adapter: String? = nil, merges: Bool, isForPEFT: Bool = false,
    isEightBit: Bool = false
  ) throws {
    place = try ModelPlace(name, adapter: adapter)
    self.merges = merges
    self.isForPEFT = isForPEFT
    self.isEightBit = isEightBit
  }

  /// Writes the folder, which must not exist yet, and says what is in it.
  /// - Throws: `ModelError` for what cannot be merged, `FileError` for a folder that is there.
  public func write(to path: String) throws -> String {
    let target = FilePaths.join(FilePaths.current, path)
    guard !Folders.exists(target) else {
      throw ModelError(
        .invalid, file: target, problem: "is there already", remedy: "Name another --out.")
    }
    let temporary = target + ".partial"
    try Folders.remove(temporary)
    let folders = try ModelFolders(place.folder, adapter: place.adapter)
    let kind = try write(folders, temporary)
    try Folders.publish(temporary, as: target)
    return kind
  }

  private func write(_ folders: ModelFolders, _ target: String) throws -> String {
    let loaded = try ModelLoader.load(
      folders.base, adapter: folders.adapter, for: task(folders.configuration), seed: 0)
    let tokenizer =
      folders.adapter.flatMap { ModelFiles.holdsTokenizer($0) ? $0 : nil } ?? folders.base
    guard let adapter = loaded.adapter, !merges else {
      let model = try MergedModel(loaded.model)
      if isEightBit {
        try model.saveEightBit(to: target, tokenizer: tokenizer)
      } else {
        try model.save(to: target, tokenizer: tokenizer)
      }
      let kind = loaded.adapter == nil ? "model" : "model with its adapter merged"
      return isEightBit ? "\(kind), linear maps in 8 bits" : kind
    }
    guard !isEightBit else {
      throw ModelError(
        .unsupported, file: target, problem: "an adapter is not filed in 8 bits",
        remedy: "Add --merge.")
    }
    if isForPEFT { try AdapterFolder.requirePEFT(adapter, folders.adapter ?? folders.base) }
    try AdapterFolder.save(adapter, of: loaded.model, base: folders.base, to: target)
    try ModelFiles.copyTokenizer(from: tokenizer, to: target)
    return "adapter"
  }

  private func task(_ configuration: ModelConfiguration) throws(ModelError) -> ModelTask {
    if let task = try configuration.task { return task }
    throw ModelError(
      .unsupported, file: configuration.file,
      problem: "its architectures name no task that is known here")
  }
}
