/// What a walk over one text has learned of stretches that it would else read again from each place.
package struct StretchMemory {
  /// Characters of a mail address before its `@`, and where the address ends.
  package var mail = Stretch()
  /// Characters of a token's first part, and where the token ends.
  var token = Stretch()
  /// Whether no private key ends in the rest of the text.
  var lacksKeyEnd = false

  package init() {}
}

/// A run of characters, and what every place within it leads to.
package struct Stretch {
  private var run = 0..<0
  private var result: Int?

  /// Where the run around a place ends and what it leads to; `look` tells both of a run not met yet.
  package mutating func at(_ place: Int, look: (Int) -> (end: Int, result: Int?)) -> (
    end: Int, result: Int?
  ) {
    if !run.contains(place) {
      let (end, result) = look(place)
      run = place..<max(place, end)
      self.result = result
    }
    return (run.upperBound, result)
  }
}
