import CKernels

/// A way to cut texts as they are into raw words, each of which has, taken by itself, the tokens that it has in
/// the text.
///
/// Then a text need not be normalized to find that all of its words were met before. This is for ids alone:
/// where tokens come from in the text is not known. They are objects for the reason that models are.
protocol RawWords: AnyObject, Sendable {
  /// Whether words that differ in the case of ASCII letters have the same tokens.
  var foldsCase: Bool { get }

  /// What comes before a raw word of visible ASCII, which else stays as it is; nil where that is not all.
  var visiblePrefix: [UInt8]? { get }

  /// Whether every raw word comes to one word of the model, with no more symbols than the raw one has bytes.
  var areWhole: Bool { get }

  /// Hands the raw words of a text to `visit`, many at a time, with the buffer they are in.
  ///
  /// - Parameter room: Where they are written, with room for `SplitPattern.room`.
  func cut(
    _ text: UnsafeBufferPointer<UInt8>, in room: UnsafeMutableBufferPointer<ByteRange>,
    _ visit: (UnsafeBufferPointer<ByteRange>, UnsafeBufferPointer<UInt8>) -> Void)

  /// What the spaces of a raw word of ASCII become, which else stays as it is; nil where that is not all.
  var spaceSign: [UInt8]? { get }

  /// The one word of the model that a raw word comes to; nil where it is not that simple.
  func modelWord(of word: UnsafeBufferPointer<UInt8>) -> [UInt8]?

  /// The words of the model that any raw word comes to.
  func modelWords(of word: UnsafeBufferPointer<UInt8>) -> PreTokenizedText
}

extension RawWords {
  var visiblePrefix: [UInt8]? { nil }

  var spaceSign: [UInt8]? { nil }

  var areWhole: Bool { false }

  /// Adds the tokens of a raw word; where they end means nothing.
  func tokenize(
    _ word: UnsafeBufferPointer<UInt8>, _ model: any TokenModel, to tokens: inout [PieceToken]
  ) {
    let first = tokens.count
    if let whole = modelWord(of: word) {
      model.tokenize(ByteRange(0, whole.count), of: whole.span, to: &tokens)
    } else {
      let text = modelWords(of: word)
      for part in text.words { model.tokenize(part, of: text.text.bytes.span, to: &tokens) }
    }
    for place in first..<tokens.count { tokens[place].end = 0 }
  }

  /// The normalized and cut form of a raw word.
  func pretokenized(
    _ word: UnsafeBufferPointer<UInt8>, _ normalizer: some Normalizer,
    _ preTokenizer: some PreTokenizer
  ) -> PreTokenizedText {
    var text = AlignedText(bytes: Array(word), tracks: false)
    normalizer.normalize(&text)
    var words = PreTokenizedText(text)
    preTokenizer.split(&words)
    return words
  }
}

/// The words of a text while they are found: full rooms are handed on.
struct RawWordList {
  private let room: UnsafeMutableBufferPointer<ByteRange>
  private var count = 0

  init(_ room: UnsafeMutableBufferPointer<ByteRange>) {
    precondition(room.count >= SplitPattern.room, "room for \(room.count) words")
    self.room = room
  }

  /// Hands all words on where there is no room for so many more.
  @inline(__always)
  mutating func makeRoom(
    for more: Int, _ visit: (UnsafeBufferPointer<ByteRange>) -> Void
  ) {
    if left < more { finish(visit) }
  }

  /// Room for how many words is left.
  var left: Int { room.count - count }

  /// Hands all words on.
  mutating func finish(_ visit: (UnsafeBufferPointer<ByteRange>) -> Void) {
    visit(UnsafeBufferPointer(rebasing: room[..<count]))
    count = 0
  }

  /// Adds a word, for which there is room.
  @inline(__always)
  mutating func add(_ start: Int, _ end: Int) {
    room[count] = ByteRange(start, end)
    count += 1
  }

  /// Adds the words that a kernel finds from a place on, and moves the place to where it stopped.
  ///
  /// - Parameter cut: Is given where to write, room for how many, and the place.
  @inline(__always)
  mutating func add(
    from place: inout Int, _ cut: (UnsafeMutablePointer<anneal_range>, Int64, inout Int64) -> Int64
  ) {
    guard let base = room.baseAddress else { return }
    var next = Int64(place)
    let left = left
    // A range is two numbers of four bytes here and there.
    count += (base + count).withMemoryRebound(to: anneal_range.self, capacity: left) { words in
      Int(cut(words, Int64(left), &next))
    }
    place = Int(next)
  }
}
