/// How the numbers of a stored tensor are spelled.
public enum TensorFormat: String, Sendable {
  case f64 = "F64"
  case f32 = "F32"
  case f16 = "F16"
  case bf16 = "BF16"
  case i64 = "I64"
  case i32 = "I32"
  case i16 = "I16"
  case i8 = "I8"
  case u8 = "U8"
  case bool = "BOOL"

  /// Bytes of one number.
  public var width: Int {
    switch self {
    case .f64, .i64: 8
    case .f32, .i32: 4
    case .f16, .bf16, .i16: 2
    case .i8, .u8, .bool: 1
    }
  }
}

/// One tensor of a checkpoint as its header describes it.
public struct StoredTensor: Sendable, Equatable {
  /// The tensor's name.
  public let name: String
  /// How its numbers are spelled.
  public let format: TensorFormat
  /// Its shape, outermost dimension first; empty for a single number.
  public let shape: [Int]
  /// Where its bytes stand, counted from the start of the file.
  public let bytes: Range<Int>

  /// The number of its values.
  public var count: Int { bytes.count / format.width }
}
