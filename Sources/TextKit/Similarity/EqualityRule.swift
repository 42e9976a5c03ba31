/// Sets of numbers that are equal; the first two numbers are hashes that decide.
package struct EqualityRule: SimilarityRule {
  package init() {}

  package func appendKeys(of set: Span<UInt64>, to keys: inout [SetKey]) {
    keys.append(SetKey(UInt32(truncatingIfNeeded: set[0])))
  }

  package func match(_ left: Span<UInt64>, _ right: Span<UInt64>) -> Double? {
    left[0] == right[0] && left[1] == right[1] ? 1 : nil
  }
}
