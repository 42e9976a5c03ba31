/// What the rules for English split off a word's ends, and where they divide it.
struct EnglishAffixes {
  let scalars: [UInt32]
  let traits: [CharacterTraits]

  private static let dot: UInt32 = 0x2E
  private static let ellipsis: UInt32 = 0x2026

  /// How many characters at the front of a part are a word of their own.
  func prefixLength(_ range: Range<Int>) -> Int {
    let start = range.lowerBound
    switch scalars[start] {
    case Self.dot:
      let dots = dots(from: start, to: range.upperBound)
      return dots > 1 ? dots : 0
    case 0x2B:
      let next = start + 1
      return next < range.upperBound && traits[next].contains(.digit) ? 0 : 1
    case 0x41, 0x43, 0x55: return dollarPrefix(range)
    default: return traits[start].contains(.prefix) ? 1 : 0
    }
  }

  private func dots(from start: Int, to end: Int) -> Int {
    var place = start
    while place < end, scalars[place] == Self.dot { place += 1 }
    return place - start
  }

  /// `US$`, `C$` and `A$`.
  private func dollarPrefix(_ range: Range<Int>) -> Int {
    let start = range.lowerBound
    if scalars[start] == 0x55 {
      return range.count > 2 && scalars[start + 1] == 0x53 && scalars[start + 2] == 0x24 ? 3 : 0
    }
    return range.count > 1 && scalars[start + 1] == 0x24 ? 2 : 0
  }

  /// How many characters at the end of a part are a word of their own.
  func suffixLength(_ range: Range<Int>) -> Int {
    guard let last = range.last else { return 0 }
    let trait = traits[last]
    // Most words end with a letter that ends no unit behind a digit.
    if trait.contains(.plain), range.count > 1, !couldEndAffix(last, range) { return 0 }
    if scalars[last] == Self.dot { return periodSuffix(range) }
    var length = trait.contains(.suffix) ? 1 : 0
    if range.count > 1 {
      length = max(length, pairSuffix(range), numberSuffix(range))
    }
    return length
  }

  /// Whether a part that ends with a letter may end with `'s` or a unit.
  private func couldEndAffix(_ last: Int, _ range: Range<Int>) -> Bool {
    var place = last - 1
    let stop = max(range.lowerBound, last - 4)
    while place >= stop, traits[place].contains(.plain) { place -= 1 }
    guard place >= stop else { return false }
    return !traits[place].contains(.plain)
  }

  private func periodSuffix(_ range: Range<Int>) -> Int {
    var start = range.upperBound
    while start > range.lowerBound, scalars[start - 1] == Self.dot { start -= 1 }
    let dots = range.upperBound - start
    if dots > 1 { return dots }
    guard start > range.lowerBound else { return 0 }
    let before = traits[start - 1]
    if before.contains(.beforePeriod) { return 1 }
    guard start - 1 > range.lowerBound else { return 0 }
    if before.contains(.upper), traits[start - 2].contains(.upper) { return 1 }
    let isDegree = scalars[start - 2] == 0xB0
    return isDegree && [0x46, 0x66, 0x43, 0x63, 0x4B, 0x6B].contains(scalars[start - 1]) ? 1 : 0
  }

  /// `'s` and `……`.
  private func pairSuffix(_ range: Range<Int>) -> Int {
    let (before, last) = (scalars[range.upperBound - 2], scalars[range.upperBound - 1])
    if last == 0x73 || last == 0x53 { return before == 0x27 || before == 0x2019 ? 2 : 0 }
    return last == Self.ellipsis && before == Self.ellipsis ? 2 : 0
  }

  /// What is split off behind a digit: `+`, a currency, a unit.
  private func numberSuffix(_ range: Range<Int>) -> Int {
    let last = range.upperBound - 1
    var length = 0
    if traits[last - 1].contains(.digit) {
      if scalars[last] == 0x2B || traits[last].contains(.currency) { length = 1 }
    }
    if scalars[last] == 0x24 {
      for name in [[0x55, 0x53, 0x24], [0x43, 0x24], [0x41, 0x24]] as [[UInt32]]
      where ends(range, with: name) { length = max(length, name.count) }
    }
    for unit in EnglishUnits.byLast[scalars[last]] ?? [] where ends(range, with: unit) {
      length = max(length, unit.count)
    }
    return length
  }

  /// Whether a part ends with a text that has a digit before it.
  private func ends(_ range: Range<Int>, with text: [UInt32]) -> Bool {
    let start = range.upperBound - text.count
    guard start > range.lowerBound, traits[start - 1].contains(.digit) else { return false }
    return scalars[start..<range.upperBound].elementsEqual(text)
  }

  /// How many characters at a place inside a part divide it in two.
  func infixLength(at place: Int, in range: Range<Int>) -> Int {
    let trait = traits[place]
    if trait.contains(.plain) || trait.contains(.digit) { return 0 }
    if trait.contains(.icon) { return 1 }
    let value = scalars[place]
    if value == Self.ellipsis { return 1 }
    if value == Self.dot {
      let dots = dots(from: place, to: range.upperBound)
      if dots > 1 { return dots }
    }
    guard place > range.lowerBound, place + 1 < range.upperBound else { return 0 }
    return between(value, traits[place - 1], place + 1, range)
  }

  /// What divides a part only between certain characters.
  private func between(
    _ value: UInt32, _ before: CharacterTraits, _ next: Int, _ range: Range<Int>
  ) -> Int {
    let after = traits[next]
    let (letterBefore, digitBefore) = (before.contains(.alpha), before.contains(.digit))
    switch value {
    case 0x2E:
      return !before.isDisjoint(with: [.lower, .quote])
        && !after.isDisjoint(with: [.upper, .quote])
        ? 1 : 0
    case 0x2C: return letterBefore && after.contains(.alpha) ? 1 : 0
    case 0x3A, 0x3C, 0x3E, 0x3D, 0x2F:
      return (letterBefore || digitBefore) && after.contains(.alpha) ? 1 : 0
    case 0x2B, 0x2A, 0x5E: return digitBefore && isDigitOrHyphen(next) ? 1 : 0
    case 0x2D:
      if digitBefore, isDigitOrHyphen(next) { return 1 }
      return letterBefore || digitBefore ? hyphens(next - 1, most: 3, range) : 0
    case 0x2014: return letterBefore || digitBefore ? hyphens(next - 1, most: 2, range) : 0
    case 0x2013, 0x7E: return letterBefore || digitBefore ? hyphens(next - 1, most: 1, range) : 0
    default: return 0
    }
  }

  private func isDigitOrHyphen(_ place: Int) -> Bool {
    traits[place].contains(.digit) || scalars[place] == 0x2D
  }

  /// The length of a run of one kind of hyphen with a letter behind it.
  private func hyphens(_ start: Int, most: Int, _ range: Range<Int>) -> Int {
    var end = start + 1
    while end < range.upperBound, end - start < most, scalars[end] == scalars[start] { end += 1 }
    return end < range.upperBound && traits[end].contains(.alpha) ? end - start : 0
  }
}

/// Units that are words of their own behind a digit.
enum EnglishUnits {
  /// The units by their last character.
  static let byLast: [UInt32: [[UInt32]]] = {
    let units = EnglishWordTables.units.description.split { $0 == " " || $0 == "\n" }
      .map { $0.unicodeScalars.map(\.value) }
    return Dictionary(grouping: units.filter { !$0.isEmpty }) { $0[$0.count - 1] }
  }()
}
