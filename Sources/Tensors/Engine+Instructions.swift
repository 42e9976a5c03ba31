internal import CKernels

extension Engine {
  /// The instruction set of the kernels: "AMX", "AVX-512", "AVX2" or "portable".
  ///
  /// The best of this processor, unless the environment variable `ANNEAL_ISA` names a lower one:
  /// amx, avx512, avx2 or portable.
  public static var instructions: String { instructionSet.rawValue }

  /// What is odd about `ANNEAL_ISA`, in one clause; nil where it is not set or does what it says.
  public static var instructionsFault: String? {
    switch anneal_level_request() {
    case ANNEAL_REQUEST_UNKNOWN:
      "ANNEAL_ISA is none of amx, avx512, avx2 and portable, and is ignored"
    case ANNEAL_REQUEST_TOO_HIGH:
      "ANNEAL_ISA asks for more than this processor has; \(instructions) serves"
    default: nil
    }
  }

  /// Why products cannot be in bf16 by the tiles of AMX, in one clause; nil where they can.
  public static var tilesFault: String? {
    if instructionSet == .amx || imitatesTiles { return nil }
    if anneal_level_request() == ANNEAL_REQUEST_HONOURED { return "ANNEAL_ISA leaves AMX out" }
    return switch anneal_amx() {
    case ANNEAL_AMX_WORKS: "AMX is left out"
    case ANNEAL_AMX_DISABLED: "the operating system does not enable this processor's AMX"
    case ANNEAL_AMX_DENIED: "the operating system denies AMX to this process"
    case ANNEAL_AMX_ILLEGAL: "this machine announces AMX, but its instructions are illegal"
    case ANNEAL_AMX_WRONG: "this machine's AMX multiplies wrongly"
    default: "this processor has no AMX"
    }
  }

  /// A set of processor instructions that the kernels were compiled for.
  package enum InstructionSet: String, Sendable, CaseIterable {
    /// The compiler's default; matrix products go to OpenBLAS where it is installed.
    case portable
    /// 256-bit vectors with fused multiply-add.
    case avx2 = "AVX2"
    /// 512-bit vectors.
    case avx512 = "AVX-512"
    /// 512-bit vectors, and tiles for matrix products in bf16.
    case amx = "AMX"

    fileprivate var level: anneal_level {
      switch self {
      case .portable: ANNEAL_LEVEL_PORTABLE
      case .avx2: ANNEAL_LEVEL_AVX2
      case .avx512: ANNEAL_LEVEL_AVX512
      case .amx: ANNEAL_LEVEL_AMX
      }
    }
  }

  /// The instructions in use.
  package static var instructionSet: InstructionSet {
    let level = anneal_current_level()
    return InstructionSet.allCases.first { $0.level == level } ?? .portable
  }

  /// Lowers the instructions in use, to test kernels of lesser processors.
  package static func limit(to instructions: InstructionSet) {
    anneal_limit_level(instructions.level)
    prepare(instructions)
  }
}
