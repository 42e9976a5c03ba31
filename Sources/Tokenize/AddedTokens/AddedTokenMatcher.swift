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
  private var begins = [Bool](repeating: false, count: 256)

  /// Takes tokens with the bytes to look for, which are the content or its normalized form.
  init(_ patterns: [(token: Int, bytes: [UInt8])], of tokens: [AddedToken]) {
    self.tokens = tokens
    for pattern in patterns {
      guard let first = pattern.bytes.first else { continue }
      trie.insert(pattern.bytes, value: Int32(pattern.token))
      begins[Int(first)] = true
    }
  }

  /// The matches in a text, in order and without overlaps.
  ///
  /// - Parameter skipsSpecial: leaves special tokens in the text as plain text.
  func matches(in bytes: borrowing Span<UInt8>, skipsSpecial: Bool) -> [AddedTokenMatch] {
    var matches: [AddedTokenMatch] = []
    var place = 0
    var previousEnd = 0
    while place < bytes.count {
      guard begins[Int(bytes[place])], let found = longest(at: place, in: bytes, skipsSpecial)
      else {
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
