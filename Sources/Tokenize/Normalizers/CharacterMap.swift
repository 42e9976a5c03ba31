/// sentencepiece's `precompiled_charsmap`: what character sequences are replaced by.
struct CharacterMap: Sendable {
  private let trie: DoubleArray
  /// The replacements, each ended by a zero byte.
  private let replacements: [UInt8]
  /// Whether all replacements together are UTF-8.
  private let isUTF8: Bool

  /// Reads the size of the trie, the trie and the replacements; nil where sizes contradict the bytes.
  init?(_ bytes: [UInt8]) {
    guard bytes.count > 4 else { return nil }
    let size = (0..<4).reduce(0) { $0 | Int(bytes[$1]) << ($1 * 8) }
    guard size % 4 == 0, size <= bytes.count - 4 else { return nil }
    trie = DoubleArray(bytes[4..<4 + size])
    replacements = Array(bytes[(4 + size)...])
    isUTF8 = String(validating: replacements, as: UTF8.self) != nil
  }

  /// Whether any sequence begins with a byte.
  func hasKeys(beginningWith byte: UInt8) -> Bool { trie.hasKeys(beginningWith: byte) }

  /// What replaces the shortest or longest known sequence at the beginning of a range, and its length.
  ///
  /// Text that is UTF-8 stays so, also where the map of a broken file ends inside a character or writes half of one.
  func match(
    _ range: ByteRange, of text: borrowing Span<UInt8>, takesLongest: Bool
  ) -> (replacement: ArraySlice<UInt8>, length: Int)? {
    guard let match = trie.match(range, of: text, takesLongest: takesLongest),
      match.value < replacements.count
    else { return nil }
    let end = Int(range.start) + match.length
    if end < text.count, UTF8Scalars.isContinuation(text[end]) { return nil }
    let replacement = replacements[match.value...].prefix { $0 != 0 }
    guard isUTF8, !UTF8Scalars.isContinuation(replacement.first ?? 0) else {
      return (Array(String(decoding: replacement, as: UTF8.self).utf8)[...], match.length)
    }
    return (replacement, match.length)
  }
}
