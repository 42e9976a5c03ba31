/// A trie over bytes in a double array, packed tightly from a finished `ByteTrie`.
///
/// The child of a node by a byte is the unit at the node's base plus the byte, if that unit says that it
/// belongs to the node: a step reads one unit of 12 bytes, and the units of rare words lie apart from
/// those of frequent ones only as far as they must.
struct PackedTrie: Sendable {
  /// A node: where its children begin, who its parent is, and its value.
  private struct Unit: BitwiseCopyable, Sendable {
    var base: Int32
    var parent: Int32
    var value: Int32
  }

  /// The node every walk begins at.
  static let root: Int32 = 0
  /// The answer where no edge leads on.
  static let none: Int32 = -1

  private var units: [Unit]

  /// Packs a trie.
  init(_ trie: ByteTrie) {
    let children = trie.children
    var packer = UnitPacker()
    units = [Unit(base: 0, parent: Self.none, value: trie.value(of: ByteTrie.root))]
    var open: [(node: Int32, place: Int)] = [(ByteTrie.root, 0)]
    while let (node, place) = open.popLast() {
      let edges = children[node]
      let base = packer.place(edges.map(\.byte))
      units[place].base = Int32(base)
      let needed = base + 256
      if units.count < needed {
        units += repeatElement(
          Unit(base: 0, parent: Self.none, value: -1), count: max(needed - units.count, units.count)
        )
      }
      for edge in edges {
        let child = base + Int(edge.byte)
        units[child] = Unit(base: 0, parent: Int32(place), value: trie.value(of: edge.target))
        open.append((edge.target, child))
      }
    }
    // A byte behind any base must find a unit.
    let last = units.lazy.map { Int($0.base) }.max() ?? 0
    units.removeLast(units.count - min(units.count, last + 256))
  }

  /// The node that a byte leads to from a node, or `none`.
  @inline(__always)
  func child(of node: Int32, _ byte: UInt8) -> Int32 {
    units.withUnsafeBufferPointer { units in
      // Nodes are places that this trie has given out, and every base leaves room for all bytes behind it.
      let place = units[Int(node)].base &+ Int32(byte)
      return units[Int(place)].parent == node ? place : Self.none
    }
  }

  /// The value of a node, or -1.
  @inline(__always)
  func value(of node: Int32) -> Int32 {
    units.withUnsafeBufferPointer { $0[Int(node)].value }
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
