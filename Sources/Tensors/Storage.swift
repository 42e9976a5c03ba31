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
    (memory, capacity) = TensorMemory.shared.take(count)
  }

  /// A read-only view of a mapped file, copied when first written.
  init(mapping: MappedFile, address: UnsafeMutablePointer<Float>, count: Int) {
    self.count = count
    self.mapping = mapping
    memory = address
    capacity = 0
  }

  deinit {
    if mapping == nil { TensorMemory.shared.give(memory, capacity) }
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
    let (own, room) = TensorMemory.shared.take(count)
    anneal_copy(Int64(count), memory, own)
    (memory, capacity) = (own, room)
    mapping = nil
  }
}
