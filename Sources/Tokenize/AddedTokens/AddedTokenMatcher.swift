import CKernels

/// An added token found in a text: the bytes it takes, white space included, and which token it is.
///
/// Two may overlap where the first takes white space that the second consists of. Where the range is empty the
/// text is cut, and no token stands there.
struct AddedTokenMatch: Sendable {
  var range: ByteRange
  var token: Int
}

/// Finds added tokens in a text: leftmost first, the longest of those.
///
/// A class, so that asking one costs no copy of its many tables.
final class AddedTokenMatcher: Sendable {
  private let tokens: [AddedToken]
  private let trie: ByteTrie
  /// What of the tokens stands in any text that becomes one with them by a normalizer that leaves visible ASCII as
  /// it is; nil where that cannot be told.
  private let visibleParts: ByteTrie?
  /// The token that normalization leaves nothing of, which Hugging Face finds between all characters.
  private let empty: Int?
  /// Whether any token begins with a byte.
  private let firsts: [Bool]
  /// What to look for in 64 places at once.
  private let signs: TokenSigns
  /// Whether any token begins with two bytes, or with the first of them alone.
  private let firstTwo: [Bool]

  /// Takes tokens with the bytes to look for, which are the content or its normalized form.
  init(_ patterns: [(token: Int, bytes: [UInt8])], of tokens: [AddedToken]) {
    self.tokens = tokens
    empty = patterns.first { $0.bytes.isEmpty }?.token
    let signs = TokenSigns(patterns.map(\.bytes).filter { !$0.isEmpty })
    self.signs = signs
    visibleParts = empty == nil ? signs.visibleParts(of: patterns.map(\.bytes)) : nil
    var trie = ByteTrie()
    var firsts = [Bool](repeating: false, count: 256)
    var firstTwo = [Bool](repeating: false, count: 1 << 16)
    for pattern in patterns {
      guard let first = pattern.bytes.first else { continue }
      trie.insert(pattern.bytes, value: Int32(pattern.token))
      firsts[Int(first)] = true
      let seconds = pattern.bytes.count > 1 ? pattern.bytes[1]...pattern.bytes[1] : 0...255
      for second in seconds { firstTwo[Int(first) << 8 | Int(second)] = true }
    }
    self.trie = trie
    self.firsts = firsts
    self.firstTwo = firstTwo
  }

  /// The matches in a text, in the order they begin in.
  ///
  /// - Parameter skipsSpecial: leaves special tokens in the text as plain text.
  func matches(in bytes: borrowing Span<UInt8>, skipsSpecial: Bool) -> [AddedTokenMatch] {
    var matches: [AddedTokenMatch] = []
    var place = 0
    var previousEnd = 0
    var foundEnd: Int32 = -1
    while place < bytes.count {
      if empty == nil { place = nextCandidate(from: place, in: bytes) }
      guard
        let found = Self.longest(of: trie, at: place, in: bytes)
          ?? empty.map({ AddedTokenMatch(range: ByteRange(place, place), token: $0) })
      else {
        place += 1
        continue
      }
      place = Int(found.range.end)
      if found.range.start == found.range.end {
        place += UTF8Scalars.length(leadByte: bytes[place])
        // Empty ones stand before every character but one that follows a token.
        if found.range.start == foundEnd { continue }
      }
      foundEnd = found.range.end
      if skipsSpecial, tokens[found.token].isSpecial { continue }
      guard let match = accept(found, after: previousEnd, in: bytes) else { continue }
      matches.append(match)
      previousEnd = Int(match.range.end)
    }
    return matches
  }

  /// Whether the bytes of a token stand in a text.
  func mayMatch(in text: UnsafeBufferPointer<UInt8>) -> Bool {
    if empty != nil { return !text.isEmpty }
    let bytes = text.span
    var place = 0
    while place < bytes.count {
      place = nextCandidate(from: place, in: bytes)
      if Self.longest(of: trie, at: place, in: bytes) != nil { return true }
      place += 1
    }
    return false
  }

  /// Whether a token may stand in a text once that is normalized by what leaves visible ASCII as it is; nil where
  /// that cannot be told.
  func mayMatch(unnormalized text: UnsafeBufferPointer<UInt8>) -> Bool? {
    guard let visibleParts else { return nil }
    let bytes = text.span
    var place = 0
    while place < bytes.count {
      place = signs.nextSign(from: place, in: bytes)
      if Self.longest(of: visibleParts, at: place, in: bytes) != nil { return true }
      place += 1
    }
    return false
  }

