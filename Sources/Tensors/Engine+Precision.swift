internal import CKernels

extension Engine {
  /// The numbers that a matrix product multiplies.
  ///
  /// Sums are fp32 always, and so is all else: weights, norms, softmax, attention, losses, the
  /// optimizer. Products of 16 rows or fewer are fp32 too, as they wait for memory, not arithmetic.
  public enum Precision: String, Sendable, CaseIterable {
    /// 32-bit floating point.
    case fp32
    /// Two bf16 numbers for each value and three products: relative errors of some 4e-6.
    case bf16x3
    /// Values rounded to 8 significant bits: relative errors of some 2e-3.
    case bf16
  }

  /// What products of tapes made in the current task multiply.
  ///
  /// ```swift
  /// Engine.$precision.withValue(.bf16x3) { try loop.run() }
  /// ```
  /// Without AMX (`tilesFault` says why) products are fp32 whatever is set here.
  @TaskLocal public static var precision: Precision = .fp32

  /// Whether plain code imitates AMX for tapes made in the current task: slow, the same numbers.
  @TaskLocal package static var imitatesTiles = false

  /// Whether small results, too, are made again for the way back, as those of a larger batch would be.
  @TaskLocal package static var makesAllAgain = false

  /// The precision as the kernels take it.
  static var kernelPrecision: anneal_precision {
    switch (precision, imitatesTiles) {
    case (.fp32, _): ANNEAL_FP32
    case (.bf16x3, false): ANNEAL_BF16X3
    case (.bf16, false): ANNEAL_BF16
    case (.bf16x3, true): ANNEAL_IMITATED_BF16X3
    case (.bf16, true): ANNEAL_IMITATED_BF16
    }
  }
}
