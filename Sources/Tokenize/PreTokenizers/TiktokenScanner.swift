/// The pattern of cl100k, Llama-3 and (with single digits) Qwen2.
///
/// `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`
struct TiktokenScanner: PatternScanner {
  private let digits: Int
  private let runs: ClassRuns

  init(digits: Int, _ table: ScalarTable<ScalarClasses>) {
    self.digits = digits
    runs = ClassRuns(table)
  }

  @inline(__always)
  func matchEnd(in bytes: borrowing Span<UInt8>, at place: Int, _ end: Int) -> Int {
    let contraction = Contraction.end(in: bytes, at: place, end, anyCase: true)
    if contraction > place { return contraction }
    let (classes, length) = runs.classes(in: bytes, at: place, end)
    if classes.contains(.letter) {
      return runs.end(of: .letter, in: bytes, from: place + length, end)
    }
    if classes.contains(.number) {
      return runs.numberEnd(in: bytes, at: place, end, digits: digits)
    }
    let next = place + length
    if bytes[place] != 0x0A, bytes[place] != 0x0D {
      let word = runs.end(of: .letter, in: bytes, from: next, end)
      if word > next { return word }
    }
    return runs.signsOrSpaceEnd(in: bytes, at: place, end, classes, trailing: [0x0A, 0x0D])
  }
}

extension ClassRuns {
  /// A few digits: `\p{N}{1,digits}`.
  @inline(__always)
  func numberEnd(in bytes: borrowing Span<UInt8>, at place: Int, _ end: Int, digits: Int) -> Int {
    var place = place
    for _ in 0..<digits {
      let (classes, length) = classes(in: bytes, at: place, end)
      guard classes.contains(.number) else { break }
      place += length
    }
    return place
  }

  /// ` ?[^\s\p{L}\p{N}]+[trailing]*|\s*[\r\n]+|\s+(?!\S)|\s+`, where `first` are the classes at `place`.
  @inline(__always)
  func signsOrSpaceEnd(
    in bytes: borrowing Span<UInt8>, at place: Int, _ end: Int, _ first: ScalarClasses,
    trailing: [UInt8]
  ) -> Int {
    let start = bytes[place] == 0x20 ? place + 1 : place
    var signs = self.end(notOf: [.whitespace, .letter, .number], in: bytes, from: start, end)
    if signs > start {
      while signs < end, trailing.contains(bytes[signs]) { signs += 1 }
      return signs
    }
    let lineBreak = lineBreakEnd(in: bytes, at: place, end)
    return lineBreak > place ? lineBreak : whitespaceEnd(in: bytes, at: place, end)
  }
}
