extension [UInt8] {
  /// The bytes with every occurrence of others replaced, from the left.
  ///
  /// For tokens of a few bytes, of which most hold nothing to replace; the standard library's search for any collection
  /// takes most of a decoder's time there.
  ///
  /// - Parameter old: What is looked for; not empty.
  func replacing(bytes old: [UInt8], with new: [UInt8]) -> [UInt8] {
    precondition(!old.isEmpty, "nothing to look for")
    var result: [UInt8] = []
    var kept = 0
    var place = 0
    while place + old.count <= count {
      guard self[place] == old[0], old.indices.allSatisfy({ self[place + $0] == old[$0] }) else {
        place += 1
        continue
      }
      result += self[kept..<place]
      result += new
      place += old.count
      kept = place
    }
    return kept == 0 ? self : result + self[kept...]
  }
}
