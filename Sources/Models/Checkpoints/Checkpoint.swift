import Records
import Stages
public import Tensors

/// The weights of a model folder: `model.safetensors`, or the shards that its index names.
public struct Checkpoint: Sendable {
  /// The file it was opened by: the weights, or the index of the shards.
  public let path: String
  private let files: [SafetensorsFile]
  private let homes: [String: Int]

  /// Opens `model.safetensors`, or `model.safetensors.index.json` and every shard it names.
  /// - Throws: `ModelError.notFound` naming both files, `.corrupt` for a shard that lacks a tensor.
  public init(folder: String) throws(ModelError) {
    let single = folder + "/model.safetensors"
    let index = folder + "/model.safetensors.index.json"
    if Folders.exists(single) {
      try self.init(path: single, files: [SafetensorsFile(single)])
    } else if Folders.exists(index) {
      try self.init(index: index, folder: folder)
    } else {
      throw ModelError(
        .notFound, file: folder,
        problem: "holds neither model.safetensors nor model.safetensors.index.json",
        remedy: Self.otherWeights(folder))
    }
  }

  private init(path: String, files: [SafetensorsFile]) throws(ModelError) {
    self.path = path
    self.files = files
    var homes: [String: Int] = [:]
    for (place, file) in files.enumerated() {
      for tensor in file.tensors {
        guard homes.updateValue(place, forKey: tensor.name) == nil else {
          throw ModelError(.corrupt, file: path, problem: "two shards hold \(tensor.name)")
        }
      }
    }
    self.homes = homes
  }

  private init(index: String, folder: String) throws(ModelError) {
    guard let map = try ModelFiles.json(index)["weight_map"]?.object else {
      throw ModelError(.corrupt, file: index, problem: "has no weight_map")
    }
    let names = Set(map.members.compactMap(\.value.string)).sorted()
    var files: [SafetensorsFile] = []
    for name in names {
      guard !name.utf8.contains(UInt8(ascii: "/")) else {
        throw ModelError(
          .corrupt, file: index, problem: "names a shard outside its folder: \(name)")
      }
      files.append(try SafetensorsFile(folder + "/" + name))
    }
    try self.init(path: index, files: files)
    for member in map.members where homes[member.key] == nil {
      throw ModelError(
        .corrupt, file: index, problem: "\(member.key) is in none of its \(names.count) shards",
        remedy: "Fetch the shards again.")
    }
  }

  /// The tensors of all files.
  public var tensors: [StoredTensor] { files.flatMap(\.tensors) }

  /// The tensor of a name as its header describes it, or nil.
  public subscript(name: String) -> StoredTensor? { homes[name].flatMap { files[$0][name] } }

  /// A tensor in 32-bit floats.
  /// - Throws: `ModelError.mismatch` if there is no such tensor, `.unsupported` for its numbers.
  public func tensor(_ name: String) throws(ModelError) -> Tensor {
    guard let home = homes[name] else {
      throw ModelError(.mismatch, file: path, problem: "holds no tensor \(name)")
    }
    return try files[home].tensor(name)
  }

  /// Advice where a folder holds weights in another format.
  private static func otherWeights(_ folder: String) -> String {
    let names = (try? Folders.list(folder)) ?? []
    guard let other = names.first(where: { $0.hasSuffix(".bin") || $0.hasSuffix(".h5") }) else {
      return "Give the folder that holds the model's files."
    }
    return "\(other) is not read: save the model as safetensors."
  }
}
