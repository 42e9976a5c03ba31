import Records

extension JSONValue {
  /// A number of things: a whole number from 0 to 10^12.
  ///
  /// Anything else is none, so that sums of what a file says cannot overflow.
  var count: Int? { int.flatMap { (0...1_000_000_000_000).contains($0) ? $0 : nil } }
}
