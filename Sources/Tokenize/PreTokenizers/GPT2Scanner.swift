/// The pattern of GPT-2 and of what was trained like it.
///
/// `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`
struct GPT2Scanner: PatternScanner {
  private let runs: ClassRuns

  init(_ table: ScalarTable<ScalarClasses>) { runs = ClassRuns(table) }

  @inline(__always)
  func matchEnd(in bytes: borrowing Span<UInt8>, at place: Int, _ end: Int) -> Int {
    let contraction = Contraction.end(in: bytes, at: place, end, anyCase: false)
    if contraction > place { return contraction }
    let start = bytes[place] == 0x20 ? place + 1 : place
    let (classes, length) = runs.classes(in: bytes, at: start, end)
    if classes.contains(.letter) {
      return runs.end(of: .letter, in: bytes, from: start + length, end)
    }
    if classes.contains(.number) {
      return runs.end(of: .number, in: bytes, from: start + length, end)
    }
    if length > 0, !classes.contains(.whitespace) {
      return runs.end(notOf: [.whitespace, .letter, .number], in: bytes, from: start + length, end)
    }
    return runs.whitespaceEnd(in: bytes, at: place, end)
  }
}
