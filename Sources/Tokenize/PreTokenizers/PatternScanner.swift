import CKernels

/// A regular expression as code: the end of the match that begins at a place.
protocol PatternScanner {
  /// The end of the match that begins at `place`, or `place` where none does. The text ends at `end`.
  func matchEnd(in bytes: borrowing Span<UInt8>, at place: Int, _ end: Int) -> Int
}

/// What all scanners share: runs of classes.
struct ClassRuns {
  let table: ScalarTable<ScalarClasses>

  init(_ table: ScalarTable<ScalarClasses>) { self.table = table }

  /// The classes and length of the scalar at a place; no classes and no length at the end.
  @inline(__always)
  func classes(
    in bytes: borrowing Span<UInt8>, at place: Int, _ end: Int
  ) -> (classes: ScalarClasses, length: Int) {
    guard place < end else { return ([], 0) }
    let (scalar, length) = UTF8Scalars.decode(bytes, at: place)
    return (table[scalar], length)
  }

  /// The end of the run of scalars that are in one of `classes`.
  ///
  /// Chinese characters, which have the same classes, are passed over without a look at these.
  @inline(__always)
  func end(
    of classes: ScalarClasses, in bytes: borrowing Span<UInt8>, from place: Int, _ end: Int
  ) -> Int {
    var place = place
    let passesIdeographs = !table[0x4E00].isDisjoint(with: classes)
    while place < end {
      if passesIdeographs, bytes[place] >= 0xE4 {
        place = bytes.withUnsafeBufferPointer {
          Int(anneal_skip_ideographs($0.baseAddress, Int64(place), Int64(end)))
        }
        if place == end { break }
      }
      let (scalar, length) = UTF8Scalars.decode(bytes, at: place)
      if table[scalar].isDisjoint(with: classes) { break }
      place += length
    }
    return place
  }

  /// The end of the run of scalars that are in none of `classes`.
  @inline(__always)
  func end(
    notOf classes: ScalarClasses, in bytes: borrowing Span<UInt8>, from place: Int, _ end: Int
  ) -> Int {
    var place = place
    while place < end {
      let (scalar, length) = UTF8Scalars.decode(bytes, at: place)
      if !table[scalar].isDisjoint(with: classes) { break }
      place += length
    }
    return place
  }

  /// `\s+(?!\S)|\s+`: a run of white space keeps its last scalar for the word that follows.
  @inline(__always)
  func whitespaceEnd(in bytes: borrowing Span<UInt8>, at place: Int, _ end: Int) -> Int {
    let run = self.end(of: .whitespace, in: bytes, from: place, end)
    if run == end || run == place { return run }
    let last = UTF8Scalars.startOfScalar(before: run, in: bytes)
    return last > place ? last : run
  }

  /// `\s*[\r\n]+`: as far as the last line break of the run of white space, or `place`.
  @inline(__always)
  func lineBreakEnd(in bytes: borrowing Span<UInt8>, at place: Int, _ end: Int) -> Int {
    var run = self.end(of: .whitespace, in: bytes, from: place, end)
    while run > place {
      if bytes[run - 1] == 0x0A || bytes[run - 1] == 0x0D { return run }
      run -= 1
    }
    return place
  }
}

/// `'s|'t|'re|'ve|'m|'ll|'d`, in small letters or in any case.
enum Contraction {
  /// The end of the contraction at an apostrophe, or `place`.
  @inline(__always)
  static func end(
    in bytes: borrowing Span<UInt8>, at place: Int, _ end: Int, anyCase: Bool
  ) -> Int {
    guard place + 1 < end, bytes[place] == UInt8(ascii: "'") else { return place }
    let first = lowered(bytes[place + 1], anyCase)
    switch first {
    case UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "m"), UInt8(ascii: "d"):
      return place + 2
    case 0xC5 where anyCase && place + 2 < end && bytes[place + 2] == 0xBF:
      return place + 3  // U+017F, the long s, which folds to s
    default: break
    }
    guard place + 2 < end else { return place }
    switch (first, lowered(bytes[place + 2], anyCase)) {
    case (UInt8(ascii: "r"), UInt8(ascii: "e")), (UInt8(ascii: "v"), UInt8(ascii: "e")),
      (UInt8(ascii: "l"), UInt8(ascii: "l")):
      return place + 3
    default: return place
    }
  }

  @inline(__always)
  private static func lowered(_ byte: UInt8, _ anyCase: Bool) -> UInt8 {
    anyCase && byte &- 0x41 < 26 ? byte | 0x20 : byte
  }
}
