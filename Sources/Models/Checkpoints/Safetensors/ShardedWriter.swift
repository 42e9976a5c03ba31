import Records
public import Stages
public import Tensors

extension SafetensorsWriter {
  /// Writes the tensors of a model into a folder, in several files where they are large.
  ///
  /// One file is `model.safetensors`; several are `model-00001-of-0000N.safetensors` in the order of
  /// the tensors, with `model.safetensors.index.json`. Weights that stood in the folder under the
  /// other names go, since a reader might take these. A tensor that stands under several names is
  /// written under the first, as Hugging Face does with tied weights.
  /// - Parameters:
  ///   - half: A precision of 16 bits, or nil for 32.
  ///   - limit: The most bytes of one file; a tensor that is larger has a file of its own.
  /// - Throws: `FileError`, such as for a full disk; what stood there before stays.
  public static func write(
    _ tensors: [SavedTensor], into folder: String, half: HalfPrecision? = nil,
    limit: Int = 5_000_000_000
  ) throws(FileError) {
    let tensors = untied(tensors)
    let shards = shards(tensors, half, limit)
    let names =
      shards.count == 1
      ? ["model.safetensors"] : shards.indices.map { name($0, of: shards.count) }
    let stale = weights(in: folder).filter { !names.contains($0) }
    // All files are whole before the first takes its place.
    var files: [AtomicFile] = []
    for (name, shard) in zip(names, shards) {
      files.append(try prepare(shard, "\(folder)/\(name)", half, [:]))
    }
    for file in files { try file.commit() }
    if shards.count > 1 { try writeIndex(shards, names, half, folder) }
    for name in stale where shards.count == 1 || name != indexName {
      try Folders.remove("\(folder)/\(name)")
    }
  }

  private static let indexName = "model.safetensors.index.json"

  private static func name(_ index: Int, of count: Int) -> String {
    func digits(_ number: Int) -> String {
      String(repeating: "0", count: max(0, 5 - "\(number)".count)) + "\(number)"
    }
    return "model-\(digits(index + 1))-of-\(digits(count)).safetensors"
  }

  /// The files that a reader of the folder would take for weights.
  private static func weights(in folder: String) -> [String] {
    let names = (try? Folders.list(folder)) ?? []
    return names.filter { name in
      name == "model.safetensors" || name == indexName
        || name.hasPrefix("model-") && name.hasSuffix(".safetensors")
    }
  }

  /// Each tensor under the first of its names.
  private static func untied(_ tensors: [SavedTensor]) -> [SavedTensor] {
    var seen: Set<ObjectIdentifier> = []
    return tensors.filter { saved in
      guard case .values(let tensor) = saved.content else { return true }
      return seen.insert(ObjectIdentifier(tensor)).inserted
    }
  }

  /// The tensors of each file, in order.
  private static func shards(
    _ tensors: [SavedTensor], _ half: HalfPrecision?, _ limit: Int
  ) -> [[SavedTensor]] {
    var shards: [[SavedTensor]] = [[]]
    var room = limit
    for tensor in tensors {
      let size = tensor.size(half)
      if size > room, shards.last?.isEmpty == false {
        shards.append([])
        room = limit
      }
      shards[shards.count - 1].append(tensor)
      room -= size
    }
    return shards
  }

  private static func writeIndex(
    _ shards: [[SavedTensor]], _ names: [String], _ half: HalfPrecision?, _ folder: String
  ) throws(FileError) {
    let homes = zip(names, shards).flatMap { name, shard in shard.map { ($0.name, name) } }
      .sorted { $0.0.utf8.lexicographicallyPrecedes($1.0.utf8) }
    let all = shards.joined()
    let index: JSONValue = [
      "metadata": [
        "total_parameters": .integer(all.reduce(0) { $0 + $1.shape.reduce(1, *) }),
        "total_size": .integer(all.reduce(0) { $0 + $1.size(half) }),
      ],
      "weight_map": .object(JSONObject(homes.map { ($0, .string($1)) })),
    ]
    try AtomicFile.write(index.prettyText.utf8, to: "\(folder)/\(indexName)")
  }
}
