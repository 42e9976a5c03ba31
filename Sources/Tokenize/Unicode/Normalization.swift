/// Canonical ordering and composition (Unicode Standard Annex 15) over the peers' tables.
enum Normalization {
  /// The canonical combining class of every scalar.
  static let combiningClasses: ScalarTable<UInt8> = {
    var runs: [(length: Int, value: UInt8)] = []
    var covered = 0
    for item in UnicodeData.items(UnicodeData.combiningClasses) {
      runs.append((Int(item[0]), 0))
      runs.append((Int(item[1]), UInt8(item[2])))
      covered += Int(item[0] + item[1])
    }
    runs.append((0x110000 - covered, 0))
    return ScalarTable(runs: runs)
  }()

  /// All scalars with a class, in ascending order.
  static let marks: [UInt32] = {
    var marks: [UInt32] = []
    var place: UInt32 = 0
    for item in UnicodeData.items(UnicodeData.combiningClasses) {
      marks += place + item[0]..<place + item[0] + item[1]
      place += item[0] + item[1]
    }
    return marks
  }()

  /// Primary composites by `first << 21 | second`.
  private static let composites: [UInt64: UInt32] = {
    let entries = UnicodeData.mapping(UnicodeData.canonicalCompositions).map { entry in
      (
        key(entry.scalars[entry.scalars.startIndex], entry.scalars[entry.scalars.startIndex + 1]),
        entry.source
      )
    }
    return Dictionary(uniqueKeysWithValues: entries)
  }()

  private static func key(_ first: UInt32, _ second: UInt32) -> UInt64 {
    UInt64(first) << 21 | UInt64(second)
  }

  /// The primary composite of two scalars, or nil.
  static func compose(_ first: UInt32, _ second: UInt32) -> UInt32? {
    Hangul.compose(first, second) ?? composites[key(first, second)]
  }

  /// What NFC may change: whatever decomposes to something else, combines backwards, or has a class.
  static let unsettled: ScalarTable<Bool> = {
    var flags = Set<UInt32>()
    let kept = Set(UnicodeData.mapping(UnicodeData.canonicalCompositions).map(\.source))
    for entry in UnicodeData.mapping(UnicodeData.canonicalDecompositions)
    where !kept.contains(entry.source) {
      flags.insert(entry.source)
    }
    for entry in UnicodeData.mapping(UnicodeData.canonicalCompositions) {
      flags.formUnion(entry.scalars.dropFirst())
    }
    flags.formUnion(marks)
    flags.formUnion(Hangul.vowels)
    flags.formUnion(Hangul.finals)
    return ScalarTable(empty: false, entries: flags.sorted().lazy.map { (scalar: $0, value: true) })
  }()
}

/// Hangul syllables, which compose and decompose by arithmetic.
enum Hangul {
  private static let syllables: Range<UInt32> = 0xAC00..<0xD7A4
  private static let leads: Range<UInt32> = 0x1100..<0x1113
  static let vowels: Range<UInt32> = 0x1161..<0x1176
  /// The trailing consonants; the place before the first stands for "none".
  static let finals: Range<UInt32> = 0x11A8..<0x11C3

  /// Whether a scalar is a precomposed syllable.
  @inline(__always)
  static func isSyllable(_ scalar: UInt32) -> Bool { syllables.contains(scalar) }

  /// The two or three jamo of a syllable.
  static func decompose(_ syllable: UInt32) -> [UInt32] {
    let index = syllable - syllables.lowerBound
    let pair = [leads.lowerBound + index / 588, vowels.lowerBound + index % 588 / 28]
    let last = index % 28
    return last == 0 ? pair : pair + [finals.lowerBound - 1 + last]
  }

  /// The syllable of a lead and a vowel, or of an open syllable and a final.
  static func compose(_ first: UInt32, _ second: UInt32) -> UInt32? {
    if leads.contains(first), vowels.contains(second) {
      let index = (first - leads.lowerBound) * 21 + second - vowels.lowerBound
      return syllables.lowerBound + index * 28
    }
    if isSyllable(first), (first - syllables.lowerBound) % 28 == 0, finals.contains(second) {
      return first + second - (finals.lowerBound - 1)
    }
    return nil
  }
}
