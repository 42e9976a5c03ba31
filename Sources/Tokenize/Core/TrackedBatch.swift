import CKernels

/// The encodings of many texts, for models that cut texts as they are by one pattern.
///
/// Texts wait for one another, so that words which are not known are learned many at a time.
struct TrackedBatch: ~Copyable {
  private let tokenizer: Tokenizer
  private let options: EncodingOptions
  private let pattern: SplitPattern
  /// What encodings are made of.
  private let pieces: [PostProcessing.Piece]
  /// Whether texts are cut at added tokens.
  private let cutsAtTokens: Bool
  /// The texts that wait, and how many words there are up to the end of each.
  private var texts: [String] = []
  private var wordStops: [Int] = []
  /// The words of all of them.
  private var words = RawBuffer<ByteRange>()
  private var scalars = ScalarPlaces()
  private var masks = Masks()

  /// A batch, or nil where the tokenizer or the options ask for more than that.
  init?(_ tokenizer: Tokenizer, _ options: EncodingOptions) {
    guard let pattern = tokenizer.pipeline.direct, options.truncation == nil,
      options.dropout == nil, tokenizer.pipeline.edgeSpaces?.areShort != false
    else { return nil }
    self.tokenizer = tokenizer
    self.options = options
    self.pattern = pattern
    cutsAtTokens =
      tokenizer.pipeline.added.takesNoSpaces && tokenizer.pipeline.edgeSpaces?.knowsAdded != false
    pieces = tokenizer.pipeline.postProcessing.single.filter {
      $0.isText || options.addSpecialTokens
    }
  }

  /// Adds a text; the encodings of those that do not wait any more are added to `results`.
  mutating func add(
    _ text: String, _ workspace: inout Workspace, to results: inout SliceFiller<Encoding>
  ) {
    if texts.isEmpty { workspace.begin() }
    var text = text
    if text.withUTF8({ cut($0, &workspace) }) {
      texts.append(text)
      wordStops.append(words.count)
      if !workspace.endText() { return }
      return finish(&workspace, to: &results)
    }
    finish(&workspace, to: &results)
    results.append(tokenizer.encoding(text, nil, options, &workspace))
  }

  /// Cuts a text into words; false, and nothing done, where that takes more.
  private mutating func cut(
    _ text: UnsafeBufferPointer<UInt8>, _ workspace: inout Workspace
  ) -> Bool {
    let added = tokenizer.pipeline.added
    guard text.count <= Int32.max else { return false }
    let learner = tokenizer.pipeline.learner
    guard added.mayStand(in: text) else {
      addWords(of: text, ByteRange(0, text.count), learner, &workspace)
      return true
    }
    guard cutsAtTokens else { return false }
    added.split(text, skipsSpecial: options.treatsSpecialTokensAsText) { part, id in
      guard let id else { return addWords(of: text, part, learner, &workspace) }
      workspace.add(id, length: part.indices.count)
      words.append(part)
    }
    return true
  }

  private mutating func addWords(
    of text: UnsafeBufferPointer<UInt8>, _ part: ByteRange, _ learner: WordLearner,
    _ workspace: inout Workspace
  ) {
    let room = UnsafeMutableBufferPointer(start: workspace.cut.base, count: SplitPattern.room)
    pattern.cut(text, part, in: room) { found in
      workspace.add(found, of: text, learner, tracks: true)
      words.append(found)
    }
  }

  /// Adds the encodings of all texts that wait.
  mutating func finish(
    _ workspace: inout Workspace, to results: inout SliceFiller<Encoding>
  ) {
    guard !texts.isEmpty else { return }
    workspace.settle(tokenizer.pipeline.learner, tracks: true)
    var word = 0
    var token = 0
    for (number, text) in texts.enumerated() {
      let end = Int(workspace.textEnds.base[number])
      let words = UnsafeBufferPointer(rebasing: words.elements[word..<wordStops[number]])
      locate(words, behind: word, token..<end, of: text, &workspace)
      results.append(encoding(of: token..<end, workspace))
      (word, token) = (wordStops[number], end)
    }
    texts.removeAll(keepingCapacity: true)
    wordStops.removeAll(keepingCapacity: true)
    words.truncate(to: 0)
    workspace.begin()
  }

