import Records
import Tensors

/// The checked header of a `.safetensors` file.
struct SafetensorsHeader {
  private(set) var tensors: [StoredTensor] = []
  private(set) var metadata: [String: String] = [:]
  private let path: String
  private let dataStart: Int
  private let fileSize: Int

  init(_ file: MappedFile, path: String) throws(ModelError) {
    self.path = path
    fileSize = file.count
    dataStart = try 8 + Self.length(file, path)
    for member in try members(file).members {
      if member.key == "__metadata__" {
        for entry in member.value.object?.members ?? [] { metadata[entry.key] = entry.value.string }
      } else {
        tensors.append(try tensor(member.key, member.value))
      }
    }
    tensors.sort {
      ($0.bytes.lowerBound, $0.bytes.upperBound) < ($1.bytes.lowerBound, $1.bytes.upperBound)
    }
    try checkLayout()
  }

  /// The header's size, which must fit the file and the limit.
  private static func length(_ file: MappedFile, _ path: String) throws(ModelError) -> Int {
    guard file.count >= 8 else {
      throw corrupt(path, "it has \(file.count) bytes, too few for a header")
    }
    let word = file.withBytes { $0.unsafeLoadUnaligned(fromByteOffset: 0, as: UInt64.self) }
    let length = UInt64(littleEndian: word)
    guard length <= SafetensorsFile.largestHeader else {
      throw corrupt(
        path,
        "its header claims \(length) bytes, over the limit of \(SafetensorsFile.largestHeader)")
    }
    guard Int(length) <= file.count - 8 else {
      throw corrupt(path, "its header claims \(length) bytes, but only \(file.count - 8) follow")
    }
    return Int(length)
  }

  private func members(_ file: MappedFile) throws(ModelError) -> JSONObject {
    let bytes = file.withBytes { bytes in
      (8..<dataStart).map { bytes.unsafeLoad(fromByteOffset: $0, as: UInt8.self) }
    }
    let json: JSONValue
    do { json = try JSONValue.parse(bytes) } catch {
      throw Self.corrupt(path, "its header is not JSON: \(error)")
    }
    guard let members = json.object else {
      throw Self.corrupt(path, "its header is \(json.kindName), not an object")
    }
    return members
  }

  private func tensor(_ name: String, _ value: JSONValue) throws(ModelError) -> StoredTensor {
    guard let type = value["dtype"]?.string, let dimensions = value["shape"]?.array,
      let offsets = value["data_offsets"]?.array, offsets.count == 2,
      let start = offsets[0].int, let end = offsets[1].int
    else { throw Self.corrupt(path, "tensor \(name) lacks dtype, shape or data_offsets") }
    guard let format = NumberFormat(rawValue: type), format.kind != .blocks else {
      throw ModelError(
        .unsupported, file: path, problem: "tensor \(name) has the number format \(type)",
        remedy: "Save the model in F32, F16 or BF16.")
    }
    let shape = dimensions.compactMap(\.int)
    guard shape.count == dimensions.count, let count = StoredTensor.count(of: shape),
      let size = format.bytes(of: count)
    else {
      throw Self.corrupt(
        path, "tensor \(name) has the impossible shape \(value["shape"]?.text ?? "")")
    }
    let room = fileSize - dataStart
    guard start >= 0, end >= start, end <= room else {
      throw Self.corrupt(
        path, "tensor \(name) claims bytes \(start) to \(end) of the \(room) after the header")
    }
    guard end - start == size else {
      throw Self.corrupt(
        path, "tensor \(name) of \(type) \(shape) needs \(size) bytes and claims \(end - start)")
    }
    return StoredTensor(
      name: name, format: format, shape: shape, bytes: dataStart + start..<dataStart + end)
  }

  /// Tensors must follow one another without overlap, and fill the file.
  private func checkLayout() throws(ModelError) {
    var place = dataStart
    for tensor in tensors {
      guard tensor.bytes.lowerBound == place else {
        let overlaps = tensor.bytes.lowerBound < place
        throw Self.corrupt(
          path,
          "tensor \(tensor.name) \(overlaps ? "overlaps the tensor before it" : "leaves a gap")")
      }
      place = tensor.bytes.upperBound
    }
    guard place == fileSize else {
      throw Self.corrupt(path, "\(fileSize - place) bytes follow the last tensor")
    }
  }

  private static func corrupt(_ path: String, _ problem: String) -> ModelError {
    ModelError(
      .corrupt, file: path, problem: "is no whole safetensors file: \(problem)",
      remedy: "Fetch or save the file again.")
  }
}
