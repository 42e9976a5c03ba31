import Records

/// How many of some things a rate asks for.
enum Share {
  /// The rate times the number, rounded up: at least one, and no more than there are.
  ///
  /// A rate of 0 asks for none. It is nlpaug's rule, with a minimum of 1.
  static func count(_ rate: Double, of number: Int) -> Int {
    rate > 0 ? min(number, max(1, Int((rate * Double(number)).rounded(.up)))) : 0
  }
}

extension CounterRandom {
  /// The first `count` of the elements in a random order, by as many draws.
  mutating func some<Element>(_ count: Int, of elements: [Element]) -> [Element] {
    var elements = elements
    let count = min(count, elements.count)
    for index in 0..<count {
      elements.swapAt(index, index + below(elements.count - index))
    }
    return Array(elements[..<count])
  }
}
