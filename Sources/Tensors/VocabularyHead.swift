internal import CKernels

/// Logits of some rows and classes at a time, and the gradients that flow through them.
///
/// Where logits must be made again, the classes are cut rather than the rows, as the weight is by far
/// the largest matrix here: so it is read, and its gradient written, only once for thousands of rows.
struct VocabularyHead {
  let weight: Tensor
  let bias: Tensor?
  let targets: [Int32]
  let smoothing: Float
  let precision: anneal_precision
  /// Rows and classes at a time: some tens of megabytes.
  let rows, classes: Int

  init(
    _ hidden: Tensor, _ weight: Tensor, _ bias: Tensor?, _ targets: [Int32], _ smoothing: Float,
    _ precision: anneal_precision, wholeRows: Bool = false
  ) {
    precondition(
      weight.shape.count == 2 && weight.columns == hidden.columns,
      "a head of shape \(weight.shape) on hidden states of shape \(hidden.shape)")
    (self.weight, self.bias) = (weight, bias)
    (self.targets, self.smoothing, self.precision) = (targets, smoothing, precision)
    let count = max(hidden.rows, 1)
    func parts(_ values: Int) -> Int {
      max(1, (values - 1) / Self.mostLogits(wholeRows: wholeRows) + 1)
    }
    if wholeRows {
      // Whole tiles of rows, so that only the last chunk has a rest.
      let share = (count - 1) / parts(count * weight.rows) + 1
      (rows, classes) = (min(count, (share + 11) / 12 * 12), weight.rows)
    } else {
      rows = min(count, 4096)
      let share = (weight.rows - 1) / parts(rows * weight.rows) + 1
      // Not a power of two, which would crowd one set of the cache.
      classes = min(weight.rows, (share + 15) / 16 * 16 + 16)
    }
  }

  /// How many logits are there at a time, about; with their gradients at hand fewer.
  static func mostLogits(wholeRows: Bool) -> Int { 1 << (wholeRows ? 23 : 24) }

  private var width: Int { weight.columns }

  /// Part of the logits: where it stands, and its values.
  private struct Part {
    let row, first: Int
    let kernel: anneal_classes
    let logits: Tensor
  }

  private func eachPart(of hidden: Tensor, _ body: (Part) -> Void) {
    let logits = Tensor(uninitialized: [rows, classes])
    targets.withUnsafeBufferPointer { targets in
      guard let targets = targets.baseAddress else { return }
      for row in stride(from: 0, to: hidden.rows, by: rows) {
        for first in stride(from: 0, to: weight.rows, by: classes) {
          let kernel = anneal_classes(
            rows: Int64(min(rows, hidden.rows - row)),
            columns: Int64(min(classes, weight.rows - first)), first: Int64(first),
            classes: Int64(weight.rows), targets: targets + row, smoothing: smoothing)
          anneal_linear(
            precision, kernel.rows, kernel.columns, Int64(width), hidden.base + row * width,
            anneal_matrix(base: weight.base + first * width, row: 1, column: Int64(width)),
            bias.map { $0.base + first }, ANNEAL_ACTIVATION_NONE, logits.fresh, nil)
          body(Part(row: row, first: first, kernel: kernel, logits: logits))
        }
      }
    }
  }

  func forward(_ hidden: Tensor, _ losses: Tensor, _ statistics: Tensor) {
    eachPart(of: hidden) { part in
      anneal_cross_entropy_add(
        part.kernel, part.logits.base, statistics.fresh + 3 * part.row)
      anneal_cross_entropy_finish(
        part.kernel, statistics.base + 3 * part.row, losses.fresh + part.row)
    }
  }

