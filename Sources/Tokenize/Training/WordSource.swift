import Records

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// How texts fall into the words that a vocabulary is learned from: as they will when it is used.
struct WordSource: Sendable {
  private let normalizer: (any Normalizer)?
  private let preTokenizer: (any PreTokenizer)?
  /// Whether words are those of GPT-2's pattern in the text as it stands, found without a copy of it.
  private let isPlain: Bool

  /// Reads the components as tokenizer.json has them; `input` says what the model will read.
  init(
    normalizer: JSONValue?, preTokenizer: JSONValue?, input: ModelInput
  ) throws(TokenizerError) {
    func reader(_ value: JSONValue, _ place: String) -> ComponentReader {
      ComponentReader(value: value, file: "", place: place)
    }
    self.normalizer = try normalizer.map { value throws(TokenizerError) in
      try NormalizerRegistry.read(reader(value, "normalizer"))
    }
    let read = try preTokenizer.map { value throws(TokenizerError) in
      try PreTokenizerRegistry.read(reader(value, "pre_tokenizer"))
    }
    self.preTokenizer = input == .bytes ? read?.withoutByteMapping ?? read : read
    isPlain = normalizer == nil && input == .bytes
  }

  /// Counts the words of a text.
  func count(_ text: String, _ words: inout WordBuffer, into counts: inout PartedCounts) {
    let bytes = Array(text.utf8)
    count(bytes.span, ByteRange(0, bytes.count), &words, into: &counts)
    words.flush(bytes.span, into: &counts)
  }

  /// Counts the words of lines, each a text of its own with its end, as Hugging Face's trainers read files.
  func count(
    linesOf block: [UInt8], _ range: Range<Int>, _ words: inout WordBuffer,
    into counts: inout PartedCounts
  ) {
    guard !range.isEmpty else { return }
    if (try? UTF8Span(validating: block.span.extracting(range))) == nil {
      let mended = Array(String(decoding: block[range], as: UTF8.self).utf8)
      return countLines(mended, 0..<mended.count, &words, into: &counts)
    }
    countLines(block, range, &words, into: &counts)
  }

  private func countLines(
    _ block: [UInt8], _ range: Range<Int>, _ words: inout WordBuffer,
    into counts: inout PartedCounts
  ) {
    let bytes = block.span
    var start = range.lowerBound
    while start < range.upperBound {
      let end = Self.lineEnd(in: block, start..<range.upperBound)
      count(bytes, ByteRange(start, end), &words, into: &counts)
      start = end
    }
    words.flush(bytes, into: &counts)
  }

  /// Behind the first end of a line, or the end of the range.
  private static func lineEnd(in block: [UInt8], _ range: Range<Int>) -> Int {
    block.withUnsafeBytes { bytes in
      let rest = UnsafeRawBufferPointer(rebasing: bytes[range])
      guard let base = rest.baseAddress, let found = memchr(base, 0x0A, rest.count) else {
        return range.upperBound
      }
      return range.lowerBound + (UnsafeRawPointer(found) - base) + 1
    }
  }

  @inline(__always)
  private func count(
    _ bytes: borrowing Span<UInt8>, _ text: ByteRange, _ words: inout WordBuffer,
    into counts: inout PartedCounts
  ) {
    guard isPlain else { return countAny(bytes, text, into: &counts) }
    SplitPattern.gpt2.appendMatches(in: bytes, text, to: &words.ranges)
    if words.ranges.count >= WordBuffer.many { words.flush(bytes, into: &counts) }
  }

  private func countAny(
    _ bytes: borrowing Span<UInt8>, _ range: ByteRange, into counts: inout PartedCounts
  ) {
    var text = AlignedText(bytes: range.indices.map { bytes[$0] }, tracks: false)
    normalizer?.normalize(&text)
    var words = PreTokenizedText(text)
    preTokenizer?.split(&words)
    counts.add(words.text.bytes.span, words.words)
  }
}

/// Words of a buffer that are found and not yet counted.
struct WordBuffer {
  fileprivate var ranges: [ByteRange] = []

  /// So many are counted at once.
  fileprivate static let many = 128

  /// Counts the words.
  @inline(__always)
  fileprivate mutating func flush(
    _ bytes: borrowing Span<UInt8>, into counts: inout PartedCounts
  ) {
    counts.add(bytes, ranges)
    ranges.removeAll(keepingCapacity: true)
  }
}
