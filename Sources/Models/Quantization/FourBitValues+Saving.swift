import Records
public import Tensors

extension FourBitValues {
  /// The tensors that bitsandbytes files a matrix as, under the name of the matrix.
  ///
  /// - Parameter code: The code of the numbers, which names the last tensor.
  public func tensors(_ name: String, _ code: FourBitCode) -> [SavedTensor] {
    var state: JSONObject = [
      "quant_type": .string(code.rawValue), "blocksize": .integer(blockSize), "dtype": "float32",
      "shape": .array(shape.map { .integer($0) }),
    ]
    var tensors = [
      SavedTensor(name, bytes: packed, shape: [packed.count, 1]),
      SavedTensor(name + ".quant_map", Tensor(table)),
    ]
    switch scales {
    case .plain(let values): tensors.append(SavedTensor(name + ".absmax", Tensor(values)))
    case .nested(let nested):
      tensors += [
        SavedTensor(name + ".absmax", bytes: nested.codes, shape: [nested.codes.count]),
        SavedTensor(name + ".nested_absmax", Tensor(nested.scales)),
        SavedTensor(name + ".nested_quant_map", Tensor(nested.table)),
      ]
      state["nested_blocksize"] = .integer(nested.blockSize)
      state["nested_dtype"] = "float32"
      state["nested_offset"] = .real(Double(nested.offset))
    }
    let text = Self.spaced(state)
    tensors.append(
      SavedTensor(
        "\(name).quant_state.bitsandbytes__\(code.rawValue)", bytes: text, shape: [text.count]))
    return tensors
  }

  /// JSON with a blank after commas and colons, as Python writes it.
  private static func spaced(_ state: JSONObject) -> [UInt8] {
    let members = state.members.map { member in
      let value = member.value.array?.map(\.text).joined(separator: ", ")
      return "\"\(member.key)\": " + (value.map { "[\($0)]" } ?? member.value.text)
    }
    return Array("{\(members.joined(separator: ", "))}".utf8)
  }
}
