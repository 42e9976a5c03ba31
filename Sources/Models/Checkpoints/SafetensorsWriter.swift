import Records
public import Stages
public import Tensors

/// Writes `.safetensors` files in 32-bit floats, atomically.
public enum SafetensorsWriter {
  /// Writes tensors, sorted by name, with `{"format": "pt"}` and further metadata in the header.
  ///
  /// The same tensors give the same bytes.
  /// - Throws: `FileError`, such as for a full disk; the file that stood there before stays.
  public static func write(
    _ tensors: [(name: String, tensor: Tensor)], to path: String, metadata: [String: String] = [:]
  ) throws(FileError) {
    let sorted = tensors.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    let file = try AtomicFile(path)
    try file.write(header(sorted, metadata))
    for (_, tensor) in sorted {
      try tensor.withValues { (values) throws(FileError) in
        var failure: FileError?
        values.withUnsafeBytes { bytes in
          do throws(FileError) { try file.write(bytes) } catch { failure = error }
        }
        if let failure { throw failure }
      }
    }
    try file.commit()
  }

  /// The header with its size in front, padded with blanks so that the data starts on 8 bytes.
  private static func header(
    _ tensors: [(name: String, tensor: Tensor)], _ metadata: [String: String]
  ) -> [UInt8] {
    var notes: JSONObject = ["format": "pt"]
    for (key, value) in metadata.sorted(by: { $0.key < $1.key }) { notes[key] = .string(value) }
    var members: [(String, JSONValue)] = [("__metadata__", .object(notes))]
    var offset = 0
    for (name, tensor) in tensors {
      let end = offset + 4 * tensor.count
      let entry: JSONValue = [
        "dtype": "F32", "shape": .array(tensor.shape.map { .integer($0) }),
        "data_offsets": [.integer(offset), .integer(end)],
      ]
      members.append((name, entry))
      offset = end
    }
    var json = JSONValue.object(JSONObject(members)).bytes
    while json.count % 8 != 0 { json.append(UInt8(ascii: " ")) }
    return (0..<8).map { UInt8(truncatingIfNeeded: json.count >> (8 * $0)) } + json
  }
}
