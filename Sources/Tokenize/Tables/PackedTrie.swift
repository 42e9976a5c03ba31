import CKernels

/// A trie over bytes in a double array, packed tightly from a finished `ByteTrie`.
///
/// The child of a node by a byte is the unit at the node's base plus the byte, if that unit says that it
/// belongs to the node: a step reads one unit of 8 bytes, and the units of rare words lie apart from
/// those of frequent ones only as far as they must.
struct PackedTrie: Sendable {
  /// The node every walk begins at.
  static let root: Int32 = 0
  /// The answer where no edge leads on.
  static let none: Int32 = -1

  private var units: [anneal_trie_unit]
  /// The value of each node, or -1.
  private var values: [Int32]

  /// Packs a trie.
  init(_ trie: ByteTrie) {
    let children = trie.children
    var packer = UnitPacker()
    units = [Self.unit(parent: Self.none, trie.value(of: ByteTrie.root))]
    values = [trie.value(of: ByteTrie.root)]
    var open: [(node: Int32, place: Int)] = [(ByteTrie.root, 0)]
    while let (node, place) = open.popLast() {
      let edges = children[node]
      let base = packer.place(edges.map(\.byte))
      units[place].base |= UInt32(base) << 1
      let needed = base + 256
      if units.count < needed {
        let more = max(needed - units.count, units.count)
        units += repeatElement(Self.unit(parent: Self.none, -1), count: more)
        values += repeatElement(-1, count: more)
      }
      for edge in edges {
        let child = base + Int(edge.byte)
        values[child] = trie.value(of: edge.target)
        units[child] = Self.unit(parent: Int32(place), values[child])
        open.append((edge.target, child))
      }
    }
    // A byte behind any base must find a unit.
    let last = units.lazy.map { Int($0.base >> 1) }.max() ?? 0
    units.removeLast(units.count - min(units.count, last + 256))
    values.removeLast(values.count - units.count)
  }

  /// A node without children.
  private static func unit(parent: Int32, _ value: Int32) -> anneal_trie_unit {
    anneal_trie_unit(base: value >= 0 ? 1 : 0, parent: parent)
  }

  /// The number of units, some of which are free.
  var count: Int { units.count }

  /// The node that a byte leads to from a node, or `none`.
  @inline(__always)
  func child(of node: Int32, _ byte: UInt8) -> Int32 {
    units.withUnsafeBufferPointer { units in
      // Nodes are places that this trie has given out, and every base leaves room for all bytes behind it.
      let place = Int32(truncatingIfNeeded: units[Int(node)].base >> 1) &+ Int32(byte)
      return units[Int(place)].parent == node ? place : Self.none
    }
  }

  /// The value of a node, or -1.
  @inline(__always)
  func value(of node: Int32) -> Int32 {
    let hasValue = units.withUnsafeBufferPointer { $0[Int(node)].base & 1 == 1 }
    return hasValue ? values.withUnsafeBufferPointer { $0[Int(node)] } : -1
  }

  /// Hands the trie as the kernels see it to `body`.
  func withKernel(_ body: (anneal_trie) -> Void) {
    units.withUnsafeBufferPointer { units in
      values.withUnsafeBufferPointer { values in
        // There is a unit, that of the root.
        guard let units = units.baseAddress, let values = values.baseAddress else { return }
        body(anneal_trie(units: units, values: values))
      }
    }
  }

  /// The node that some bytes lead to from the root, or `none`.
  func node(of key: [UInt8]) -> Int32 {
    key.reduce(Self.root) { $0 == Self.none ? $0 : child(of: $0, $1) }
  }
}

/// Finds room for the children of nodes among the units that are free.
private struct UnitPacker {
  /// Whether a unit is taken; the root's is.
  private var isTaken = [Bool](repeating: false, count: 1 << 10)
  /// No unit before this one is free.
  private var firstFree = 1

  init() { isTaken[0] = true }

  /// Takes the units of a node's children, and says where their base is.
  mutating func place(_ bytes: [UInt8]) -> Int {
    guard let least = bytes.min() else { return 0 }
    var unit = firstFree
    // A node with many children does not look for small gaps.
    if bytes.count > 8 { unit = max(unit, highest + 1 - 256) }
    var tried = 0
    while true {
      let base = unit - Int(least)
      grow(to: base + 256)
      if base >= 0, !isTaken[unit], bytes.allSatisfy({ !isTaken[base + Int($0)] }) {
        for byte in bytes {
          isTaken[base + Int(byte)] = true
          highest = max(highest, base + Int(byte))
        }
        // After many failures the gaps are given up, so that packing takes linear time.
        if tried > 64 { firstFree = max(firstFree, unit - 256) }
        while isTaken[firstFree] { firstFree += 1 }
        return base
      }
      tried += 1
      unit += 1
    }
  }

  /// The last unit that is taken.
  private var highest = 0

  private mutating func grow(to count: Int) {
    while isTaken.count <= count { isTaken += repeatElement(false, count: isTaken.count) }
  }
}
