/// A binary heap: the smallest element comes first.
struct BinaryHeap<Element: Comparable> {
  private var items: [Element] = []

  /// Heaps elements in linear time.
  init(_ items: [Element] = []) {
    self.items = items
    for place in stride(from: items.count / 2 - 1, through: 0, by: -1) { sink(from: place) }
  }

  /// The element at a place, the smallest at 0; nil where there are fewer.
  func item(_ place: Int) -> Element? { place < items.count ? items[place] : nil }

  mutating func push(_ item: Element) {
    items.append(item)
    var child = items.count - 1
    while child > 0, item < items[(child - 1) / 2] {
      items[child] = items[(child - 1) / 2]
      child = (child - 1) / 2
    }
    items[child] = item
  }

  mutating func pop() -> Element? {
    guard let top = items.first, let last = items.popLast() else { return nil }
    if !items.isEmpty {
      items[0] = last
      sink(from: 0)
    }
    return top
  }

  private mutating func sink(from place: Int) {
    let item = items[place]
    var hole = place
    while hole * 2 + 1 < items.count {
      var child = hole * 2 + 1
      if child + 1 < items.count, items[child + 1] < items[child] { child += 1 }
      if !(items[child] < item) { break }
      items[hole] = items[child]
      hole = child
    }
    items[hole] = item
  }
}
