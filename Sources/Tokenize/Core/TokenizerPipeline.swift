import Synchronization

/// The components of a tokenizer, put together.
final class TokenizerPipeline: Sendable {
  let normalizer: (any Normalizer)?
  let preTokenizer: (any PreTokenizer)?
  let model: any TokenModel
  let postProcessing: PostProcessing
  let decoder: (any TokenDecoder)?
  let added: AddedVocabulary
  /// Whether `>>deu<<` at the beginning of a piece is one token, known or not.
  let readsLanguageCodes: Bool
  /// How the white space of tokens is trimmed from their origins, if it is.
  let edgeSpaces: TokenEdges?
  /// The pattern that texts are cut by as they are, if that is all that is done to them.
  let direct: SplitPattern?
  /// What finds the tokens of words; texts are cut into raw words where it has a way to.
  let learner: WordLearner
  /// Workspaces at rest; a thread takes one and gives it back with what it has learned.
  private let workspaces = Mutex<[WorkspaceBox]>([])

  init(
    normalizer: (any Normalizer)?, preTokenizer: (any PreTokenizer)?, model: any TokenModel,
    postProcessing: PostProcessing, decoder: (any TokenDecoder)?, added: [AddedToken],
    readsLanguageCodes: Bool = false, keepsAddedIds: Bool = false
  ) {
    self.normalizer = normalizer
    self.preTokenizer = preTokenizer
    self.model = model
    self.postProcessing = postProcessing
    self.decoder = decoder
    self.readsLanguageCodes = readsLanguageCodes
    direct =
      switch preTokenizer?.directCut {
      case .at(let pattern) where normalizer == nil && !readsLanguageCodes: pattern
      default: nil
      }
    let added = AddedVocabulary(
      added, vocabulary: model.vocabulary, normalizer: normalizer, keepsIds: keepsAddedIds)
    self.added = added
    edgeSpaces = postProcessing.trim.map { TokenEdges(trim: $0, model, added) }
    let raw: (any RawWords)? =
      SpacedWords(normalizer, preTokenizer, model) ?? BertWords(normalizer, preTokenizer)
      ?? VisibleWords(normalizer, preTokenizer)
    // Tokens that are looked for in the normalized text must show in the raw one; and a word's mark says only one
    // thing, that it is raw or that it is part of a word.
    let isSafe =
      (self.added.normalized == nil || raw is SpacedWords) && model.seams?.areParts != true
    learner = WordLearner(model: model, raw: isSafe && !readsLanguageCodes ? raw : nil)
  }

  /// Lends a workspace to a piece of work.
  func withWorkspace<Result>(_ body: (inout Workspace) -> Result) -> Result {
    let box = workspaces.withLock { $0.popLast() } ?? newWorkspace()
    defer { workspaces.withLock { $0.append(box) } }
    return body(&box.workspace)
  }

  private func newWorkspace() -> WorkspaceBox { WorkspaceBox(learner) }

  /// The tokens of one text, left in the workspace.
  func fill(_ workspace: inout Workspace, with text: String, _ options: RunOptions) {
    workspace.begin()
    add(text, &workspace, options)
    workspace.settle(learner, tracks: false)
  }

  /// The longest text that is cut into raw words: one such may be the text, of whose bytes a model may see three for
  /// one and a sign in front.
  private static let longestRawText = Int(Int32.max) / 3 - 8

  /// Adds a text, some of whose tokens may still have to be written.
  private func add(_ text: String, _ workspace: inout Workspace, _ options: RunOptions) {
    Self.demandFits(text)
    var text = text
    if !options.tracks, options.draws == nil, learner.hasRaw, let raw = learner.raw,
      addRaw(&text, raw, added, learner, &workspace)
    {
      return
    }
    addWhole(&text, &workspace, options)
  }

  /// Adds a text that is not cut into raw words.
  private func addWhole(
    _ text: inout String, _ workspace: inout Workspace, _ options: RunOptions
  ) {
    guard let direct, options.draws == nil else {
      var builder = TokenRunBuilder(pipeline: self, options: options)
      return builder.add(text, &workspace)
    }
    var run = DirectRun(self, direct, options)
    text.withUTF8 { run.add($0, added, learner, &workspace) }
  }

