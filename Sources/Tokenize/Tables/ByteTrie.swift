/// A trie over bytes whose edges lie in one hash table; a walk costs one look-up a byte.
struct ByteTrie: Sendable {
  /// The node every walk begins at.
  static let root: Int32 = 0
  /// The answer where no edge leads on.
  static let none: Int32 = -1

  /// `node << 8 | byte` and the node the edge leads to; -1 for a free place.
  private struct Edge: Sendable {
    var key: Int64
    var target: Int32
  }

  private var edges: [Edge]
  private var edgeCount = 0
  /// The value of each node, -1 for none.
  private var values: [Int32] = [-1]

  init(capacity: Int = 16) {
    var size = 64
    while size < capacity * 2 { size *= 2 }
    edges = [Edge](repeating: Edge(key: -1, target: -1), count: size)
  }

  /// The node that a byte leads to from a node, or `none`.
  @inline(__always)
  func child(of node: Int32, _ byte: UInt8) -> Int32 {
    edges[place(of: Int64(node) << 8 | Int64(byte))].target
  }

  /// The value of a node, or -1.
  @inline(__always)
  func value(of node: Int32) -> Int32 { values[Int(node)] }

  /// The node that some bytes lead to from the root, or `none`.
  func node(of key: [UInt8]) -> Int32 {
    key.reduce(Self.root) { $0 == Self.none ? $0 : child(of: $0, $1) }
  }

  /// Stores a value for a key; the first one stored stays.
  mutating func insert(_ key: some Sequence<UInt8>, value: Int32) {
    var node = Self.root
    for byte in key { node = childOrNew(of: node, byte) }
    if values[Int(node)] < 0 { values[Int(node)] = value }
  }

  private mutating func childOrNew(of node: Int32, _ byte: UInt8) -> Int32 {
    let key = Int64(node) << 8 | Int64(byte)
    let place = place(of: key)
    if edges[place].key == key { return edges[place].target }
    let child = Int32(values.count)
    values.append(-1)
    edges[place] = Edge(key: key, target: child)
    edgeCount += 1
    if edgeCount * 2 > edges.count { grow() }
    return child
  }

  @inline(__always)
  private func place(of key: Int64) -> Int {
    let mask = edges.count - 1
    var place = Int(truncatingIfNeeded: ByteHash.mix(UInt64(bitPattern: key))) & mask
    while edges[place].key != key, edges[place].key >= 0 { place = (place + 1) & mask }
    return place
  }

  private mutating func grow() {
    let old = edges
    edges = [Edge](repeating: Edge(key: -1, target: -1), count: old.count * 2)
    for edge in old where edge.key >= 0 { edges[place(of: edge.key)] = edge }
  }

  /// The edges of each node, in no order.
  var children: ByteTrieChildren { ByteTrieChildren(self) }

  /// All edges, in no order.
  fileprivate var allEdges: some Sequence<(node: Int32, byte: UInt8, target: Int32)> {
    edges.lazy.filter { $0.key >= 0 }.map {
      (Int32(truncatingIfNeeded: $0.key >> 8), UInt8(truncatingIfNeeded: $0.key), $0.target)
    }
  }

  fileprivate var nodeCount: Int { values.count }
}

/// The edges of a trie by the node they begin at.
struct ByteTrieChildren {
  /// An edge: its byte and where it leads.
  struct Edge {
    var byte: UInt8
    var target: Int32
  }

  private var edges: [Edge]
  private var starts: [Int32]

  /// Sorts the edges of a trie by node.
  fileprivate init(_ trie: ByteTrie) {
    starts = [Int32](repeating: 0, count: trie.nodeCount + 1)
    for edge in trie.allEdges { starts[Int(edge.node) + 1] += 1 }
    for node in 1..<starts.count { starts[node] += starts[node - 1] }
    var next = starts
    edges = [Edge](repeating: Edge(byte: 0, target: -1), count: trie.nodeCount)
    for edge in trie.allEdges {
      edges[Int(next[Int(edge.node)])] = Edge(byte: edge.byte, target: edge.target)
      next[Int(edge.node)] += 1
    }
  }

  /// The edges of a node.
  subscript(node: Int32) -> ArraySlice<Edge> {
    edges[Int(starts[Int(node)])..<Int(starts[Int(node) + 1])]
  }
}
