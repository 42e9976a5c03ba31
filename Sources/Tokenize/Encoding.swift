/// The tokens of one text or of a pair of texts; all arrays have one element a token.
public struct Encoding: Sendable, Equatable {
  /// The ids.
  public internal(set) var ids: [Int32] = []
  /// The characters of the original text each token covers.
  ///
  /// Counted in Unicode scalars from 0, as Python counts characters, in each text of a pair by itself;
  /// `0..<0` for what was added.
  public internal(set) var offsets: [Range<Int32>] = []
  /// The segment each token belongs to, as the template has it; usually 0 and 1.
  public internal(set) var typeIds: [Int32] = []
  /// 1 for what the template or padding added, 0 for what stands for text.
  public internal(set) var specialMask: [Int32] = []
  /// 1 for tokens, 0 for padding.
  public internal(set) var attentionMask: [Int32] = []
  /// The word each token belongs to, in the order the pre-tokenizer cut them; -1 for what was added.
  public internal(set) var wordIds: [Int32] = []
  /// Whether tokens were cut off to fit a length.
  public internal(set) var isTruncated = false
  /// What was cut off, in windows as wide as what was kept, where a stride asks for them.
  public internal(set) var overflowing: [Encoding] = []

  /// The number of tokens.
  public var count: Int { ids.count }
}
