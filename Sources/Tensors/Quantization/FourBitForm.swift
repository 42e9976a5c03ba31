internal import CKernels

/// The 4-bit numbers that a tensor holds in the place of wide values.
///
/// Products read them as they are; whoever else reads the tensor gets its values widened for as long as
/// it reads.
final class FourBitForm: Sendable {
  let values: FourBitValues
  /// The format that values are rounded to once they are widened.
  let rounding: HalfPrecision?

  init(_ values: FourBitValues, rounding: HalfPrecision?) {
    self.values = values
    self.rounding = rounding
  }

  var count: Int { values.shape.reduce(1, *) }

  /// The bytes that numbers and scales take.
  var bytes: Int {
    let scales =
      switch values.scales {
      case .plain(let scales): 4 * scales.count
      case .nested(let nested): nested.codes.count + 4 * (nested.scales.count + nested.table.count)
      }
    return values.packed.count + scales + 4 * values.table.count
  }

  /// Calls `body` with the values as kernels see them.
  func withKernel<Result>(_ body: (UnsafePointer<anneal_four_values>) -> Result) -> Result {
    values.packed.withUnsafeBufferPointer { packed in
      values.table.withUnsafeBufferPointer { table in
        var kernel = anneal_four_values()
        kernel.count = Int64(count)
        kernel.block = Int64(values.blockSize)
        kernel.packed = packed.baseAddress
        kernel.table = table.baseAddress
        kernel.rounding = Int32(roundingFormat.rawValue)
        return withScales(of: &kernel, body)
      }
    }
  }

  private func withScales<Result>(
    of kernel: inout anneal_four_values,
    _ body: (UnsafePointer<anneal_four_values>) -> Result
  ) -> Result {
    switch values.scales {
    case .plain(let scales):
      return scales.withUnsafeBufferPointer { scales in
        kernel.scales = scales.baseAddress
        return body(&kernel)
      }
    case .nested(let nested):
      kernel.code_block = Int64(nested.blockSize)
      kernel.offset = nested.offset
      return nested.codes.withUnsafeBufferPointer { codes in
        nested.table.withUnsafeBufferPointer { table in
          nested.scales.withUnsafeBufferPointer { scales in
            kernel.codes = codes.baseAddress
            kernel.code_table = table.baseAddress
            kernel.code_scales = scales.baseAddress
            return body(&kernel)
          }
        }
      }
    }
  }

  private var roundingFormat: anneal_format {
    switch rounding {
    case nil: ANNEAL_FORMAT_F32
    case .bfloat16: ANNEAL_FORMAT_BF16
    case .float16: ANNEAL_FORMAT_F16
    }
  }

  /// Writes all values.
  func widen(into memory: UnsafeMutablePointer<Float>) {
    withKernel { anneal_four_widen($0, memory) }
  }
}

extension Tensor {
  /// A tensor that holds 4-bit numbers for as long as nobody writes to it.
  ///
  /// Linear maps multiply by them part by part, so that the wide values never stand in memory at once;
  /// other readers have them widened while they read. What is written makes it an ordinary tensor.
  /// - Parameter rounding: The format that values are rounded to once they are widened.
  public convenience init(holding values: FourBitValues, rounding: HalfPrecision? = nil) {
    let form = FourBitForm(values, rounding: rounding)
    self.init(storage: Storage(fourBit: form), shape: values.shape)
  }

  /// The 4-bit numbers that the tensor holds; nil where it holds wide values.
  public var fourBitValues: FourBitValues? { storage.fourBit?.values }

  /// The bytes of memory that the values take between readings; 0 where a file holds them.
  public var bytesHeld: Int { storage.bytesHeld }
}

extension WeightLayout {
  /// The numbers of a weight read as [in, out], or as [out, in] on the way back.
  func fourBits(
    _ values: UnsafePointer<anneal_four_values>, columns: Int, isBackward: Bool = false
  ) -> anneal_four_matrix {
    (self == .outputByInput) == isBackward
      ? anneal_four_matrix(values: values, row: Int64(columns), column: 1)
      : anneal_four_matrix(values: values, row: 1, column: Int64(columns))
  }
}
