/// Sets that only ever grow together: union-find with union by size and path halving.
///
/// Elements are 0, 1, 2, …; both operations cost next to nothing (inverse Ackermann). 8 bytes an element.
public struct DisjointSets: Sendable {
  private var parents: [Int32]
  private var sizes: [Int32]

  /// `count` sets of one element each.
  public init(count: Int = 0) {
    parents = (0..<Int32(count)).map { $0 }
    sizes = Array(repeating: 1, count: count)
  }

  /// How many elements there are.
  public var count: Int { parents.count }

  /// Adds a set of one new element and returns the element.
  public mutating func add() -> Int {
    parents.append(Int32(parents.count))
    sizes.append(1)
    return parents.count - 1
  }

  /// The element that stands for the set of an element.
  public mutating func find(_ element: Int) -> Int {
    var node = element
    while Int(parents[node]) != node {
      parents[node] = parents[Int(parents[node])]
      node = Int(parents[node])
    }
    return node
  }

  /// The same without shortening paths, so that many threads may ask at once.
  package func root(of element: Int) -> Int {
    var node = element
    while Int(parents[node]) != node { node = Int(parents[node]) }
    return node
  }

  /// Joins the sets of two elements and returns the element that stands for the whole.
  @discardableResult
  public mutating func union(_ left: Int, _ right: Int) -> Int {
    var (large, small) = (find(left), find(right))
    guard large != small else { return large }
    if sizes[large] < sizes[small] { swap(&large, &small) }
    parents[small] = Int32(large)
    sizes[large] += sizes[small]
    return large
  }

  /// How many elements the set of an element has.
  public mutating func size(of element: Int) -> Int { Int(sizes[find(element)]) }
}
