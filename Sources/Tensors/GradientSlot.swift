internal import CKernels
internal import Synchronization

/// Where the gradient of a tensor gathers; lives on when the tensor's values are gone.
///
/// A gradient may be in more than one slot, as both summands of a sum have the gradient of the sum:
/// whoever adds to it then adds to a copy.
final class GradientSlot: Sendable {
  let shape: [Int]
  private let state: Mutex<State>

  private struct State: Sendable {
    var requiresGradient: Bool
    var gradient: Tensor?
    var isResult = false
    /// Operations that have taken the tensor, so that their gradients gather here.
    var uses = 0
    var slope: Slope?
  }

  init(shape: [Int], requiresGradient: Bool) {
    self.shape = shape
    state = Mutex(State(requiresGradient: requiresGradient, gradient: nil))
  }

  var count: Int { shape.reduce(1, *) }

  var requiresGradient: Bool {
    get { state.withLock { $0.requiresGradient } }
    set { state.withLock { $0.requiresGradient = newValue } }
  }

  /// Whether a tape works on the gradient, as the tensor is the result of an operation.
  var isResult: Bool {
    get { state.withLock { $0.isResult } }
    set { state.withLock { $0.isResult = newValue } }
  }

  var gradient: Tensor? {
    get { state.withLock { $0.gradient } }
    set {
      precondition(
        newValue.map { $0.shape == shape } ?? true,
        "a gradient of shape \(newValue?.shape ?? []) for a tensor of shape \(shape)")
      newValue?.hold()
      take()?.letGo()
      state.withLock { $0.gradient = newValue }
    }
  }

  /// Notes that an operation has taken the tensor.
  func use() { state.withLock { $0.uses += 1 } }

  /// The slope of the activation that the tensor is the result of, if its argument is at hand.
  var slope: Slope? {
    get { state.withLock { $0.slope } }
    set { state.withLock { $0.slope = newValue } }
  }

  /// The slope, where all of the gradient comes from a single operation that has not given it yet.
  var slopeOfWhole: Slope? {
    state.withLock { state in
      state.requiresGradient && state.gradient == nil && state.uses == 1 ? state.slope : nil
    }
  }

  /// The gradient, which is no longer here afterwards; the caller holds it and lets go of it.
  func take() -> Tensor? {
    state.withLock { state in
      defer { state.gradient = nil }
      return state.gradient
    }
  }
}

extension GradientSlot {
  /// Calls `body` with gradient memory and whether to add to it; not at all if none is wanted.
  func add(_ body: (_ memory: UnsafeMutablePointer<Float>, _ add: Bool) -> Void) {
    guard requiresGradient else { return }
    let present = ownGradient()
    let target = present ?? Tensor(uninitialized: shape)
    target.storage.write { body($0, present != nil) }
    if present == nil { gradient = target }
  }

  /// Like `add`, for kernels that always add: fresh memory is zero.
  func addToZeros(_ body: (UnsafeMutablePointer<Float>) -> Void) {
    add { memory, add in
      if !add { anneal_fill(Int64(count), 0, memory) }
      body(memory)
    }
  }

  /// Like `add`, for kernels that may write over the gradient that they read.
  ///
  /// Where nobody else has that gradient and none is here, its memory becomes this slot's.
  func add(over other: Tensor, _ body: (UnsafeMutablePointer<Float>, _ add: Bool) -> Void) {
    guard requiresGradient, gradient == nil, other.shape == shape, !other.isShared else {
      return add(body)
    }
    body(other.fresh, false)
    gradient = other
  }

  /// Adds a gradient that may be in other slots too.
  func add(_ other: Tensor) {
    guard requiresGradient else { return }
    if gradient == nil, other.shape == shape { gradient = other } else { accumulate(other) }
  }

  /// Adds a copy of a gradient.
  func accumulate(_ other: Tensor) {
    precondition(
      other.count == count, "a gradient of shape \(other.shape) for shape \(shape)")
    reading(other) {
      add { memory, add in anneal_scale(Int64(count), 1, other.base, memory, add) }
    }
  }

  /// The gradient's memory, zero where it is new; nil where none is wanted.
  ///
  /// The memory stays valid while the slot keeps this gradient.
  func zeroed() -> UnsafeMutablePointer<Float>? {
    guard requiresGradient else { return nil }
    if let present = ownGradient() { return present.fresh }
    let target = Tensor(repeating: 0, shape: shape)
    gradient = target
    return target.fresh
  }

  /// The gradient that is here, in no other slot.
  private func ownGradient() -> Tensor? {
    guard let present = gradient, present.isShared else { return gradient }
    gradient = present.copy()
    return gradient
  }
}

extension Tensor {
  /// Counts one who holds this tensor as a gradient: a slot, or the walk that works on it.
  func hold() { holders.wrappingAdd(1, ordering: .acquiringAndReleasing) }
  func letGo() { holders.wrappingSubtract(1, ordering: .acquiringAndReleasing) }

  /// Whether more than one holds this gradient, so that it must not be changed.
  var isShared: Bool { holders.load(ordering: .acquiring) > 1 }

  /// This gradient for changing: itself where one alone holds it, otherwise a copy.
  func own() -> Tensor { isShared ? copy() : self }
}
