/// The shortest way from a text to its tokens, for models that cut the text as it is by one pattern.
///
/// Neither the text nor its words are copied: words are cut in blocks, each of which is looked up while it is
/// still close to the processor. What all threads share is handed down, as counting who holds it would make them wait
/// for one another at every text.
struct DirectRun {
  let pipeline: TokenizerPipeline
  let pattern: SplitPattern
  let options: RunOptions
  private var word: Int32 = 0
  private var cursor = OriginCursor(UnsafeBufferPointer(start: nil, count: 0))

  /// A run over texts, which `add` gets.
  init(_ pipeline: TokenizerPipeline, _ pattern: SplitPattern, _ options: RunOptions) {
    self.pipeline = pipeline
    self.pattern = pattern
    self.options = options
  }

  /// Adds the tokens of a whole text.
  mutating func add(
    _ text: UnsafeBufferPointer<UInt8>, _ added: AddedVocabulary, _ learner: WordLearner,
    _ workspace: inout Workspace
  ) {
    if options.tracks {
      cursor = OriginCursor(text)
      word = 0
    }
    if !added.mayStand(in: text) {
      if !text.isEmpty { addWords(text, ByteRange(0, text.count), learner, &workspace) }
      return
    }
    added.split(text, skipsSpecial: options.plainSpecials) { part, id in
      if let id {
        add(id, text, part, &workspace)
      } else {
        addWords(text, part, learner, &workspace)
      }
    }
  }

  /// Adds one added token.
  private mutating func add(
    _ id: Int32, _ text: UnsafeBufferPointer<UInt8>, _ range: ByteRange,
    _ workspace: inout Workspace
  ) {
    workspace.add(id)
    guard options.tracks else { return }
    workspace.addOrigin(
      cursor.origin(of: range, in: text), of: Array(text[range.indices])[...], word: word,
      pipeline.postProcessing.trim, cuts: options.cuts)
    word += 1
  }

  /// Cuts part of a text into words and adds their tokens.
  private mutating func addWords(
    _ text: UnsafeBufferPointer<UInt8>, _ part: ByteRange, _ learner: WordLearner,
    _ workspace: inout Workspace
  ) {
    let room = UnsafeMutableBufferPointer(start: workspace.cut.base, count: SplitPattern.room)
    pattern.cut(text, part, in: room) { words in
      guard options.tracks else {
        return workspace.add(words, of: text, learner, tracks: false)
      }
      workspace.beginPiece(learner)
      workspace.add(words, of: text, learner, tracks: true)
      workspace.settle(learner, tracks: true)
      workspace.addOrigins(
        words, of: text, firstWord: word, pipeline.edgeSpaces, cuts: options.cuts
      ) { cursor.origin(of: $0, in: text) }
      word += Int32(truncatingIfNeeded: words.count)
    }
  }
}
