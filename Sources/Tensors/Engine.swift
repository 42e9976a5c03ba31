internal import CKernels
internal import COpenBLAS

/// The machine as the numerical kernels use it.
public enum Engine {
  /// The number of threads that operations use; 0 asks for all processors of this process.
  ///
  /// Results do not depend on it.
  public static var threads: Int {
    get { Int(anneal_pool_threads()) }
    set { anneal_pool_set_threads(Int32(clamping: newValue)) }
  }

  /// Bytes of tensors alive now, and the most that ever were.
  public static var memory: (live: Int, peak: Int) { BufferPool.shared.bytes }

  /// The instruction set of the kernels: "AVX-512", "AVX2" or "portable".
  public static var instructions: String { instructionSet.rawValue }

  /// A set of processor instructions that the kernels were compiled for.
  package enum InstructionSet: String, Sendable, CaseIterable {
    /// The compiler's default; matrix products go to OpenBLAS where it is installed.
    case portable
    /// 256-bit vectors with fused multiply-add.
    case avx2 = "AVX2"
    /// 512-bit vectors.
    case avx512 = "AVX-512"

    fileprivate var level: anneal_level {
      switch self {
      case .portable: ANNEAL_LEVEL_PORTABLE
      case .avx2: ANNEAL_LEVEL_AVX2
      case .avx512: ANNEAL_LEVEL_AVX512
      }
    }
  }

  /// The instructions in use: the best of this processor.
  package static var instructionSet: InstructionSet {
    let level = anneal_current_level()
    return InstructionSet.allCases.first { $0.level == level } ?? .portable
  }

  /// Lowers the instructions in use, to test kernels of lesser processors.
  package static func limit(to instructions: InstructionSet) {
    anneal_limit_level(instructions.level)
    prepare(instructions)
  }

  /// The kernels OpenBLAS really uses ("Haswell", "SkylakeX", …); nil where it is missing.
  public static var openBLASCore: String? {
    anneal_openblas_load() ? String(cString: anneal_openblas_core()) : nil
  }

  /// One line for `anneal doctor`.
  public static var description: String {
    "kernels \(instructions), \(threads) threads, OpenBLAS \(openBLASCore ?? "not installed")"
  }

  /// Done once before the first operation.
  static let isPrepared: Bool = prepare(instructionSet)

  /// Hands matrix products to OpenBLAS on processors without kernels of their own.
  @discardableResult
  private static func prepare(_ instructions: InstructionSet) -> Bool {
    guard instructions == .portable, anneal_openblas_load() else { return false }
    anneal_set_portable_sgemm(anneal_openblas_sgemm)
    return true
  }
}
