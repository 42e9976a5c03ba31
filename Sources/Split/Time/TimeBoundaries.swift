import Records

/// The moments that validation and test begin at, which are on those sides themselves.
public struct TimeBoundaries: Sendable, Hashable {
  /// The first moment of validation; nil where that side is not wanted.
  public let validation: Moment?
  /// The first moment of test, no earlier than validation; nil where that side is not wanted.
  public let test: Moment?

  init(validation: Moment?, test: Moment?) {
    self.validation = validation
    self.test = test
  }

  /// Boundaries that leave each side its share of these times, or as near to it as equal times allow.
  init(sharing times: [Moment], _ shares: Shares) {
    let sorted = times.sorted()
    let (train, evaluated) = (shares[.train], 1 - shares[.test])
    let first = Self.cut(sorted, at: Int((train * Double(sorted.count)).rounded()))
    let second = Self.cut(sorted, at: Int((evaluated * Double(sorted.count)).rounded()))
    validation = shares[.validation] > 0 && first < sorted.count ? sorted[first] : nil
    test = shares[.test] > 0 && second < sorted.count ? sorted[second] : nil
  }

  /// The place nearest to one wanted that parts no equal times, and leaves something on both sides of it
  /// where it can.
  private static func cut(_ sorted: [Moment], at place: Int) -> Int {
    guard place > 0, place < sorted.count, sorted[place - 1] == sorted[place] else { return place }
    let start = firstIndex(sorted) { $0 >= sorted[place] }
    let end = firstIndex(sorted) { $0 > sorted[place] }
    if start == 0 || end == sorted.count {
      return start == 0 ? end : start
    }
    return place - start <= end - place ? start : end
  }

  /// The first place whose time meets a condition that holds from some time on.
  private static func firstIndex(_ sorted: [Moment], _ holds: (Moment) -> Bool) -> Int {
    var (low, high) = (0, sorted.count)
    while low < high {
      let middle = (low + high) / 2
      if holds(sorted[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }

  /// The side that a moment is on.
  func side(of moment: Moment) -> Side {
    if let test, moment >= test { return .test }
    if let validation, moment >= validation { return .validation }
    return .train
  }
}