  /// The next place where the first two bytes of a token stand, or the last place of all.
  private func nextCandidate(from start: Int, in bytes: borrowing Span<UInt8>) -> Int {
    if !signs.isEmpty { return signs.next(from: start, in: bytes) }
    var place = start
    while place + 1 < bytes.count {
      let byte = Int(bytes[place])
      if firsts[byte], firstTwo[byte << 8 | Int(bytes[place + 1])] { break }
      place += 1
    }
    return place
  }

  /// The longest entry of a trie that stands at a place, or nil.
  private static func longest(
    of trie: ByteTrie, at start: Int, in bytes: borrowing Span<UInt8>
  ) -> AddedTokenMatch? {
    var node = ByteTrie.root
    var place = start
    var best: AddedTokenMatch?
    while place < bytes.count {
      node = trie.child(of: node, bytes[place])
      if node == ByteTrie.none { break }
      place += 1
      let token = trie.value(of: node)
      if token >= 0 {
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
      start = max(start, previousEnd)
      while start > previousEnd, table.classes(before: start, in: bytes).contains(.whitespace) {
        start = UTF8Scalars.startOfScalar(before: start, in: bytes)
      }
    }
    if token.stripsRight {
      end = ClassRuns(table).end(of: .whitespace, in: bytes, from: end, bytes.count)
    }
    guard start <= end else { return nil }
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

/// One or two bytes that stand at the same distance from the beginning of every token.
///
/// Tokens that begin alike are told by the last byte they have in common: where spaces are written `▁`, the
/// first bytes of `▁<s>` stand before every word.
private struct TokenSigns: Sendable {
  private var signs: [anneal_sign] = []
  private var distance = 0

  /// Finds the signs of some patterns; none where there are too many.
  init(_ patterns: [[UInt8]]) {
    guard let first = patterns.first, let shortest = patterns.map(\.count).min() else { return }
    let common = patterns.reduce(first.count) { count, pattern in
      zip(first.prefix(count), pattern).prefix { $0 == $1 }.count
    }
    distance = min(max(common - 1, 0), shortest - 1)
    let rests = Set(patterns.map { [UInt8]($0[distance...].prefix(2)) })
    if rests.count <= Int(ANNEAL_SIGNS), rests.allSatisfy({ $0.count == 2 }) {
      signs = rests.map { Self.sign($0[0], $0[1]) }
    } else {
      let firsts = Set(rests.compactMap(\.first))
      if firsts.count <= 2 { signs = firsts.map { Self.sign($0, nil) } }
    }
  }

  private static func sign(_ first: UInt8, _ second: UInt8?) -> anneal_sign {
    anneal_sign(
      first: Int8(bitPattern: first), second: Int8(bitPattern: second ?? 0),
      has_second: second != nil)
  }

  var isEmpty: Bool { signs.isEmpty }

  /// From the signs on, what of each pattern is visible ASCII; nil where there are no signs or others.
  func visibleParts(of patterns: [[UInt8]]) -> ByteTrie? {
    let areVisible = signs.allSatisfy {
      0x21...0x7E ~= $0.first && (!$0.has_second || 0x21...0x7E ~= $0.second)
    }
    guard !signs.isEmpty, areVisible else { return nil }
    var parts = ByteTrie()
    for pattern in patterns {
      parts.insert(pattern[distance...].prefix { 0x21...0x7E ~= $0 }, value: 0)
    }
    return parts
  }

  /// The next place where a token may begin, or one of the last places of the text, where none does.
  func next(from start: Int, in bytes: borrowing Span<UInt8>) -> Int {
    guard start + distance < bytes.count else { return bytes.count - 1 }
    return nextSign(from: start + distance, in: bytes) - distance
  }

  /// The next place of a sign, or the last place of the text.
  func nextSign(from start: Int, in bytes: borrowing Span<UInt8>) -> Int {
    bytes.withUnsafeBufferPointer { text in
      Int(
        anneal_find_sign(
          signs, Int64(signs.count), text.baseAddress, Int64(start), Int64(text.count)))
    }
  }
}
