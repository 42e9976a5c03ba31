import Records

/// One tensor to be written: its values are asked for when its turn comes.
public struct TensorEntry {
  /// The name in the file.
  public let name: String
  /// The shape, outermost dimension first.
  public let shape: [Int]
  /// Gives the values, row by row.
  public let values: () -> [Float]

  /// A tensor of 32-bit floats; `values` must give as many as the shape has places.
  public init(_ name: String, shape: [Int], values: @escaping () -> [Float]) {
    self.name = name
    self.shape = shape
    self.values = values
  }
}

/// Writes `.safetensors` files in 32-bit floats, atomically.
public enum SafetensorsWriter {
  /// Writes tensors, sorted by name, with `{"format": "pt"}` and further metadata in the header.
  ///
  /// The same tensors give the same bytes. One tensor's values are in memory at a time.
  /// - Throws: `ModelError.unwritable`; the file that stood there before stays.
  public static func write(
    _ entries: [TensorEntry], to path: String, metadata: [String: String] = [:]
  ) throws(ModelError) {
    let sorted = entries.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    let file = try AtomicFile(path)
    try write(header(sorted, metadata), to: file)
    for entry in sorted { try write(values(of: entry), to: file) }
    try file.commit()
  }

  /// The header with its size in front, padded with blanks so that the data starts on 8 bytes.
  static func header(_ entries: [TensorEntry], _ metadata: [String: String]) -> [UInt8] {
    var notes: JSONObject = ["format": "pt"]
    for (key, value) in metadata.sorted(by: { $0.key < $1.key }) { notes[key] = .string(value) }
    var members: [(String, JSONValue)] = [("__metadata__", .object(notes))]
    var offset = 0
    for entry in entries {
      let end = offset + 4 * entry.shape.reduce(1, *)
      members.append(
        (
          entry.name,
          [
            "dtype": "F32", "shape": .array(entry.shape.map { .integer($0) }),
            "data_offsets": [.integer(offset), .integer(end)],
          ]
        ))
      offset = end
    }
    var json = JSONValue.object(JSONObject(members)).bytes
    while json.count % 8 != 0 { json.append(UInt8(ascii: " ")) }
    return (0..<8).map { UInt8(truncatingIfNeeded: json.count >> (8 * $0)) } + json
  }

  private static func values(of entry: TensorEntry) -> [Float] {
    let values = entry.values()
    let wanted = entry.shape.reduce(1, *)
    precondition(
      values.count == wanted, "\(entry.name): \(values.count) values for shape \(entry.shape)")
    return values
  }

  private static func write<Element>(
    _ elements: [Element], to file: borrowing AtomicFile
  ) throws(ModelError) {
    var failure: ModelError?
    elements.withUnsafeBytes { bytes in
      do throws(ModelError) { try file.write(bytes) } catch { failure = error }
    }
    if let failure { throw failure }
  }
}
