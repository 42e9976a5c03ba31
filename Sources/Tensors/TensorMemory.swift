internal import CKernels
internal import Synchronization

/// Where the memory of tensors comes from.
///
/// Large tensors lie in an arena, small ones in lists by size. Freed memory serves the next tensor,
/// so that steps do not page-fault. Safe to share: everything is only touched under the lock, and a
/// piece of memory is free or in exactly one `Storage`.
final class TensorMemory: Sendable {
  static let shared = TensorMemory()

  /// Values from which on a tensor lies in the arena: 64 kB.
  private static let large = 1 << 14

  private struct State: ~Copyable {
    var arena = Arena()
    var free: [Int: [Address]] = [:]
    var live = 0
    var peak = 0
    var kept = 0

    mutating func count(_ capacity: Int) {
      live += capacity
      peak = max(peak, live)
    }
  }
  private let state = Mutex(State())

  /// Small sizes are rounded up to eighths of a power of two, large ones to pages.
  private static func rounded(_ count: Int) -> Int {
    let least = max(count, 64)
    let eighth = max(16, (1 << (Int.bitWidth - 1 - least.leadingZeroBitCount)) / 8)
    let step = least < large ? eighth : Arena.page / 4
    return (least + step - 1) / step * step
  }

  /// Memory for `count` values, and for how many it really has room.
  func take(_ count: Int) -> (memory: UnsafeMutablePointer<Float>, capacity: Int) {
    let capacity = Self.rounded(count)
    let found = state.withLock { state -> Address? in
      state.count(capacity)
      if capacity < Self.large { return state.free[capacity]?.popLast() }
      return state.arena.take(capacity * 4).map(Address.init)
    }
    if let found { return (found.memory.assumingMemoryBound(to: Float.self), capacity) }
    guard let fresh = anneal_allocate(Int64(capacity * 4)) else {
      preconditionFailure("no memory for a tensor of \(count) values")
    }
    return (fresh.bindMemory(to: Float.self, capacity: capacity), capacity)
  }

  /// Takes back memory that `take` gave.
  func give(_ memory: UnsafeMutablePointer<Float>, _ capacity: Int) {
    let address = Address(UnsafeMutableRawPointer(memory))
    let isKept = state.withLock { state in
      state.live -= capacity
      if capacity >= Self.large { return state.arena.give(address.memory, capacity * 4) }
      state.free[capacity, default: []].append(address)
      return true
    }
    if !isKept { anneal_release(memory, Int64(capacity * 4)) }
  }

  /// Gives free memory of the arena back to the system.
  func release() { state.withLock { $0.arena.release() } }

  /// Bytes of tensors alive now, and the most that ever were.
  var bytes: (live: Int, peak: Int) {
    state.withLock { ($0.live * 4, $0.peak * 4) }
  }

  /// Bytes of tensors that were alive when a way back began: the most since the peak was forgotten.
  var kept: Int { state.withLock { $0.kept * 4 } }

  /// Remembers what is alive as a way back begins.
  func noteKept() { state.withLock { $0.kept = max($0.kept, $0.live) } }

  /// Lets the most that ever were be those alive now.
  func forgetPeak() {
    state.withLock { state in
      state.peak = state.live
      state.kept = 0
    }
  }

  /// An address in the lists; whoever holds it owns the memory.
  private struct Address: @unchecked Sendable {
    let memory: UnsafeMutableRawPointer
    init(_ memory: UnsafeMutableRawPointer) { self.memory = memory }
  }
}

/// One stretch of addresses from which tensors are cut: the lowest free place that is large enough.
///
/// A training step takes and frees much the same in the same order, so that places come to fit and
/// little more memory is ever touched than was alive at once. Free neighbours become one place.
package struct Arena: ~Copyable {
  package static let page = 4096
  /// How much is made writable at a time.
  private static let stride = 64 << 20

  private let base: UnsafeMutableRawPointer?
  private let size: Int
  /// The bytes that are writable, and where everything above is free.
  private var committed = 0
  private var top = 0
  /// Free places below `top`, by address; no two of them touch.
  private var free: [Range<Int>] = []

  /// Reserves twice the machine's memory in addresses, or less where that is refused.
  init() { self.init(size: 2 * Int(anneal_physical_memory())) }

  package init(size wanted: Int) {
    var size = wanted / Self.stride * Self.stride
    var base = anneal_reserve(Int64(size))
    while base == nil, size > Self.stride {
      size = size / 2 / Self.stride * Self.stride
      base = anneal_reserve(Int64(size))
    }
    (self.base, self.size) = (base, base == nil ? 0 : size)
  }

  /// The memory of `count` bytes, whole pages; nil where the arena has no room.
  package mutating func take(_ count: Int) -> UnsafeMutableRawPointer? {
    guard let base else { return nil }
    if let place = free.firstIndex(where: { $0.count >= count }) {
      let start = free[place].lowerBound
      if free[place].count == count {
        free.remove(at: place)
      } else {
        free[place] = (start + count)..<free[place].upperBound
      }
      return base + start
    }
    guard count <= size - top, commit(top + count) else { return nil }
    defer { top += count }
    return base + top
  }

  private mutating func commit(_ end: Int) -> Bool {
    guard let base, end > committed else { return true }
    let wanted = min(size, (end + Self.stride - 1) / Self.stride * Self.stride)
    guard anneal_commit(base + committed, Int64(wanted - committed)) else { return false }
    committed = wanted
    return true
  }

  /// Frees what `take` gave; false where it is not of this arena.
  package mutating func give(_ memory: UnsafeMutableRawPointer, _ count: Int) -> Bool {
    guard let base, memory >= base, memory < base + size else { return false }
    var place = (memory - base)..<(memory - base + count)
    var index = free.partition(before: place.lowerBound)
    if index < free.count, free[index].lowerBound == place.upperBound {
      place = place.lowerBound..<free.remove(at: index).upperBound
    }
    if index > 0, free[index - 1].upperBound == place.lowerBound {
      index -= 1
      place = free.remove(at: index).lowerBound..<place.upperBound
    }
    if place.upperBound == top { top = place.lowerBound } else { free.insert(place, at: index) }
    return true
  }

  /// Gives the memory of free places back; they stay usable.
  package mutating func release() {
    guard let base else { return }
    for place in free + [top..<committed] {
      anneal_decommit(base + place.lowerBound, Int64(place.count))
    }
  }

  deinit {
    if let base { anneal_unreserve(base, Int64(size)) }
  }
}

extension [Range<Int>] {
  /// The place of the first range that begins after `start`.
  fileprivate func partition(before start: Int) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if self[middle].lowerBound < start { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
