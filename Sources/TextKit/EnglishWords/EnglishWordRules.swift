/// Divides what stands between two blanks into words.
struct EnglishWordRules: Sendable {
  static let standard = EnglishWordRules(exceptions: .standard)

  let exceptions: EnglishExceptions

  /// Fills the buffer with the words of a part.
  func divide(
    _ range: Range<Int>, _ affixes: EnglishAffixes, _ buffer: inout EnglishWordBuffer,
    usesExceptions: Bool = true
  ) {
    buffer.clear()
    let rest = strip(range, affixes, &buffer, usesExceptions)
    if !rest.isEmpty { attach(rest, affixes, &buffer, usesExceptions) }
    while let start = buffer.suffixes.popLast() {
      buffer.ends.append(buffer.suffixes.last ?? range.upperBound)
      _ = start
    }
  }

  /// Takes prefixes and suffixes off until none is left or what is left is an exception.
  private func strip(
    _ range: Range<Int>, _ affixes: EnglishAffixes, _ buffer: inout EnglishWordBuffer,
    _ usesExceptions: Bool
  ) -> Range<Int> {
    var rest = range
    func isException(_ part: Range<Int>) -> Bool {
      usesExceptions && !part.isEmpty && exceptions.entry(affixes.scalars, part) != nil
    }
    while !rest.isEmpty, !isException(rest) {
      let prefix = affixes.prefixLength(rest)
      let behind = rest.lowerBound + prefix..<rest.upperBound
      if prefix > 0, isException(behind) {
        buffer.ends.append(behind.lowerBound)
        return behind
      }
      let suffix = affixes.suffixLength(behind)
      let before = rest.lowerBound..<rest.upperBound - suffix
      if suffix > 0, isException(before) {
        buffer.suffixes.append(before.upperBound)
        return before
      }
      guard prefix > 0 || suffix > 0 else { return rest }
      if prefix > 0 { buffer.ends.append(behind.lowerBound) }
      if suffix > 0 { buffer.suffixes.append(before.upperBound) }
      rest = behind.lowerBound..<before.upperBound
    }
    return rest
  }

  private func attach(
    _ range: Range<Int>, _ affixes: EnglishAffixes, _ buffer: inout EnglishWordBuffer,
    _ usesExceptions: Bool
  ) {
    if usesExceptions, let index = exceptions.entry(affixes.scalars, range) {
      buffer.append(range, starts: exceptions.entries[index].starts)
    } else if EnglishAddress(scalars: affixes.scalars, traits: affixes.traits).matches(range) {
      buffer.ends.append(range.upperBound)
    } else {
      attachInfixes(range, affixes, &buffer)
    }
  }

  private func attachInfixes(
    _ range: Range<Int>, _ affixes: EnglishAffixes, _ buffer: inout EnglishWordBuffer
  ) {
    var start = range.lowerBound
    var place = start
    while place < range.upperBound {
      let length = affixes.infixLength(at: place, in: range)
      // One at the very front divides nothing.
      if length > 0, place > range.lowerBound {
        if place > start { buffer.ends.append(place) }
        buffer.ends.append(place + length)
        start = place + length
      }
      place += max(1, length)
    }
    if start < range.upperBound { buffer.ends.append(range.upperBound) }
  }

  /// Where the words of a text would begin without exceptions; 0 where no affix comes off.
  func affixStarts(_ scalars: [UInt32]) -> UInt64 {
    let affixes = EnglishAffixes(scalars: scalars, traits: CharacterTraits.traits(of: scalars))
    let range = 0..<scalars.count
    let hasAffix =
      affixes.prefixLength(range) > 0 || affixes.suffixLength(range) > 0
      || range.contains { affixes.infixLength(at: $0, in: range) > 0 }
    guard hasAffix else { return 0 }
    var buffer = EnglishWordBuffer()
    divide(range, affixes, &buffer, usesExceptions: false)
    return buffer.ends.dropLast().reduce(1) { $0 | 1 << UInt64($1) }
  }

  /// Puts together again what affixes took apart although the parts side by side are an exception:
  /// the longest first, of equal ones the first.
  func restoreExceptions(
    _ range: Range<Int>, _ scalars: [UInt32], _ buffer: inout EnglishWordBuffer
  ) {
    guard buffer.ends.count > 1 else { return }
    let found = divided(range, scalars, buffer)
    guard !found.isEmpty else { return }
    var taken: Set<Int> = []
    var chosen: [Match] = []
    for match in found.sorted(by: {
      ($1.words.count, $0.words.lowerBound) < ($0.words.count, $1.words.lowerBound)
    }) {
      let (first, last) = (match.words.lowerBound, match.words.upperBound - 1)
      if !taken.contains(first), !taken.contains(last) { chosen.append(match) }
      taken.formUnion(match.words)
    }
    replace(chosen, range, &buffer)
  }

  /// An exception found among words: which words, and which exception.
  private struct Match {
    let words: Range<Int>
    let entry: Int
  }

  private func divided(
    _ range: Range<Int>, _ scalars: [UInt32], _ buffer: EnglishWordBuffer
  ) -> [Match] {
    var matches: [Match] = []
    for first in buffer.ends.indices {
      let start = first == 0 ? range.lowerBound : buffer.ends[first - 1]
      var hash = EnglishExceptions.seed
      var place = start
      var starts: UInt64 = 0
      for last in first..<buffer.ends.count {
        let end = buffer.ends[last]
        guard end - start <= exceptions.longest else { break }
        starts |= 1 << UInt64(place - start)
        while place < end {
          hash = EnglishExceptions.mix(hash, scalars[place])
          place += 1
        }
        if let entry = exceptions.entry(scalars, start..<end, hash: hash),
          exceptions.entries[entry].plainStarts == starts
        {
          matches.append(Match(words: first..<last + 1, entry: entry))
        }
      }
    }
    return matches
  }

  private func replace(
    _ matches: [Match], _ range: Range<Int>, _ buffer: inout EnglishWordBuffer
  ) {
    let old = buffer.ends
    let byFirst = Dictionary(uniqueKeysWithValues: matches.map { ($0.words.lowerBound, $0) })
    buffer.clear()
    var index = 0
    while index < old.count {
      guard let match = byFirst[index] else {
        buffer.ends.append(old[index])
        index += 1
        continue
      }
      let start = index == 0 ? range.lowerBound : old[index - 1]
      index = match.words.upperBound
      buffer.append(start..<old[index - 1], starts: exceptions.entries[match.entry].starts)
    }
  }
}
