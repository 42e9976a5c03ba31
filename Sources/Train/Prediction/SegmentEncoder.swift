public import Stages
public import Tokenize

/// Writes texts, and pairs of texts as two segments, as a classifier reads them.
///
/// Where the tokenizer puts nothing between two texts, as those of most decoders, a line break stands
/// there. What is too long is cut at its end, of a pair always the longer text.
public struct SegmentEncoder: Sendable {
  private let tokenizer: Tokenizer
  private let options: EncodingOptions
  private let separates: Bool

  /// An encoder for texts of at most so many tokens.
  public init(_ tokenizer: Tokenizer, maximumLength: Int) {
    self.tokenizer = tokenizer
    var options = EncodingOptions()
    options.truncation = Truncation(maximumLength: maximumLength)
    self.options = options
    separates = Self.separates(tokenizer)
  }

  /// The tokens of a text or a pair, with their segments.
  public func encode(_ text: ClassifiedText) -> Encoding {
    guard let pair = text.pair, separates else {
      return tokenizer.encode(text.joined, options: options)
    }
    return tokenizer.encode(text.text, pair: pair, options: options)
  }

  /// Whether a special token stands between two texts.
  ///
  /// Segments alone say nothing: a tokenizer without a template counts them too, and decoders do not
  /// read them.
  private static func separates(_ tokenizer: Tokenizer) -> Bool {
    let single = tokenizer.encode("a")
    let both = tokenizer.encode("a", pair: "a")
    return both.specialMask.reduce(0, +) > single.specialMask.reduce(0, +)
  }
}
