internal import CKernels

/// What is added to a linear map: scale · dropout(x) · Aᵀ · Bᵀ (Hu and others 2021).
///
/// The product B · A is never made: with r rows in A, a step costs r / outputs of the map's own
/// products or less.
public struct LowRankUpdate: Sendable {
  /// A: `[rank, inputs]`.
  public let down: Tensor
  /// B: `[outputs, rank]`.
  public let up: Tensor
  /// What the product is multiplied by.
  public let scale: Float
  /// The first of the columns that it is added to; a map of several parts is updated in one of them.
  public let firstColumn: Int
  /// What is dropped of x.
  public let dropout: Dropout?

  /// An update by B · A.
  public init(
    down: Tensor, up: Tensor, scale: Float, firstColumn: Int = 0, dropout: Dropout? = nil
  ) {
    precondition(
      down.shape.count == 2 && up.shape.count == 2 && down.shape[0] == up.shape[1],
      "a low-rank update of \(down.shape) and \(up.shape)")
    self.down = down
    self.up = up
    self.scale = scale
    self.firstColumn = firstColumn
    self.dropout = dropout
  }
}

extension Tape {
  /// activation(x · weight + bias + Σ scale · dropout(x) · Aᵀ · Bᵀ): x `[…, in]` → `[…, out]`.
  public func linear(
    _ x: Tensor, weight: Tensor, bias: Tensor? = nil, activation: Activation = .none,
    layout: WeightLayout = .outputByInput, updates: [LowRankUpdate]
  ) -> Tensor {
    let plain = linear(x, weight: weight, bias: bias, layout: layout)
    return addLowRank(updates, of: x, to: plain, activation: activation)
  }

  /// activation(y + Σ scale · dropout(x) · Aᵀ · Bᵀ), in the memory of y.
  ///
  /// y is the result of an operation that does not look at it again, such as `linear` without
  /// activation, and must not be used by others.
  func addLowRank(
    _ updates: [LowRankUpdate], of x: Tensor, to y: Tensor, activation: Activation = .none
  ) -> Tensor {
    let sum = Tensor(storage: y.storage, shape: y.shape)
    let products = updates.map {
      LowRankProduct($0, x, resolve($0.dropout, rows: x.rows), outputs: y.columns, precision)
    }
    for product in products { product.add(to: sum) }
    let inputs = [x, y] + updates.flatMap { [$0.down, $0.up] }
    let output = record(sum, inputs: inputs) { [slot = y.slot] gradient in
      for product in products { product.backward(gradient) }
      slot.add(gradient)
    }
    return activation == .none ? output : self.activation(output, activation)
  }
}

/// One update of one batch: scale · dropout(x) · Aᵀ, which is small, is kept for the way back.
private struct LowRankProduct {
  private let update: LowRankUpdate
  /// The values of x.
  private let values: Kept
  private let slot: GradientSlot
  private let dropout: ResolvedDropout
  private let outputs: Int
  private let precision: anneal_precision
  private let inner: Tensor

  private var rows: Int64 { Int64(slot.shape.dropLast().reduce(1, *)) }
  private var rank: Int64 { Int64(update.down.rows) }
  private var inputs: Int64 { Int64(update.down.columns) }
  private var columns: Int64 { Int64(update.up.rows) }

  init(
    _ update: LowRankUpdate, _ x: Tensor, _ dropout: ResolvedDropout, outputs: Int,
    _ precision: anneal_precision
  ) {
    precondition(
      update.down.columns == x.columns
        && 0...outputs - update.up.rows ~= update.firstColumn,
      "an update of \(update.down.shape) and \(update.up.shape) from column "
        + "\(update.firstColumn) for \(x.shape) and \(outputs) outputs")
    self.update = update
    values = Kept(x)
    slot = x.slot
    self.dropout = dropout
    self.outputs = outputs
    self.precision = precision
    let inner = Tensor(uninitialized: [x.rows, update.down.rows])
    self.inner = inner
    withDropped(x) { dropped in
      reading(update.down) {
        anneal_gemm(
          precision, rows, rank, inputs, anneal_matrix(base: dropped, row: inputs, column: 1),
          anneal_matrix(base: update.down.base, row: 1, column: inputs), inner.fresh, rank, false)
      }
    }
    anneal_scale(Int64(inner.count), update.scale, inner.base, inner.fresh, false)
  }

  /// x with a share of its values dropped, which is cheaper to make again than to keep.
  private func withDropped(_ x: Tensor, _ body: (UnsafePointer<Float>) -> Void) {
    reading(x) {
      guard dropout.kernel.probability > 0 else { return body(x.base) }
      let dropped = Tensor(uninitialized: x.shape)
      anneal_dropout_add(
        rows, inputs, dropout.kernel, dropout.keys, x.base, nil, dropped.fresh, false)
      body(dropped.base)
    }
  }

  /// Adds the product with B.
  func add(to output: Tensor) {
    reading(update.up) {
      anneal_gemm(
        precision, rows, columns, rank, anneal_matrix(base: inner.base, row: rank, column: 1),
        anneal_matrix(base: update.up.base, row: 1, column: rank),
        output.fresh + update.firstColumn, Int64(outputs), true)
    }
  }

  /// Adds the gradients of A, B and x.
  func backward(_ gradient: Tensor) {
    let (own, outputs) = (gradient.base + update.firstColumn, Int64(outputs))
    update.up.slot.add { memory, add in
      anneal_gemm(
        precision, columns, rank, rows, anneal_matrix(base: own, row: 1, column: outputs),
        anneal_matrix(base: inner.base, row: rank, column: 1), memory, rank, add)
    }
    guard update.down.requiresGradient || slot.requiresGradient else { return }
    let slope = Tensor(uninitialized: inner.shape)
    reading(update.up) {
      anneal_gemm(
        precision, rows, rank, columns, anneal_matrix(base: own, row: outputs, column: 1),
        anneal_matrix(base: update.up.base, row: rank, column: 1), slope.fresh, rank, false)
    }
    anneal_scale(Int64(slope.count), update.scale, slope.base, slope.fresh, false)
    update.down.slot.add { memory, add in
      withDropped(values.tensor()) { dropped in
        anneal_gemm(
          precision, rank, inputs, rows, anneal_matrix(base: slope.base, row: 1, column: rank),
          anneal_matrix(base: dropped, row: inputs, column: 1), memory, inputs, add)
      }
    }
    slot.add { memory, add in addInputGradient(slope, memory, add) }
  }

  private func addInputGradient(
    _ slope: Tensor, _ memory: UnsafeMutablePointer<Float>, _ add: Bool
  ) {
    let isDropped = dropout.kernel.probability > 0
    let undropped = isDropped ? Tensor(uninitialized: slot.shape) : nil
    reading(update.down) {
      anneal_gemm(
        precision, rows, inputs, rank, anneal_matrix(base: slope.base, row: rank, column: 1),
        anneal_matrix(base: update.down.base, row: inputs, column: 1),
        undropped?.fresh ?? memory, inputs, isDropped ? false : add)
    }
    guard let undropped else { return }
    anneal_dropout_add(
      rows, inputs, dropout.kernel, dropout.keys, undropped.base, nil, memory, add)
  }
}
