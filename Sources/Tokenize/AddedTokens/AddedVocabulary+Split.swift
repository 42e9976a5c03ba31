/// Cutting texts that are not normalized at added tokens.
extension AddedVocabulary {
  /// Whether an added token may stand in a text; false where none does for sure.
  func mayStand(in text: UnsafeBufferPointer<UInt8>) -> Bool {
    raw?.mayMatch(in: text) == true || normalized?.mayMatch(in: text) == true
  }

  /// Whether an added token may stand in a text, or in what a normalizer makes of it that leaves visible ASCII as it
  /// is; false where none does for sure.
  func mayStand(inUnnormalized text: UnsafeBufferPointer<UInt8>) -> Bool {
    if raw?.mayMatch(in: text) == true { return true }
    guard let normalized else { return false }
    return normalized.mayMatch(unnormalized: text) != false
  }

  /// Hands the parts of a text to `visit`, none of them empty: added tokens with their ids, and what lies between.
  ///
  /// - Parameter skipsSpecial: Whether special tokens are plain text.
  func split(
    _ text: UnsafeBufferPointer<UInt8>, skipsSpecial: Bool, _ visit: (ByteRange, Int32?) -> Void
  ) {
    split(text, ByteRange(0, text.count), by: raw, skipsSpecial) { part, id in
      if id != nil { return visit(part, id) }
      split(text, part, by: normalized, skipsSpecial, visit)
    }
  }

  private func split(
    _ text: UnsafeBufferPointer<UInt8>, _ part: ByteRange, by matcher: AddedTokenMatcher?,
    _ skipsSpecial: Bool, _ visit: (ByteRange, Int32?) -> Void
  ) {
    let bytes = UnsafeBufferPointer(rebasing: text[part.indices])
    var place = part.start
    for match in matcher?.matches(in: bytes.span, skipsSpecial: skipsSpecial) ?? [] {
      let (start, end) = (part.start + match.range.start, part.start + match.range.end)
      if place < start { visit(ByteRange(Int(place), Int(start)), nil) }
      if start < end { visit(ByteRange(Int(start), Int(end)), tokens[match.token].id) }
      place = end
    }
    if place < part.end { visit(ByteRange(Int(place), Int(part.end)), nil) }
  }
}
