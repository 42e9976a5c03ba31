/// An added token found in a text: the bytes it takes, white space included, and which token it is.
struct AddedTokenMatch: Sendable {
  var range: ByteRange
  var token: Int
}

/// Finds added tokens in a text: leftmost first, the longest of those.
struct AddedTokenMatcher: Sendable {
  private let tokens: [AddedToken]
  private var trie = ByteTrie()
  /// Whether any token begins with a byte.
  private var firsts = [Bool](repeating: false, count: 256)
  /// What tokens begin with, to be looked for in eight places at once; empty where that are too many.
  private var fewStarts: [TokenStart] = []
  /// Whether any token begins with two bytes, or with the first of them alone.
  private var firstTwo = [Bool](repeating: false, count: 1 << 16)

  /// Takes tokens with the bytes to look for, which are the content or its normalized form.
  init(_ patterns: [(token: Int, bytes: [UInt8])], of tokens: [AddedToken]) {
    self.tokens = tokens
    for pattern in patterns {
      guard let first = pattern.bytes.first else { continue }
      trie.insert(pattern.bytes, value: Int32(pattern.token))
      firsts[Int(first)] = true
      let seconds = pattern.bytes.count > 1 ? pattern.bytes[1]...pattern.bytes[1] : 0...255
      for second in seconds { firstTwo[Int(first) << 8 | Int(second)] = true }
    }
    fewStarts = TokenStart.few(firstTwo)
  }

  /// The matches in a text, in order and without overlaps.
  ///
  /// - Parameter skipsSpecial: leaves special tokens in the text as plain text.
  func matches(in bytes: borrowing Span<UInt8>, skipsSpecial: Bool) -> [AddedTokenMatch] {
    var matches: [AddedTokenMatch] = []
    var place = 0
    var previousEnd = 0
    while place < bytes.count {
      place = nextCandidate(from: place, in: bytes)
      guard let found = longest(at: place, in: bytes, skipsSpecial) else {
        place += 1
        continue
      }
      place = Int(found.range.end)
      guard let match = accept(found, after: previousEnd, in: bytes) else { continue }
      matches.append(match)
      previousEnd = Int(match.range.end)
      place = max(place, previousEnd)
    }
    return matches
  }

  /// The next place where the first two bytes of a token stand, or the last place of all.
  private func nextCandidate(from start: Int, in bytes: borrowing Span<UInt8>) -> Int {
    var place = start
    if !fewStarts.isEmpty {
      // A place is looked at together with the one behind it.
      while place + 9 <= bytes.count {
        let first = bytes.bytes.unsafeLoadUnaligned(fromByteOffset: place, as: UInt64.self)
        let second = bytes.bytes.unsafeLoadUnaligned(fromByteOffset: place + 1, as: UInt64.self)
        var found: UInt64 = 0
        for index in fewStarts.indices {
          found |= fewStarts[index].places(
            in: UInt64(littleEndian: first), UInt64(littleEndian: second))
        }
        if found != 0 { return place + found.trailingZeroBitCount / 8 }
        place += 8
      }
    }
    while place + 1 < bytes.count {
      let byte = Int(bytes[place])
      if firsts[byte], firstTwo[byte << 8 | Int(bytes[place + 1])] { break }
      place += 1
    }
    return place
  }

  private func longest(
    at start: Int, in bytes: borrowing Span<UInt8>, _ skipsSpecial: Bool
  ) -> AddedTokenMatch? {
    var node = ByteTrie.root
    var place = start
    var best: AddedTokenMatch?
    while place < bytes.count {
      node = trie.child(of: node, bytes[place])
      if node == ByteTrie.none { break }
      place += 1
      let token = trie.value(of: node)
      if token >= 0, !(skipsSpecial && tokens[Int(token)].isSpecial) {
        best = AddedTokenMatch(range: ByteRange(start, place), token: Int(token))
      }
    }
    return best
  }

  /// Applies `single_word`, `lstrip` and `rstrip`; nil where the token may not stand here.
  private func accept(
    _ match: AddedTokenMatch, after previousEnd: Int, in bytes: borrowing Span<UInt8>
  ) -> AddedTokenMatch? {
    let token = tokens[match.token]
    let table = ScalarClasses.table
    var start = Int(match.range.start)
    var end = Int(match.range.end)
    if token.singleWord {
      if start > 0, table.classes(before: start, in: bytes).contains(.word) { return nil }
      if end < bytes.count, table.classes(at: end, in: bytes).contains(.word) { return nil }
    }
    if token.stripsLeft {
      while start > previousEnd, table.classes(before: start, in: bytes).contains(.whitespace) {
        start = UTF8Scalars.startOfScalar(before: start, in: bytes)
      }
    }
    if token.stripsRight {
      end = ClassRuns(table).end(of: .whitespace, in: bytes, from: end, bytes.count)
    }
    return AddedTokenMatch(range: ByteRange(start, end), token: match.token)
  }
}

extension ScalarTable where Value == ScalarClasses {
  /// The classes of the scalar that begins at a place.
  func classes(at place: Int, in bytes: borrowing Span<UInt8>) -> ScalarClasses {
    self[UTF8Scalars.decode(bytes, at: place).scalar]
  }

  /// The classes of the scalar that ends at a place.
  func classes(before place: Int, in bytes: borrowing Span<UInt8>) -> ScalarClasses {
    classes(at: UTF8Scalars.startOfScalar(before: place, in: bytes), in: bytes)
  }
}

/// The byte or the two bytes that tokens begin with, each repeated eight times.
private struct TokenStart: Sendable {
  private var first: UInt64
  private var second: UInt64
  /// Ones where the second byte counts, else zeros.
  private var mask: UInt64
  private static let ones: UInt64 = 0x0101_0101_0101_0101

  /// The starts of all tokens if they are at most three, else none.
  static func few(_ firstTwo: [Bool]) -> [TokenStart] {
    let pairs = firstTwo.indices.filter { firstTwo[$0] }
    if pairs.count <= 3 {
      return pairs.map {
        TokenStart(first: UInt64($0 >> 8) * ones, second: UInt64($0 & 0xFF) * ones, mask: ~0)
      }
    }
    let firsts = Set(pairs.map { $0 >> 8 })
    guard firsts.count <= 2 else { return [] }
    return firsts.map { TokenStart(first: UInt64($0) * ones, second: 0, mask: 0) }
  }

  /// The uppermost bit of each byte that begins a token, given eight bytes and those behind each of them.
  ///
  /// A bit above the lowest one may be wrong, the lowest never is.
  @inline(__always)
  func places(in bytes: UInt64, _ behind: UInt64) -> UInt64 {
    let difference = bytes ^ first | (behind ^ second) & mask
    return (difference &- Self.ones) & ~difference & 0x8080_8080_8080_8080
  }
}