  /// Adds the raw words of a text; false, and nothing added, where it is too long or added tokens may stand in it.
  private func addRaw(
    _ text: inout String, _ raw: any RawWords, _ added: AddedVocabulary, _ learner: WordLearner,
    _ workspace: inout Workspace
  ) -> Bool {
    guard text.utf8.count <= Self.longestRawText else { return false }
    return text.withUTF8 { text in
      if added.mayStand(inUnnormalized: text) { return false }
      let room = UnsafeMutableBufferPointer(start: workspace.cut.base, count: SplitPattern.room)
      raw.cut(text, in: room) { words, text in
        workspace.add(words, of: text, learner, raw: raw)
      }
      return true
    }
  }

  /// Adds the ids of many texts to an array.
  func addIds(
    of texts: ArraySlice<String>, _ workspace: inout Workspace,
    to results: inout SliceFiller<[Int32]>
  ) {
    let options = RunOptions(tracks: false, plainSpecials: false)
    workspace.begin()
    if let direct, !learner.hasRaw {
      addIds(
        of: texts, by: DirectRun(self, direct, options), added, learner, &workspace, to: &results)
    } else {
      addIds(of: texts, by: learner.raw, added, learner, options, &workspace, to: &results)
    }
    takeTexts(&workspace, &results)
  }

  /// Adds the ids of texts, those of raw words where there are such.
  private func addIds(
    of texts: ArraySlice<String>, by raw: (any RawWords)?, _ added: AddedVocabulary,
    _ learner: WordLearner, _ options: RunOptions, _ workspace: inout Workspace,
    to results: inout SliceFiller<[Int32]>
  ) {
    for var text in texts {
      Self.demandFits(text)
      if raw.map({ addRaw(&text, $0, added, learner, &workspace) }) != true {
        addWhole(&text, &workspace, options)
      }
      if workspace.endText() { takeTexts(&workspace, &results) }
    }
  }

  /// Adds the ids of texts that are cut as they are.
  private func addIds(
    of texts: ArraySlice<String>, by run: DirectRun, _ added: AddedVocabulary,
    _ learner: WordLearner, _ workspace: inout Workspace, to results: inout SliceFiller<[Int32]>
  ) {
    var run = run
    for var text in texts {
      Self.demandFits(text)
      text.withUTF8 { run.add($0, added, learner, &workspace) }
      if workspace.endText() { takeTexts(&workspace, &results) }
    }
  }

  /// Ends the program where a text is too long for 32 bits a place.
  private static func demandFits(_ text: String) {
    precondition(
      text.utf8.count <= Int32.max,
      "a text of \(text.utf8.count) bytes; the most are \(Int32.max), so it has to be cut before")
  }

  /// Moves the ids of texts that have ended to an array each.
  private func takeTexts(
    _ workspace: inout Workspace, _ results: inout SliceFiller<[Int32]>
  ) {
    workspace.settle(learner, tracks: false)
    var start = 0
    for end in workspace.textEnds.elements {
      results.append(Array(workspace.ids.elements[start..<Int(end)]))
      start = Int(end)
    }
    workspace.forgetTexts()
  }

  func ids(of text: String, _ workspace: inout Workspace) -> [Int32] {
    fill(&workspace, with: text, RunOptions(tracks: false, plainSpecials: false))
    return workspace.ids.array()
  }

  /// The tokens of one text.
  func run(_ text: String, options: RunOptions, _ workspace: inout Workspace) -> TokenRun {
    fill(&workspace, with: text, options)
    var run = TokenRun()
    run.ids = workspace.ids.array()
    run.origins = workspace.origins.array()
    run.words = workspace.words.array()
    run.firstOrigins = workspace.firstOrigins.array()
    return run
  }
}

/// What is wanted of a run.
struct RunOptions: Sendable {
  /// Whether origins and words are wanted.
  var tracks: Bool
  /// Whether special tokens in the text are plain text.
  var plainSpecials: Bool
  /// Whether the tokens may be cut into windows.
  var cuts = false
  /// What leaves out merges, if anything does.
  var draws: MergeDraws?
}

/// Takes one text through added tokens, normalizer, pre-tokenizer and model.
private struct TokenRunBuilder {
  let pipeline: TokenizerPipeline
  let options: RunOptions
  private var word: Int32 = 0
  private var draws: MergeDraws?

  init(pipeline: TokenizerPipeline, options: RunOptions) {
    self.pipeline = pipeline
    self.options = options
    draws = options.draws
  }

