extension Rewriting {
  /// Replaces pairs of neighbours from left to right; each of a text is in one pair at most.
  ///
  /// - Parameter next: Room that is kept from call to call.
  @inline(__always)
  static func replacePairs<Unit>(
    in text: inout [Unit], _ next: inout [Unit], _ matches: (Unit, Unit) -> Bool,
    write: (Unit, Unit, inout [Unit]) -> Void
  ) {
    next.removeAll(keepingCapacity: true)
    var place = 0
    while place < text.count {
      if place + 1 < text.count, matches(text[place], text[place + 1]) {
        write(text[place], text[place + 1], &next)
        place += 2
      } else {
        next.append(text[place])
        place += 1
      }
    }
    swap(&text, &next)
  }
}
