import Records
import Stages
public import Tensors

/// The weights of a model in any format, found by name.
///
/// Files are memory-mapped: opening reads what they say about themselves, and a tensor is read when
/// it is asked for. 4-bit and 8-bit matrices of bitsandbytes stand under their own names, as the model has them.
public struct Checkpoint: Sendable {
  /// The file it was opened by: the weights, or the index of the shards.
  public let path: String
  /// The tensors of all files.
  public let tensors: [StoredTensor]
  private let files: [any TensorFile]
  private let fourBit: [FourBitWeights]
  private let eightBit: [EightBitWeights]
  private let homes: [String: (file: Int, place: Int)]

  /// Opens the weights of a folder, or a file of weights.
  ///
  /// Of several formats in one folder the first of these is taken: `model.safetensors`, its index,
  /// `pytorch_model.bin`, its index, a `.pt` or `.pth`, a `.gguf`.
  /// - Throws: `ModelError.notFound` naming what was looked for, `.corrupt` for a shard that lacks a
  ///   tensor, and what the formats throw.
  public init(folder: String) throws(ModelError) {
    let weights = try WeightFiles.find(folder)
    switch weights {
    case .single(let path): try self.init(path: path, files: [TensorFiles.open(path)])
    case .index(let path): try self.init(index: path)
    }
  }

  /// The weights of files that together make a model.
  init(path: String, files: [any TensorFile]) throws(ModelError) {
    self.path = path
    self.files = files
    var tensors: [StoredTensor] = []
    var homes: [String: (file: Int, place: Int)] = [:]
    var fourBit: [FourBitWeights] = []
    var eightBit: [EightBitWeights] = []
    for (number, file) in files.enumerated() {
      let weights = try FourBitWeights(file)
      let rows = try EightBitWeights(file)
      fourBit.append(weights)
      eightBit.append(rows)
      let parts = weights.parts.union(rows.parts)
      for tensor in file.tensors where !parts.contains(tensor.name) {
        guard homes.updateValue((number, tensors.count), forKey: tensor.name) == nil else {
          throw ModelError(.corrupt, file: path, problem: "two shards hold \(tensor.name)")
        }
        tensors.append(weights.matrices[tensor.name]?.stored ?? tensor)
      }
    }
    self.tensors = tensors
    self.homes = homes
    self.fourBit = fourBit
    self.eightBit = eightBit
  }

  private init(index: String) throws(ModelError) {
    guard let map = try ModelFiles.json(index)["weight_map"]?.object else {
      throw ModelError(.corrupt, file: index, problem: "has no weight_map")
    }
    let names = Set(map.members.compactMap(\.value.string)).sorted()
    var files: [any TensorFile] = []
    for name in names {
      guard !name.utf8.contains(UInt8(ascii: "/")) else {
        throw ModelError(
          .corrupt, file: index, problem: "names a shard outside its folder: \(name)")
      }
      files.append(try TensorFiles.open(FilePaths.folder(index) + "/" + name))
    }
    try self.init(path: index, files: files)
    for member in map.members where homes[member.key] == nil && !isPart(member.key) {
      throw ModelError(
        .corrupt, file: index, problem: "\(member.key) is in none of its \(names.count) shards",
        remedy: "Fetch the shards again.")
    }
  }

  /// Whether a tensor is filed as bitsandbytes files linear maps: in 4 or 8 bits, output by output.
  func isQuantized(_ name: String) -> Bool {
    fourBit.contains { $0.matrices[name] != nil }
      || eightBit.contains { $0.matrices.contains(name) }
  }

  /// Whether some matrices are filed in 4 bits, so that the others are wide by intention.
  var isFourBit: Bool { fourBit.contains { !$0.matrices.isEmpty } }

  private func isPart(_ name: String) -> Bool {
    fourBit.contains { $0.parts.contains(name) } || eightBit.contains { $0.parts.contains(name) }
  }

  /// The tensor of a name as its header describes it, or nil.
  public subscript(name: String) -> StoredTensor? { homes[name].map { tensors[$0.place] } }

  /// A tensor in 32-bit floats.
  /// - Throws: `ModelError.mismatch` if there is no such tensor, `.unsupported` for its numbers.
  public func tensor(_ name: String) throws(ModelError) -> Tensor {
    let home = try home(of: name)
    if let tensor = try fourBit[home].tensor(name, in: files[home]) { return tensor }
    if let tensor = try eightBit[home].tensor(name, in: files[home]) { return tensor }
    return try files[home].tensor(name)
  }

  /// A tensor that holds 4-bit numbers: those of the file, or else rounded to them.
  ///
  /// Wide are numbers of 4 bits in the file that the model stores the other way round: blocks run along
  /// the file's rows, so that they cannot be turned as they are, and another rounding would change them.
  ///
  /// Memory: the wide values of this one tensor while it is rounded; what reading the file took is given
  /// back.
  /// - Parameter turned: Whether the file has outputs for rows and the model inputs.
  /// - Throws: `ModelError.mismatch` if there is no such tensor, `.unsupported` for its numbers.
  public func tensor(
    _ name: String, in base: FourBitBase, turned: Bool = false
  ) throws(ModelError) -> Tensor {
    let home = try home(of: name)
    defer { try? files[home].numbers(name).forgetPages() }
    if let values = try fourBit[home].values(name, in: files[home]) {
      if turned { return try tensor(name).transposed() }
      return Tensor(holding: values, rounding: fourBit[home].matrices[name]?.rounding)
    }
    let stored = try tensor(name)
    let wide = turned ? stored.transposed() : stored
    return Tensor(holding: FourBitValues(wide, base.code, nested: base.isNested))
  }

  /// The values of an integer tensor, row by row.
  /// - Throws: `ModelError.mismatch` if there is no such tensor or it holds other numbers.
  public func integers(_ name: String) throws(ModelError) -> [Int] {
    try files[home(of: name)].integers(name)
  }

  /// The 4-bit numbers of a matrix; nil where it is stored otherwise.
  /// - Throws: `ModelError.mismatch` if there is no such tensor, `.corrupt` where its parts differ.
  public func fourBitValues(_ name: String) throws(ModelError) -> FourBitValues? {
    let home = try home(of: name)
    return try fourBit[home].values(name, in: files[home])
  }

  private func home(of name: String) throws(ModelError) -> Int {
    guard let home = homes[name] else {
      throw ModelError(.mismatch, file: path, problem: "holds no tensor \(name)")
    }
    return home.file
  }
}
