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
  public static var instructions: String {
    switch anneal_current_level() {
    case ANNEAL_LEVEL_AVX512: "AVX-512"
    case ANNEAL_LEVEL_AVX2: "AVX2"
    default: "portable"
    }
  }

  /// The kernels OpenBLAS really uses ("Haswell", "SkylakeX", …); nil where it is missing.
  public static var openBLASCore: String? {
    anneal_openblas_load() ? String(cString: anneal_openblas_core()) : nil
  }

  /// One line for `anneal doctor`.
  public static var description: String {
    "kernels \(instructions), \(threads) threads, OpenBLAS \(openBLASCore ?? "not installed")"
  }
}
