import CKernels

/// The keys of words that are to be looked up.
struct WordKeys: ~Copyable {
  /// The keys as the kernels see them.
  let base = UnsafeMutablePointer<anneal_word_keys>.allocate(capacity: 1)
  /// The most words that are added at once; twice as many find room.
  static let block = Int(ANNEAL_WORD_BLOCK)

  init() {
    base.pointee.count = 0
    base.pointee.looked = 0
  }

  deinit { base.deallocate() }

  /// The number of words.
  var count: Int { Int(base.pointee.count) }

  /// How many of them may have to be looked up.
  var looked: Int { Int(base.pointee.looked) }

  /// Whether a block finds room.
  var hasRoom: Bool { count <= Self.block }

  /// Adds a place that is not looked up, for which there must be room.
  func skip() {
    precondition(hasRoom, "a place behind \(count)")
    anneal_skip_key(base)
  }

  /// Adds the keys of words, at most a block, for which there must be room.
  ///
  /// - Parameters:
  ///   - mark: Whether the words are to differ from equal ones without it.
  ///   - folds: Whether words that differ in the case of ASCII letters have one key.
  ///   - longOnes: Where the places of words that are too long are written; they get no key.
  /// - Returns: How many words are long.
  func add(
    _ words: UnsafeBufferPointer<ByteRange>, mark: Bool = false, folds: Bool = false,
    of text: UnsafeBufferPointer<UInt8>, longOnes: UnsafeMutablePointer<Int32>
  ) -> Int {
    precondition(hasRoom && words.count <= Self.block, "\(words.count) words behind \(count)")
    // A range is two numbers of four bytes here and there.
    return words.withMemoryRebound(to: anneal_range.self) { ranges in
      Int(
        anneal_add_keys(
          base, text.baseAddress, Int64(text.count), ranges.baseAddress, Int64(ranges.count),
          mark ? UInt8(ANNEAL_WORD_MARK) : 0, folds, longOnes))
    }
  }
}
