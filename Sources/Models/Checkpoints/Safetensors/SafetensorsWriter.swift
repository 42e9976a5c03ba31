import Records
public import Stages
public import Tensors

/// Writes `.safetensors` files as Hugging Face lays them out, atomically.
///
/// Wide numbers come first and names are in order, so that every tensor is aligned and the same
/// tensors give the same bytes.
public enum SafetensorsWriter {
  /// Writes tensors in 32-bit floats, with `{"format": "pt"}` and further metadata in the header.
  /// - Throws: `FileError`, such as for a full disk; the file that stood there before stays.
  public static func write(
    _ tensors: [(name: String, tensor: Tensor)], to path: String, metadata: [String: String] = [:]
  ) throws(FileError) {
    try write(tensors.map { SavedTensor($0.name, $0.tensor) }, to: path, metadata: metadata)
  }

  /// Writes tensors in a precision: 16 bits where `half` says so, else 32.
  /// - Throws: `FileError`, such as for a full disk; the file that stood there before stays.
  public static func write(
    _ tensors: [SavedTensor], to path: String, half: HalfPrecision? = nil,
    metadata: [String: String] = [:]
  ) throws(FileError) {
    try prepare(tensors, path, half, metadata).commit()
  }

  /// A whole file that waits for its `commit`.
  static func prepare(
    _ tensors: [SavedTensor], _ path: String, _ half: HalfPrecision?, _ metadata: [String: String]
  ) throws(FileError) -> AtomicFile {
    let sorted = tensors.sorted { left, right in
      let widths = (left.format(half).blockBytes, right.format(half).blockBytes)
      if widths.0 != widths.1 { return widths.0 > widths.1 }
      return left.name.utf8.lexicographicallyPrecedes(right.name.utf8)
    }
    let file = try AtomicFile(path)
    try file.write(header(sorted, half, metadata))
    for tensor in sorted {
      try tensor.withBytes(half) { (bytes) throws(FileError) in try file.write(bytes) }
    }
    return file
  }

  /// The header with its size in front, padded with blanks so that the data starts on 8 bytes.
  private static func header(
    _ tensors: [SavedTensor], _ half: HalfPrecision?, _ metadata: [String: String]
  ) -> [UInt8] {
    var notes: JSONObject = ["format": "pt"]
    for (key, value) in metadata.sorted(by: { $0.key < $1.key }) { notes[key] = .string(value) }
    var members: [(String, JSONValue)] = [("__metadata__", .object(notes))]
    var offset = 0
    for tensor in tensors {
      let end = offset + tensor.size(half)
      let entry: JSONValue = [
        "dtype": .string(tensor.format(half).rawValue),
        "shape": .array(tensor.shape.map { .integer($0) }),
        "data_offsets": [.integer(offset), .integer(end)],
      ]
      members.append((tensor.name, entry))
      offset = end
    }
    var json = JSONValue.object(JSONObject(members)).bytes
    while json.count % 8 != 0 { json.append(UInt8(ascii: " ")) }
    return (0..<8).map { UInt8(truncatingIfNeeded: json.count >> (8 * $0)) } + json
  }
}
