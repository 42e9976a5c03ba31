/// `WordPiece`: the longest token first, then the longest continuation, and so on (BERT).
///
/// Each step walks a trie, so a word costs at most its length times that of the longest token.
final class WordPiece: FileModel {
  static let typeName = "WordPiece"
  let vocabulary: Vocabulary
  let unknownId: Int32?
  private let trie: PackedTrie
  /// The node that continuations begin at, or `PackedTrie.none` where there are none.
  private let continuation: Int32
  private let longestWord: Int

  init(from reader: ComponentReader, input: ModelInput) throws(TokenizerError) {
    vocabulary = try Vocabulary(from: reader.required("vocab"))
    let unknown = try reader.string("unk_token", default: "[UNK]")
    guard let unknownId = vocabulary.id(of: Array(unknown.utf8)) else {
      throw reader.malformed(
        "the unknown token '\(unknown)' is not in the vocabulary",
        remedy: "add it to the vocabulary or name another", key: "unk_token")
    }
    self.unknownId = unknownId
    longestWord = try reader.integer("max_input_chars_per_word", default: 100)
    var trie = ByteTrie(capacity: vocabulary.count * 4)
    for id in vocabulary.sortedIds {
      if let token = vocabulary.token(of: id) { trie.insert(token, value: id) }
    }
    let prefix = try reader.string("continuing_subword_prefix", default: "##")
    self.trie = PackedTrie(trie)
    continuation = self.trie.node(of: Array(prefix.utf8))
  }

  func learn(in memory: inout WordMemory, raw: (any RawWords)?) {
    if raw?.visiblePrefix == [], longestWord >= WordMemory.longestWord {
      trie.withKernel { memory.learn(by: $0, continuation: continuation) }
    }
    learnOneByOne(in: &memory, raw: raw)
  }

  func tokenize(
    _ word: ByteRange, of text: borrowing Span<UInt8>, to tokens: inout [PieceToken]
  ) {
    let before = tokens.count
    var place = Int(word.start)
    var node = PackedTrie.root
    let isShort = hasAtMost(longestWord, word, text)
    while isShort, place < Int(word.end), node != PackedTrie.none {
      guard let match = longestMatch(from: node, place, Int(word.end), text) else { break }
      tokens.append(PieceToken(id: match.id, end: Int32(match.end) - word.start))
      place = match.end
      node = continuation
    }
    if !isShort || place < Int(word.end), let unknownId {
      tokens.removeLast(tokens.count - before)
      tokens.append(PieceToken(id: unknownId, end: word.end - word.start))
    }
  }

  @inline(__always)
  private func longestMatch(
    from node: Int32, _ start: Int, _ end: Int, _ text: borrowing Span<UInt8>
  ) -> (id: Int32, end: Int)? {
    var node = node
    var place = start
    var best: (id: Int32, end: Int)?
    while place < end {
      node = trie.child(of: node, text[place])
      if node == PackedTrie.none { break }
      place += 1
      let id = trie.value(of: node)
      if id >= 0 { best = (id, place) }
    }
    return best
  }

  /// Whether a word has at most `limit` scalars.
  private func hasAtMost(
    _ limit: Int, _ word: ByteRange, _ text: borrowing Span<UInt8>
  ) -> Bool {
    if word.indices.count <= limit { return true }
    var count = 0
    for index in word.indices where !UTF8Scalars.isContinuation(text[index]) { count += 1 }
    return count <= limit
  }
}