  func backward(
    _ hidden: Tensor, _ slot: GradientSlot, _ gradient: Tensor, _ statistics: Tensor
  ) {
    // Without rows no part would write what is opened below.
    guard hidden.rows > 0 else { return }
    let dBias = bias?.slot.zeroed()
    open(slot) { dHidden, addHidden in
      open(weight.slot) { dWeight, addWeight in
        eachPart(of: hidden) { part in
          anneal_cross_entropy_part_backward(
            part.kernel, statistics.base + 3 * part.row, gradient.base + part.row,
            part.logits.fresh)
          let targets = Targets(
            hidden: dHidden, addHidden: addHidden, weight: dWeight, addWeight: addWeight,
            bias: dBias)
          addGradients(of: part, hidden, to: targets)
        }
      }
    }
  }

  /// Losses of all rows and, by the factors of rows, fresh gradients: of the hidden states, of the
  /// weight and of the bias if there is one.
  func forwardAndBack(
    _ hidden: Tensor, _ losses: Tensor, _ factors: [Float], _ gradients: [Tensor?]
  ) {
    let statistics = Tensor(uninitialized: [rows, 3])
    let dBias = bias == nil ? nil : gradients[2]
    if let dBias { anneal_fill(Int64(dBias.count), 0, dBias.fresh) }
    let targets = Targets(
      hidden: gradients[0]?.fresh, weight: gradients[1]?.fresh, bias: dBias?.fresh)
    eachPart(of: hidden) { part in
      anneal_cross_entropy_add(part.kernel, part.logits.base, statistics.fresh)
      anneal_cross_entropy_finish(part.kernel, statistics.base, losses.fresh + part.row)
      factors.withUnsafeBufferPointer { factors in
        guard let factors = factors.baseAddress else { return }
        anneal_cross_entropy_part_backward(
          part.kernel, statistics.base, factors + part.row, part.logits.fresh)
      }
      addGradients(of: part, hidden, to: targets)
    }
  }

  /// Calls `body` with a slot's memory, or with none where no gradient is wanted.
  private func open(
    _ slot: GradientSlot, _ body: (UnsafeMutablePointer<Float>?, _ add: Bool) -> Void
  ) {
    guard slot.requiresGradient else { return body(nil, false) }
    slot.add { body($0, $1) }
  }

  /// Where gradients go, as far as they are wanted, and whether the first share of each is added.
  private struct Targets {
    var hidden: UnsafeMutablePointer<Float>?
    var addHidden = false
    var weight: UnsafeMutablePointer<Float>?
    var addWeight = false
    /// Always added to.
    var bias: UnsafeMutablePointer<Float>?
  }

  /// Adds a part's share, whose logits have become their gradients.
  private func addGradients(of part: Part, _ hidden: Tensor, to targets: Targets) {
    if let target = targets.hidden {
      addToHidden(part, target + part.row * width, targets.addHidden || part.first > 0)
    }
    if let target = targets.weight {
      let rows = hidden.base + part.row * width
      addToWeight(part, rows, target + part.first * width, targets.addWeight || part.row > 0)
    }
    if let target = targets.bias {
      anneal_bias_backward(
        part.kernel.rows, part.kernel.columns, part.logits.fresh, ANNEAL_ACTIVATION_NONE, nil,
        target + part.first)
    }
  }

  private func addToHidden(
    _ part: Part, _ target: UnsafeMutablePointer<Float>, _ add: Bool
  ) {
    anneal_gemm(
      precision, part.kernel.rows, Int64(width), part.kernel.columns,
      anneal_matrix(base: part.logits.base, row: part.kernel.columns, column: 1),
      anneal_matrix(base: weight.base + part.first * width, row: Int64(width), column: 1), target,
      Int64(width), add)
  }

  private func addToWeight(
    _ part: Part, _ rows: UnsafePointer<Float>, _ target: UnsafeMutablePointer<Float>, _ add: Bool
  ) {
    anneal_gemm(
      precision, part.kernel.columns, Int64(width), part.kernel.rows,
      anneal_matrix(base: part.logits.base, row: 1, column: part.kernel.columns),
      anneal_matrix(base: rows, row: Int64(width), column: 1), target, Int64(width), add)
  }
}
