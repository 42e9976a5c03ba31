/// One scalar of some classes.
struct ScalarScanner: PatternScanner {
  private let classes: ScalarClasses
  private let runs: ClassRuns

  init(classes: ScalarClasses, _ table: ScalarTable<ScalarClasses>) {
    self.classes = classes
    runs = ClassRuns(table)
  }

  @inline(__always)
  func matchEnd(in bytes: borrowing Span<UInt8>, at place: Int, _ end: Int) -> Int {
    let (found, length) = runs.classes(in: bytes, at: place, end)
    return found.isDisjoint(with: classes) ? place : place + length
  }
}

/// Runs of white space: `\s+`.
struct WhitespaceScanner: PatternScanner {
  private let runs: ClassRuns

  init(_ table: ScalarTable<ScalarClasses>) { runs = ClassRuns(table) }

  @inline(__always)
  func matchEnd(in bytes: borrowing Span<UInt8>, at place: Int, _ end: Int) -> Int {
    runs.end(of: .whitespace, in: bytes, from: place, end)
  }
}

/// Words and runs of signs: `\w+|[^\w\s]+`.
struct WordsAndSignsScanner: PatternScanner {
  private let runs: ClassRuns

  init(_ table: ScalarTable<ScalarClasses>) { runs = ClassRuns(table) }

  @inline(__always)
  func matchEnd(in bytes: borrowing Span<UInt8>, at place: Int, _ end: Int) -> Int {
    let word = runs.end(of: .word, in: bytes, from: place, end)
    if word > place { return word }
    return runs.end(notOf: [.word, .whitespace], in: bytes, from: place, end)
  }
}

/// The pattern of CLIP.
///
/// `<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+`
struct CLIPScanner: PatternScanner {
  private let runs: ClassRuns
  private static let specials = [Array("<|startoftext|>".utf8), Array("<|endoftext|>".utf8)]

  init(_ table: ScalarTable<ScalarClasses>) { runs = ClassRuns(table) }

  func matchEnd(in bytes: borrowing Span<UInt8>, at place: Int, _ end: Int) -> Int {
    for special in Self.specials where end - place >= special.count {
      var index = 0
      while index < special.count, bytes[place + index] == special[index] { index += 1 }
      if index == special.count { return place + index }
    }
    let contraction = Contraction.end(in: bytes, at: place, end, anyCase: false)
    if contraction > place { return contraction }
    let word = runs.end(of: .letter, in: bytes, from: place, end)
    if word > place { return word }
    let number = runs.numberEnd(in: bytes, at: place, end, digits: 1)
    if number > place { return number }
    return runs.end(notOf: [.whitespace, .letter, .number], in: bytes, from: place, end)
  }
}
