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
  /// Workspaces at rest; a thread takes one and gives it back with what it has learned.
  private let workspaces = Mutex<[Workspace]>([])

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
    self.added = AddedVocabulary(
      added, vocabulary: model.vocabulary, normalizer: normalizer, keepsIds: keepsAddedIds)
  }

  /// Lends a workspace to a piece of work.
  func withWorkspace<Result>(_ body: (inout Workspace) -> Result) -> Result {
    var workspace = workspaces.withLock { $0.popLast() } ?? Workspace()
    defer { workspaces.withLock { $0.append(workspace) } }
    return body(&workspace)
  }

  /// The tokens of one text.
  func run(_ text: String, options: RunOptions, _ workspace: inout Workspace) -> TokenRun {
    var run = TokenRunBuilder(pipeline: self, options: options)
    run.add(text, &workspace)
    return run.run
  }
}

/// What is wanted of a run.
struct RunOptions: Sendable {
  /// Whether origins and words are wanted.
  var tracks: Bool
  /// Whether special tokens in the text are plain text.
  var plainSpecials: Bool
  /// What leaves out merges, if anything does.
  var draws: MergeDraws?
}

/// Takes one text through added tokens, normalizer, pre-tokenizer and model.
private struct TokenRunBuilder {
  let pipeline: TokenizerPipeline
  let options: RunOptions
  var run = TokenRun()
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
    split(whole, by: pipeline.added.raw) { builder, piece in
      var piece = builder.withoutLanguageCode(piece)
      builder.pipeline.normalizer?.normalize(&piece)
      builder.split(piece, by: builder.pipeline.added.normalized) { builder, part in
        builder.addWords(of: part, &workspace)
      }
    }
  }

  /// Adds the code that a piece begins with, and says what is left.
  private mutating func withoutLanguageCode(_ text: AlignedText) -> AlignedText {
    let sign = Array("<<".utf8)
    guard pipeline.readsLanguageCodes, text.bytes.starts(with: ">>".utf8),
      let end = text.bytes.firstRange(of: sign)?.upperBound
    else { return text }
    var cursor = OriginCursor(text)
    let id = pipeline.model.vocabulary.id(of: Array(text.bytes[..<end]))
    add(id ?? pipeline.model.unknownId ?? 0, of: text, ByteRange(0, end), &cursor)
    return text.slice(ByteRange(end, text.bytes.count), &cursor)
  }

  /// Adds the added tokens found in a text and hands on what lies between them.
  private mutating func split(
    _ text: AlignedText, by matcher: AddedTokenMatcher?,
    _ rest: (inout TokenRunBuilder, AlignedText) -> Void
  ) {
    let matches =
      matcher?.matches(in: text.bytes.span, skipsSpecial: options.plainSpecials) ?? []
    guard !matches.isEmpty else { return rest(&self, text) }
    var cursor = OriginCursor(text)
    var place: Int32 = 0
    for match in matches {
      if place < match.range.start {
        rest(&self, text.slice(ByteRange(Int(place), Int(match.range.start)), &cursor))
      }
      add(pipeline.added.tokens[match.token].id, of: text, match.range, &cursor)
      place = match.range.end
    }
    if Int(place) < text.bytes.count {
      rest(&self, text.slice(ByteRange(Int(place), text.bytes.count), &cursor))
    }
  }

  /// Adds one added token.
  private mutating func add(
    _ id: Int32, of text: AlignedText, _ range: ByteRange, _ cursor: inout OriginCursor
  ) {
    defer { word += 1 }
    run.ids.append(id)
    guard options.tracks else { return }
    var origin = cursor.origin(of: range, in: text)
    if let trim = pipeline.postProcessing.trim {
      let spaces = EdgeSpaces(text.bytes[range.indices])
      origin = trim.trimmed(origin, spaces, isFirst: run.origins.isEmpty)
    }
    run.origins.append(origin)
    run.words.append(word)
  }

  /// Cuts a piece into words and adds their tokens.
  private mutating func addWords(of text: AlignedText, _ workspace: inout Workspace) {
    var words = PreTokenizedText(text)
    pipeline.preTokenizer?.split(&words)
    workspace.tokenize(words, pipeline.model, &draws)
    run.ids.reserveCapacity(run.ids.count + workspace.tokens.count)
    for token in workspace.tokens { run.ids.append(token.id) }
    if options.tracks { addOrigins(words, workspace) }
    word += Int32(words.words.count)
  }

  private mutating func addOrigins(_ words: PreTokenizedText, _ workspace: borrowing Workspace) {
    var cursor = OriginCursor(words.text)
    var token = 0
    for (number, range) in words.words.enumerated() {
      var start = Int(range.start)
      var shared = Origin(start: 0, end: 0)
      while token < workspace.wordEnds[number] {
        let piece = workspace.tokens[token]
        let end = Int(range.start) + Int(piece.end)
        if end > start { shared = cursor.origin(of: ByteRange(start, end), in: words.text) }
        let origin = shared
        run.origins.append(trimmed(origin, of: piece.id))
        run.words.append(word + Int32(number))
        start = end
        token += 1
      }
    }
  }

  @inline(__always)
  private func trimmed(_ origin: Origin, of id: Int32) -> Origin {
    guard let trim = pipeline.postProcessing.trim,
      let token = pipeline.model.vocabulary.token(of: id)
    else { return origin }
    return trim.trimmed(origin, EdgeSpaces(token), isFirst: run.origins.isEmpty)
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