  /// Splits the raw text at added tokens and takes each piece on.
  mutating func add(_ text: String, _ workspace: inout Workspace) {
    let whole = AlignedText(bytes: Array(text.utf8), tracks: options.tracks)
    split(whole, by: pipeline.added.raw, &workspace) { builder, piece, workspace in
      var piece = builder.withoutLanguageCode(piece, &workspace)
      builder.pipeline.normalizer?.normalize(&piece)
      builder.split(piece, by: builder.pipeline.added.normalized, &workspace) {
        builder, part, workspace in
        builder.addWords(of: part, &workspace)
      }
    }
  }

  /// Adds the code that a piece begins with, and says what is left.
  private mutating func withoutLanguageCode(
    _ text: AlignedText, _ workspace: inout Workspace
  ) -> AlignedText {
    let sign = Array("<<".utf8)
    guard pipeline.readsLanguageCodes, text.bytes.starts(with: ">>".utf8),
      let end = text.bytes.firstRange(of: sign)?.upperBound
    else { return text }
    var cursor = OriginCursor(text)
    let id = pipeline.model.vocabulary.id(of: Array(text.bytes[..<end]))
    add(
      id ?? pipeline.model.unknownId ?? 0, of: text, ByteRange(0, end), &cursor, &workspace)
    return text.slice(ByteRange(end, text.bytes.count), &cursor)
  }

  /// Adds the added tokens found in a text and hands on what lies between them.
  private mutating func split(
    _ text: AlignedText, by matcher: AddedTokenMatcher?, _ workspace: inout Workspace,
    _ rest: (inout TokenRunBuilder, AlignedText, inout Workspace) -> Void
  ) {
    let matches =
      matcher?.matches(in: text.bytes.span, skipsSpecial: options.plainSpecials) ?? []
    guard !matches.isEmpty else { return rest(&self, text, &workspace) }
    var cursor = OriginCursor(text)
    var place: Int32 = 0
    for match in matches {
      if place < match.range.start {
        let part = text.slice(ByteRange(Int(place), Int(match.range.start)), &cursor)
        rest(&self, part, &workspace)
      }
      if match.range.start < match.range.end {
        add(pipeline.added.tokens[match.token].id, of: text, match.range, &cursor, &workspace)
      }
      place = match.range.end
    }
    if Int(place) < text.bytes.count {
      rest(&self, text.slice(ByteRange(Int(place), text.bytes.count), &cursor), &workspace)
    }
  }

  /// Adds one added token.
  private mutating func add(
    _ id: Int32, of text: AlignedText, _ range: ByteRange, _ cursor: inout OriginCursor,
    _ workspace: inout Workspace
  ) {
    defer { word += 1 }
    workspace.add(id)
    guard options.tracks else { return }
    workspace.addOrigin(
      cursor.origin(of: range, in: text), of: text.bytes[range.indices], word: word,
      pipeline.postProcessing.trim, cuts: options.cuts)
  }

  /// Cuts a piece into words and adds their tokens.
  private mutating func addWords(of text: AlignedText, _ workspace: inout Workspace) {
    var words = PreTokenizedText(text)
    pipeline.preTokenizer?.split(&words)
    workspace.tokenize(words, pipeline.learner, tracks: options.tracks, &draws)
    if options.tracks {
      var cursor = OriginCursor(words.text)
      words.words.withUnsafeBufferPointer { ranges in
        words.text.bytes.withUnsafeBufferPointer { bytes in
          workspace.addOrigins(
            ranges, of: bytes, firstWord: word, pipeline.edgeSpaces, cuts: options.cuts
          ) {
            cursor.origin(of: $0, in: words.text)
          }
        }
      }
    }
    word += Int32(words.words.count)
  }
}

extension AlignedText {
  /// Part of the text as a text of its own; the parts must come in ascending order.
  func slice(_ range: ByteRange, _ cursor: inout OriginCursor) -> AlignedText {
    let first = tracks ? cursor.origin(of: range, in: self).start : 0
    var slice = AlignedText(
      bytes: Array(bytes[range.indices]), firstScalar: Int(first), tracks: tracks,
      startsText: startsText && range.start == 0)
    if !origins.isEmpty { slice.origins = Array(origins[range.indices]) }
    return slice
  }
}