  /// Finds the origins and words of some tokens, and leaves them in the workspace.
  private mutating func locate(
    _ words: UnsafeBufferPointer<ByteRange>, behind first: Int, _ tokens: Range<Int>,
    of text: String, _ workspace: inout Workspace
  ) {
    var text = text
    text.withUTF8 { scalars.find(in: $0) }
    workspace.origins.truncate(to: 0)
    workspace.words.truncate(to: 0)
    workspace.origins.reserve(tokens.count)
    workspace.words.reserve(tokens.count)
    var found = anneal_word_tokens(
      ids: workspace.ids.base, ends: workspace.ends.base, first: Int32(tokens.lowerBound),
      word_ends: workspace.wordEnds.base + first)
    scalars.withPlaces { scalars in
      tokenizer.pipeline.edgeSpaces.withKernel { edges in
        // Ranges and origins are two numbers of four bytes here and there.
        words.withMemoryRebound(to: anneal_range.self) { words in
          workspace.origins.next.withMemoryRebound(to: anneal_range.self, capacity: tokens.count) {
            anneal_write_origins(
              &found, words.baseAddress, Int64(words.count), scalars, edges, $0,
              workspace.words.next)
          }
        }
      }
    }
    workspace.origins.advance(tokens.count)
    workspace.words.advance(tokens.count)
  }

  /// The encoding of some tokens whose origins and words are in the workspace.
  private mutating func encoding(
    of tokens: Range<Int>, _ workspace: borrowing Workspace
  ) -> Encoding {
    let ids = UnsafeBufferPointer(rebasing: workspace.ids.elements[tokens])
    var encoding = Encoding()
    guard pieces.count == 1, case .text(_, let typeId)? = pieces.first else {
      for piece in pieces {
        switch piece {
        case .text(_, let typeId):
          encoding.append(ids, workspace.origins.elements, workspace.words.elements, typeId: typeId)
        case .special(let ids, let typeId): encoding.append(special: ids, typeId: typeId)
        }
      }
      return encoding
    }
    encoding.ids = Array(ids)
    encoding.wordIds = workspace.words.array()
    encoding.offsets = workspace.origins.elements.withMemoryRebound(to: Range<Int32>.self) {
      Array($0)
    }
    encoding.typeIds = masks.array(of: typeId, count: ids.count)
    encoding.specialMask = masks.array(of: 0, count: ids.count)
    encoding.attentionMask = masks.array(of: 1, count: ids.count)
    return encoding
  }
}

/// Arrays of one number each, which the encodings of texts with as many tokens share.
private struct Masks {
  private var zeros: [[Int32]?] = []
  private var ones: [[Int32]?] = []
  private static let longest = 1 << 12

  /// An array of some equal numbers.
  mutating func array(of number: Int32, count: Int) -> [Int32] {
    guard count <= Self.longest, number == 0 || number == 1 else {
      return [Int32](repeating: number, count: count)
    }
    return number == 0
      ? Self.array(of: 0, count, in: &zeros) : Self.array(of: 1, count, in: &ones)
  }

  private static func array(of number: Int32, _ count: Int, in known: inout [[Int32]?]) -> [Int32] {
    if known.count <= count {
      known += repeatElement(nil, count: count + 1 - known.count)
    }
    if let array = known[count] { return array }
    let array = [Int32](repeating: number, count: count)
    known[count] = array
    return array
  }
}

/// Where the scalars of a text begin.
private struct ScalarPlaces: ~Copyable {
  private var begins = RawBuffer<UInt64>()
  private var before = RawBuffer<Int32>()
  private var isASCII = true

  /// Finds the scalars of a text.
  mutating func find(in text: UnsafeBufferPointer<UInt8>) {
    begins.reserve(text.count / 64 + 1)
    before.reserve(text.count / 64 + 1)
    var places = anneal_scalars(begins: begins.base, before: before.base)
    let count = anneal_find_scalars(text.baseAddress, Int64(text.count), &places)
    isASCII = Int(count) == text.count
  }

  /// Hands the places to `body`, or nil where every byte is a scalar.
  func withPlaces(_ body: (UnsafePointer<anneal_scalars>?) -> Void) {
    if isASCII { return body(nil) }
    var places = anneal_scalars(begins: begins.base, before: before.base)
    body(&places)
  }
}
