/// The classes a scalar belongs to, each as the library that tests it has it.
struct ScalarClasses: OptionSet, Hashable, Sendable {
  let rawValue: UInt16

  /// `\p{L}` of the regex engine.
  static let letter = ScalarClasses(rawValue: 1 << 0)
  /// `\p{N}` of the regex engine.
  static let number = ScalarClasses(rawValue: 1 << 1)
  /// `\s`: the 25 scalars of White_Space.
  static let whitespace = ScalarClasses(rawValue: 1 << 2)
  /// `\p{M}` of the regex engine.
  static let mark = ScalarClasses(rawValue: 1 << 3)
  /// `\p{Lu}` and `\p{Lt}`.
  static let upper = ScalarClasses(rawValue: 1 << 4)
  /// `\p{Ll}`.
  static let lower = ScalarClasses(rawValue: 1 << 5)
  /// `\p{Lm}` and `\p{Lo}`.
  static let otherLetter = ScalarClasses(rawValue: 1 << 6)
  /// `\p{P}` of the regex engine.
  static let punctuation = ScalarClasses(rawValue: 1 << 7)
  /// `\p{S}` of the regex engine.
  static let symbol = ScalarClasses(rawValue: 1 << 8)
  /// What BertPreTokenizer and Punctuation call punctuation: ASCII signs and an old category P.
  static let bertPunctuation = ScalarClasses(rawValue: 1 << 9)
  /// What BertNormalizer's `clean_text` removes.
  static let bertDropped = ScalarClasses(rawValue: 1 << 10)
  /// The accents that BertNormalizer's `strip_accents` removes: an old category Mn.
  static let bertAccent = ScalarClasses(rawValue: 1 << 11)
  /// The ideographs that BertNormalizer sets apart.
  static let chinese = ScalarClasses(rawValue: 1 << 12)
  /// What Digits splits at: Rust's `char::is_numeric`.
  static let digit = ScalarClasses(rawValue: 1 << 13)
  /// `\w` of Rust's regex crate.
  static let word = ScalarClasses(rawValue: 1 << 14)
  /// The marks that StripAccents removes: an old category M.
  static let accent = ScalarClasses(rawValue: 1 << 15)

  /// Runs of equal classes from U+0000 on.
  private static let runs: [(length: Int, value: ScalarClasses)] = {
    let palette = UnicodeData.items(UnicodeData.classPalette).map {
      ScalarClasses(rawValue: UInt16($0[0]))
    }
    return UnicodeData.items(UnicodeData.classRuns).map {
      (length: Int($0[0]), value: palette[Int($0[1])])
    }
  }()

  /// The classes of every scalar.
  static let table = ScalarTable(runs: runs)

  /// The scalars of a class in ascending order.
  static func scalars(of classes: ScalarClasses) -> [UInt32] {
    var scalars: [UInt32] = []
    var place: UInt32 = 0
    for run in runs {
      if run.value.contains(classes) { scalars += place..<place + UInt32(run.length) }
      place += UInt32(run.length)
    }
    return scalars
  }
}
