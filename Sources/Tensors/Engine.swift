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

  /// Runs `body`, whose operations use the calling thread alone: for work that has threads of its own.
  ///
  /// Small operations wait for each other less where each thread does whole ones.
  public static func alone<Result, Fault>(
    _ body: () throws(Fault) -> Result
  ) throws(Fault) -> Result {
    let before = anneal_pool_alone(true)
    defer { _ = anneal_pool_alone(before) }
    return try body()
  }

  /// Bytes of tensors alive now, and the most that ever were.
  public static var memory: (live: Int, peak: Int) { TensorMemory.shared.bytes }

  /// Bytes of tensors that were alive when a walk back from a loss began: the most since
  /// ``forgetPeak()``, 0 where none has begun.
  package static var keptBytes: Int { TensorMemory.shared.kept }

  /// Bytes of the logits that a loss over a vocabulary holds at a time: they stop growing with the rows.
  package static func logitBytes(rows: Double, classes: Int, inTraining: Bool) -> Double {
    4 * min(rows * Double(classes), Double(VocabularyHead.mostLogits(wholeRows: inTraining)))
  }

  /// Lets the most bytes that ever were alive be those alive now, so that what comes can be measured.
  package static func forgetPeak() { TensorMemory.shared.forgetPeak() }

  /// Gives the memory of tensors that are gone back to the system.
  ///
  /// Meanwhile it is kept for the next ones: no more than the most that ever were alive at once need.
  public static func releaseMemory() { TensorMemory.shared.release() }

  /// The kernels OpenBLAS really uses ("Haswell", "SkylakeX", …); nil where it is missing.
  public static var openBLASCore: String? {
    anneal_openblas_load() ? String(cString: anneal_openblas_core()) : nil
  }

  /// The kernels that make matrix products where OpenBLAS makes them; nil where Anneal's own do.
  public static var productCore: String? {
    instructionSet == .portable ? openBLASCore : nil
  }

  /// One line for `anneal doctor`.
  public static var description: String {
    "kernels \(instructions), \(threads) threads, OpenBLAS \(openBLASCore ?? "not installed")"
  }

  /// Done once before the first operation.
  static let isPrepared: Bool = prepare(instructionSet)

  /// Hands matrix products to OpenBLAS on processors without kernels of their own.
  @discardableResult
  static func prepare(_ instructions: InstructionSet) -> Bool {
    guard instructions == .portable, anneal_openblas_load() else { return false }
    anneal_set_portable_sgemm(anneal_openblas_sgemm)
    return true
  }
}
