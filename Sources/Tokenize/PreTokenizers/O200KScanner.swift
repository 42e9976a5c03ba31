/// The pattern of o200k: words cut where small letters end, with a sign before and a contraction behind.
///
/// `[^\r\n\p{L}\p{N}]?U*L+C?|[^\r\n\p{L}\p{N}]?U+L*C?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+`
/// where `U` is `[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]`, `L` is `[\p{Ll}\p{Lm}\p{Lo}\p{M}]` and `C` a contraction.
struct O200KScanner: PatternScanner {
  private let runs: ClassRuns
  private static let upper: ScalarClasses = [.upper, .otherLetter, .mark]
  private static let lower: ScalarClasses = [.lower, .otherLetter, .mark]

  init(_ table: ScalarTable<ScalarClasses>) { runs = ClassRuns(table) }

  @inline(__always)
  func matchEnd(in bytes: borrowing Span<UInt8>, at place: Int, _ end: Int) -> Int {
    let (classes, length) = runs.classes(in: bytes, at: place, end)
    let isSign =
      classes.isDisjoint(with: [.letter, .number])
      && bytes[place] != 0x0A && bytes[place] != 0x0D
    // The sign before a word is optional and greedy.
    let start = isSign ? place + length : place
    // A mark can be both the sign before a word and part of it.
    let canBegin = isSign && classes.contains(.mark)
    let small = smallEnd(in: bytes, at: start, end)
    if small > start { return Contraction.end(in: bytes, at: small, end, anyCase: true) }
    if canBegin {
      let word = smallEnd(in: bytes, at: place, end)
      if word > place { return Contraction.end(in: bytes, at: word, end, anyCase: true) }
    }
    // Capitals alone; from a mark on, `smallEnd` has found a word.
    let capitals = runs.end(of: Self.upper, in: bytes, from: start, end)
    if capitals > start { return Contraction.end(in: bytes, at: capitals, end, anyCase: true) }
    if classes.contains(.number) {
      return runs.numberEnd(in: bytes, at: place, end, digits: 3)
    }
    return runs.signsOrSpaceEnd(
      in: bytes, at: place, end, classes, trailing: [0x0A, 0x0D, UInt8(ascii: "/")])
  }

  /// `U*L+`: capitals give back what small letters need; `place` where no small letter follows.
  ///
  /// Where this fails, `U+L*` can only be a run of capitals.
  private func smallEnd(in bytes: borrowing Span<UInt8>, at place: Int, _ end: Int) -> Int {
    let capitals = runs.end(of: Self.upper, in: bytes, from: place, end)
    let small = runs.end(of: Self.lower, in: bytes, from: capitals, end)
    if small > capitals { return small }
    var split = capitals
    while split > place {
      split = UTF8Scalars.startOfScalar(before: split, in: bytes)
      let (classes, _) = runs.classes(in: bytes, at: split, end)
      if !classes.isDisjoint(with: Self.lower) {
        return runs.end(of: Self.lower, in: bytes, from: split, end)
      }
    }
    return place
  }
}
