internal import CKernels
internal import Synchronization

/// Memory of one tensor: pooled, or until the first write a part of a mapped file or 4-bit numbers.
///
/// Safe to share: `readers` counts the readers, or is -1 while one writer is at work, and an
/// overlap traps; `memory` is only replaced by a writer, and, of 4-bit numbers, under the lock of
/// `wideReaders` by the first reader and the last.
final class Storage: @unchecked Sendable {
  let count: Int
  private(set) var memory: UnsafeMutablePointer<Float>
  /// Values that the memory has room for; 0 while it is the file's.
  private var capacity: Int
  private var mapping: MappedFile?
  private let readers = Atomic<Int>(0)
  /// What the values are widened from for readers.
  private(set) var fourBit: FourBitForm?
  private let wideReaders = Mutex<Int>(0)
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

  /// Values that are widened from 4-bit numbers while they are read.
  init(fourBit: FourBitForm) {
    count = fourBit.count
    self.fourBit = fourBit
    (memory, capacity) = TensorMemory.shared.take(0)
  }

  deinit {
    if mapping == nil { TensorMemory.shared.give(memory, capacity) }
  }

  /// Marks the beginning of a read; every call is paired with `endRead`.
  func beginRead() {
    let previous = readers.wrappingAdd(1, ordering: .acquiring).oldValue
    precondition(previous >= 0, "a tensor is read while another thread writes it")
    if fourBit != nil { widen() }
  }

  func endRead() {
    if fourBit != nil { narrow() }
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
    detachFromNumbers()
    if prepared != nil { prepared = nil }
    return try body(memory)
  }

  /// Gives back the memory that reading the values of a file took; they can be read again.
  func forgetPages() { mapping?.forget(memory, bytes: count * 4) }

  /// The bytes of memory that the values take between readings; 0 where a file holds them.
  var bytesHeld: Int { fourBit?.bytes ?? (mapping == nil ? 4 * count : 0) }

  private func detachFromFile() {
    guard mapping != nil else { return }
    let (own, room) = TensorMemory.shared.take(count)
    anneal_copy(Int64(count), memory, own)
    (memory, capacity) = (own, room)
    mapping = nil
  }
}

// MARK: - 4-bit numbers

extension Storage {
  /// Calls `body` with the 4-bit numbers, which nobody changes meanwhile; nil where there are none.
  func withFourBits<Result>(
    _ body: (UnsafePointer<anneal_four_values>) -> Result
  ) -> Result? {
    let previous = readers.wrappingAdd(1, ordering: .acquiring).oldValue
    precondition(previous >= 0, "a tensor is read while another thread writes it")
    defer { readers.wrappingSubtract(1, ordering: .releasing) }
    return fourBit.map { $0.withKernel(body) }
  }

  /// Makes the wide values for the first of the readers.
  private func widen() {
    wideReaders.withLock { readers in
      if readers == 0 {
        TensorMemory.shared.give(memory, capacity)
        (memory, capacity) = TensorMemory.shared.take(count)
        fourBit?.widen(into: memory)
      }
      readers += 1
    }
  }

  /// Lets go of the wide values after the last of the readers.
  private func narrow() {
    wideReaders.withLock { readers in
      readers -= 1
      guard readers == 0 else { return }
      TensorMemory.shared.give(memory, capacity)
      (memory, capacity) = TensorMemory.shared.take(0)
    }
  }

  /// Makes the wide values the tensor's own, for a writer.
  private func detachFromNumbers() {
    guard let form = fourBit else { return }
    TensorMemory.shared.give(memory, capacity)
    (memory, capacity) = TensorMemory.shared.take(count)
    form.widen(into: memory)
    fourBit = nil
  }
}
