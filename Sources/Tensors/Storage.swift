internal import CKernels
internal import Synchronization

/// Memory of one tensor: pooled, or a part of a mapped file until the first write.
///
/// Safe to share: `readers` counts the readers, or is -1 while one writer is at work, and an
/// overlap traps; `memory` is only replaced by a writer.
final class Storage: @unchecked Sendable {
  let count: Int
  private(set) var memory: UnsafeMutablePointer<Float>
  private var mapping: MappedFile?
  private let readers = Atomic<Int>(0)

  /// Memory with arbitrary contents.
  init(uninitialized count: Int) {
    self.count = count
    memory = BufferPool.shared.take(count)
  }

  /// A read-only view of a mapped file, copied when first written.
  init(mapping: MappedFile, address: UnsafeMutablePointer<Float>, count: Int) {
    self.count = count
    self.mapping = mapping
    memory = address
  }

  deinit {
    if mapping == nil { BufferPool.shared.give(memory, count) }
  }

  /// Marks the beginning of a read; every call is paired with `endRead`.
  func beginRead() {
    let previous = readers.wrappingAdd(1, ordering: .acquiring).oldValue
    precondition(previous >= 0, "a tensor is read while another thread writes it")
  }

  func endRead() {
    readers.wrappingSubtract(1, ordering: .releasing)
  }

  /// Calls `body` with memory nobody else reads or writes meanwhile.
  func write<Result, Failure: Error>(
    _ body: (UnsafeMutablePointer<Float>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let free = readers.compareExchange(expected: 0, desired: -1, ordering: .acquiring).exchanged
    precondition(free, "a tensor is written while it is read or written elsewhere")
    defer { readers.store(0, ordering: .releasing) }
    detachFromFile()
    return try body(memory)
  }

  private func detachFromFile() {
    guard mapping != nil else { return }
    let own = BufferPool.shared.take(count)
    anneal_copy(Int64(count), memory, own)
    memory = own
    mapping = nil
  }
}

/// Buffers kept for the next tensor of about the same size, so that steps do not page-fault.
///
/// Safe to share: the lists are only touched under the lock, and a buffer is in the lists or in
/// exactly one `Storage`.
final class BufferPool: Sendable {
  static let shared = BufferPool()

  private struct State: @unchecked Sendable {
    var free: [Int: [UnsafeMutablePointer<Float>]] = [:]
    var cached = 0
    var live = 0
    var peak = 0
  }
  private let state = Mutex(State())

  /// Sizes are rounded up to eighths of a power of two: few classes, little waste.
  static func capacity(_ count: Int) -> Int {
    let least = max(count, 64)
    let step = max(16, (1 << (Int.bitWidth - 1 - least.leadingZeroBitCount)) / 8)
    return (least + step - 1) / step * step
  }

  func take(_ count: Int) -> UnsafeMutablePointer<Float> {
    let capacity = Self.capacity(count)
    let found = state.withLock { state in
      state.live += capacity
      state.peak = max(state.peak, state.live)
      guard let memory = state.free[capacity]?.popLast() else { return nil as Address? }
      state.cached -= capacity
      return Address(memory)
    }
    if let found { return found.memory }
    guard let fresh = anneal_allocate(Int64(capacity * 4)) else {
      preconditionFailure("no memory for a tensor of \(count) values")
    }
    return fresh.bindMemory(to: Float.self, capacity: capacity)
  }

  func give(_ memory: UnsafeMutablePointer<Float>, _ count: Int) {
    let capacity = Self.capacity(count)
    let address = Address(memory)
    let kept = state.withLock { state in
      state.live -= capacity
      // Sizes peak at different moments of a step: allow for twice what was ever alive at once.
      guard state.live + state.cached + capacity <= max(2 * state.peak, 1 << 24) else {
        return false
      }
      state.free[capacity, default: []].append(address.memory)
      state.cached += capacity
      return true
    }
    if !kept { anneal_release(memory, Int64(capacity * 4)) }
  }

  /// Bytes of tensors alive now, and the most that ever were.
  var bytes: (live: Int, peak: Int) {
    state.withLock { ($0.live * 4, $0.peak * 4) }
  }

  /// Carries an address over the lock's boundary; whoever holds it owns the memory.
  private struct Address: @unchecked Sendable {
    let memory: UnsafeMutablePointer<Float>
    init(_ memory: UnsafeMutablePointer<Float>) { self.memory = memory }
  }
}
