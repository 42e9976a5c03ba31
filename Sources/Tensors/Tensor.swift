internal import CKernels
internal import Synchronization

/// A dense array of 32-bit floats with a shape, row-major; the last dimension is the columns.
///
/// A tensor is a reference: operations of a `Tape` read tensors and make new ones. Training changes
/// leaves in place through `withMutableValues` and the optimizer's kernels. An access that overlaps
/// a write from another thread traps.
public final class Tensor: Sendable {
  /// The sizes of the dimensions; empty for a single value.
  public let shape: [Int]
  let storage: Storage
  /// Where its gradient gathers: what the backward pass holds of a tensor whose values it can spare.
  let slot: GradientSlot
  /// How its values can be made again, so that they need not be kept until the backward pass.
  let recipe: Recipe?
  /// How many hold this tensor as a gradient.
  let holders = Atomic<Int>(0)

  init(
    storage: Storage, shape: [Int], requiresGradient: Bool = false, recipe: Recipe? = nil
  ) {
    precondition(
      shape.allSatisfy { $0 >= 0 } && shape.reduce(1, *) == storage.count,
      "shape \(shape) does not hold \(storage.count) values")
    self.shape = shape
    self.storage = storage
    self.recipe = recipe
    slot = GradientSlot(shape: shape, requiresGradient: requiresGradient)
  }

  /// A tensor with arbitrary contents, for a kernel to fill.
  convenience init(uninitialized shape: [Int], recipe: Recipe? = nil) {
    self.init(
      storage: Storage(uninitialized: shape.reduce(1, *)), shape: shape, recipe: recipe)
  }

  /// A tensor of equal values.
  public convenience init(repeating value: Float = 0, shape: [Int]) {
    self.init(uninitialized: shape)
    storage.write { anneal_fill(Int64(count), value, $0) }
  }

  /// A tensor of the given values, row by row.
  public convenience init(_ values: [Float], shape: [Int]? = nil) {
    self.init(uninitialized: shape ?? [values.count])
    precondition(values.count == count, "\(values.count) values for shape \(self.shape)")
    storage.write { $0.update(from: values, count: values.count) }
  }

  /// The number of values.
  public var count: Int { storage.count }
  /// The size of the last dimension; 1 for a single value.
  public var columns: Int { shape.last ?? 1 }
  /// The product of all dimensions but the last.
  public var rows: Int { shape.dropLast().reduce(1, *) }

  /// Whether `Tape.backward` computes a gradient for this tensor.
  ///
  /// Set it on leaves: parameters that are trained. Results of operations have it from their inputs.
  public var requiresGradient: Bool {
    get { slot.requiresGradient }
    set { slot.requiresGradient = newValue }
  }

  /// The gradient that `Tape.backward` left here; further calls add to it until it is set to nil.
  public var gradient: Tensor? {
    get { slot.gradient }
    set { slot.gradient = newValue }
  }

  /// A copy of the values, row by row.
  public var values: [Float] {
    withValues { span in (0..<span.count).map { span[$0] } }
  }

  /// The only value of a tensor that has one.
  public var item: Float {
    precondition(count == 1, "item of a tensor of shape \(shape)")
    return withValues { $0[0] }
  }

  /// Calls `body` with the values, row by row.
  public func withValues<Result, Failure: Error>(
    _ body: (Span<Float>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    storage.beginRead()
    defer { storage.endRead() }
    return try body(UnsafeBufferPointer(start: storage.memory, count: count).span)
  }

  /// Calls `body` with the values for changing them; traps if they are in use elsewhere.
  public func withMutableValues<Result, Failure: Error>(
    _ body: (inout MutableSpan<Float>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    precondition(recipe == nil, "changing values that a tape makes again when it walks back")
    return try storage.write { (memory) throws(Failure) in
      var span = UnsafeMutableBufferPointer(start: memory, count: count).mutableSpan
      return try body(&span)
    }
  }

  /// A tensor of the same values in memory of its own, without gradient.
  public func copy() -> Tensor {
    let result = Tensor(uninitialized: shape)
    reading(self) { result.storage.write { anneal_copy(Int64(count), storage.memory, $0) } }
    return result
  }

  /// The same memory under another shape, outside any tape; changes show in both.
  public func reshaped(_ shape: [Int]) -> Tensor {
    Tensor(storage: storage, shape: shape, requiresGradient: requiresGradient)
  }

  /// Adopts the values of a tensor of the same shape.
  public func assign(_ other: Tensor) {
    precondition(other.shape == shape, "assigning shape \(other.shape) to shape \(shape)")
    precondition(recipe == nil, "changing values that a tape makes again when it walks back")
    reading(other) { storage.write { anneal_copy(Int64(count), other.storage.memory, $0) } }
  }
}

/// Runs `body` while the given tensors are held open for reading.
@discardableResult
func reading<Result>(_ tensors: Tensor?..., body: () -> Result) -> Result {
  reading(tensors, body: body)
}

/// The same for tensors in a list.
@discardableResult
func reading<Result>(_ tensors: [Tensor?], body: () -> Result) -> Result {
  for tensor in tensors { tensor?.storage.beginRead() }
  defer { for tensor in tensors { tensor?.storage.endRead() } }
  return body()
}

extension Tensor {
  /// The values, for a kernel; only within `reading`, or where no one else has the tensor.
  var base: UnsafePointer<Float> { UnsafePointer(storage.memory) }

  /// Writable values of a tensor that no one else has yet.
  var fresh: UnsafeMutablePointer<Float> { storage.memory }
}
