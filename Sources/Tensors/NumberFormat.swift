internal import CKernels

/// How the numbers of a stored tensor are spelled, under the names of safetensors and ggml.
public enum NumberFormat: String, Sendable, CaseIterable {
  /// IEEE floating-point numbers of 64, 32 and 16 bits, and the upper half of one of 32 bits.
  case f64 = "F64"
  case f32 = "F32"
  case f16 = "F16"
  case bf16 = "BF16"
  /// Integers with and without sign; truth values are bytes of 0 or 1.
  case i64 = "I64"
  case i32 = "I32"
  case i16 = "I16"
  case i8 = "I8"
  case u64 = "U64"
  case u32 = "U32"
  case u16 = "U16"
  case u8 = "U8"
  case bool = "BOOL"
  /// Blocks of ggml: integers of few bits with a scale, and sometimes a minimum, a block.
  case q4_0 = "Q4_0"
  case q4_1 = "Q4_1"
  case q5_0 = "Q5_0"
  case q5_1 = "Q5_1"
  case q8_0 = "Q8_0"
  case q4_k = "Q4_K"
  case q5_k = "Q5_K"
  case q6_k = "Q6_K"

  /// The values of one block; 1 for formats without blocks.
  public var blockValues: Int { Int(anneal_format_values(kernel)) }

  /// The bytes of one block: of one number, for formats without blocks.
  public var blockBytes: Int { Int(anneal_format_bytes(kernel)) }

  /// What the numbers stand for.
  public var kind: Kind {
    switch self {
    case .f64, .f32, .f16, .bf16: .real
    case .i64, .i32, .i16, .i8, .u64, .u32, .u16, .u8: .integer
    case .bool: .truth
    case .q4_0, .q4_1, .q5_0, .q5_1, .q8_0, .q4_k, .q5_k, .q6_k: .blocks
    }
  }

  /// What stored numbers stand for.
  public enum Kind: Sendable {
    /// Floating-point numbers.
    case real
    /// Whole numbers.
    case integer
    /// True and false.
    case truth
    /// Floating-point numbers that share scales.
    case blocks
  }

  /// The bytes of so many values; nil where they are no whole number of blocks, or overflow.
  public func bytes(of values: Int) -> Int? {
    guard values >= 0, values % blockValues == 0 else { return nil }
    let (bytes, overflow) = (values / blockValues).multipliedReportingOverflow(by: blockBytes)
    return overflow ? nil : bytes
  }

  var kernel: anneal_format {
    switch self {
    case .f64: ANNEAL_FORMAT_F64
    case .f32: ANNEAL_FORMAT_F32
    case .f16: ANNEAL_FORMAT_F16
    case .bf16: ANNEAL_FORMAT_BF16
    case .i64: ANNEAL_FORMAT_I64
    case .i32: ANNEAL_FORMAT_I32
    case .i16: ANNEAL_FORMAT_I16
    case .i8: ANNEAL_FORMAT_I8
    case .u64: ANNEAL_FORMAT_U64
    case .u32: ANNEAL_FORMAT_U32
    case .u16: ANNEAL_FORMAT_U16
    case .u8, .bool: ANNEAL_FORMAT_U8
    case .q4_0: ANNEAL_FORMAT_Q4_0
    case .q4_1: ANNEAL_FORMAT_Q4_1
    case .q5_0: ANNEAL_FORMAT_Q5_0
    case .q5_1: ANNEAL_FORMAT_Q5_1
    case .q8_0: ANNEAL_FORMAT_Q8_0
    case .q4_k: ANNEAL_FORMAT_Q4_K
    case .q5_k: ANNEAL_FORMAT_Q5_K
    case .q6_k: ANNEAL_FORMAT_Q6_K
    }
  }
}
