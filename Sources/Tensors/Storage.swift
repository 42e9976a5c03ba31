internal import CKernels
internal import Synchronization

/// Memory of one tensor: pooled, or a part of a mapped file until the first write.
///
/// Safe to share: `readers` counts the readers, or is -1 while one writer is at work, and an
/// overlap traps; `memory` is only replaced by a writer.
final class Storage: @unchecked Sendable {
  let count: Int
  private(set) var memory: UnsafeMutablePointer<Float>
  /// Values that the memory has room for; 0 while it is the file's.
  private var capacity: Int
  private var mapping: MappedFile?
  private let readers = Atomic<Int>(0)
  private let preparedForm = Mutex<PreparedWeight?>(nil)

  /// What stands for the values in products of inference, until they are written.
  var prepared: PreparedWeight? {
    get { preparedForm.withLock { $0 } }
    set { preparedForm.withLock { $0 = newValue } }
  }

  /// Memory with arbitrary contents.
  init(uninitialized count: Int) {
    self.count = count
    (memory, capacity) = BufferPool.shared.take(count)
  }

  /// A read-only view of a mapped file, copied when first written.
  init(mapping: MappedFile, address: UnsafeMutablePointer<Float>, count: Int) {
    self.count = count
    self.mapping = mapping
    memory = address
    capacity = 0
  }

  deinit {
    if mapping == nil { BufferPool.shared.give(memory, capacity) }
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
    if prepared != nil { prepared = nil }
    return try body(memory)
  }

  /// Gives back the memory that reading the values of a file took; they can be read again.
  func forgetPages() { mapping?.forget(memory, bytes: count * 4) }

  private func detachFromFile() {
    guard mapping != nil else { return }
    let (own, room) = BufferPool.shared.take(count)
    anneal_copy(Int64(count), memory, own)
    (memory, capacity) = (own, room)
    mapping = nil
  }
}

/// Buffers kept for the next tensor of about the same size, so that steps do not page-fault.
///
/// Safe to share: the lists are only touched under the lock, and a buffer is in the lists or in
/// exactly one `Storage`.
final class BufferPool: Sendable {
  static let shared = BufferPool()

  private struct State {
    var free: [Int: [Address]] = [:]
    var cached = 0
    var live = 0
    var peak = 0

    /// A kept buffer of the needed size or up to twice that, the smallest there is.
    ///
    /// Batches differ in length from step to step, so that the very size is seldom there.
    mutating func take(_ needed: Int) -> (Address, Int)? {
      var capacity = needed
      while capacity <= 2 * needed {
        if let address = free[capacity]?.popLast() {
          cached -= capacity
          count(capacity)
          return (address, capacity)
        }
        capacity = BufferPool.rounded(capacity + 1)
      }
      count(needed)
      return nil
    }

    private mutating func count(_ capacity: Int) {
      live += capacity
      peak = max(peak, live)
    }

    /// Keeps a buffer unless twice what was ever alive at once is kept already.
    mutating func give(_ address: Address, _ capacity: Int) -> Bool {
      live -= capacity
      guard live + cached + capacity <= max(2 * peak, 1 << 24) else { return false }
      free[capacity, default: []].append(address)
      cached += capacity
      return true
    }
  }
  private let state = Mutex(State())

  /// Sizes are rounded up to eighths of a power of two: few classes, little waste.
  private static func rounded(_ count: Int) -> Int {
    let least = max(count, 64)
    let step = max(16, (1 << (Int.bitWidth - 1 - least.leadingZeroBitCount)) / 8)
    return (least + step - 1) / step * step
  }

  /// Memory for `count` values, and for how many it really has room.
  func take(_ count: Int) -> (memory: UnsafeMutablePointer<Float>, capacity: Int) {
    let needed = Self.rounded(count)
    if let (address, capacity) = state.withLock({ $0.take(needed) }) {
      return (address.memory, capacity)
    }
    guard let fresh = anneal_allocate(Int64(needed * 4)) else {
      preconditionFailure("no memory for a tensor of \(count) values")
    }
    return (fresh.bindMemory(to: Float.self, capacity: needed), needed)
  }

  /// Takes back memory that `take` gave.
  func give(_ memory: UnsafeMutablePointer<Float>, _ capacity: Int) {
    let address = Address(memory)
    let kept = state.withLock { $0.give(address, capacity) }
    if !kept { anneal_release(memory, Int64(capacity * 4)) }
  }

  /// Bytes of tensors alive now, and the most that ever were.
  var bytes: (live: Int, peak: Int) {
    state.withLock { ($0.live * 4, $0.peak * 4) }
  }

  /// An address in the lists; whoever holds it owns the memory.
  private struct Address: @unchecked Sendable {
    let memory: UnsafeMutablePointer<Float>
    init(_ memory: UnsafeMutablePointer<Float>) { self.memory = memory }
  }
}
