/// What an encoding call does besides turning text into ids.
public struct EncodingOptions: Sendable, Equatable {
  /// Whether the template's special tokens are added.
  public var addSpecialTokens = true
  /// How to cut long texts, or nil for not at all.
  public var truncation: Truncation?
  /// How to fill up short texts, or nil for not at all.
  public var padding: Padding?
  /// Whether special tokens spelled out in the text are plain text; safe for text from strangers.
  public var treatsSpecialTokensAsText = false
  /// Which merges to leave out, or nil for none; models without merges know nothing of it.
  public var dropout: MergeDropout?

  /// Adds special tokens, cuts nothing and fills up nothing.
  public init() {}
}

extension Tokenizer {
  /// Encodes one text or a pair of texts, without cutting or filling up.
  public func encode(
    _ text: String, pair: String? = nil, addSpecialTokens: Bool = true
  ) -> Encoding {
    var options = EncodingOptions()
    options.addSpecialTokens = addSpecialTokens
    return encode(text, pair: pair, options: options)
  }

  /// Encodes one text or a pair of texts.
  public func encode(_ text: String, pair: String? = nil, options: EncodingOptions) -> Encoding {
    var encoding = pipeline.withWorkspace { self.encoding(text, pair, options, &$0) }
    if let padding = options.padding {
      encoding.pad(to: padding.target(longest: encoding.count), padding)
    }
    return encoding
  }

  /// The ids of one text or a pair of texts; faster than `encode`, which also finds offsets.
  public func ids(
    of text: String, pair: String? = nil, addSpecialTokens: Bool = true
  ) -> [Int32] {
    pipeline.withWorkspace { ids(of: text, pair, addSpecialTokens, &$0) }
  }

  func ids(
    of text: String, _ pair: String?, _ addSpecialTokens: Bool, _ workspace: inout Workspace
  ) -> [Int32] {
    if addsNothing(pair: pair != nil, addSpecialTokens) {
      return pipeline.ids(of: text, &workspace)
    }
    let template = pair == nil ? pipeline.postProcessing.single : pipeline.postProcessing.pair
    let options = RunOptions(tracks: false, plainSpecials: false)
    var runs = [pipeline.run(text, options: options, &workspace)]
    if let pair { runs.append(pipeline.run(pair, options: options, &workspace)) }
    var ids: [Int32] = []
    ids.reserveCapacity(runs.reduce(8) { $0 + $1.ids.count })
    for piece in template {
      switch piece {
      case .text(let number, _): ids += runs[number].ids
      case .special(let special, _): if addSpecialTokens { ids += special }
      }
    }
    return ids
  }

  /// Whether the ids of a text are those of its own tokens: the usual template without additions.
  func addsNothing(pair: Bool, _ addSpecialTokens: Bool) -> Bool {
    let single = pipeline.postProcessing.single
    // A template may write the text twice.
    return !pair && (addSpecialTokens ? single.count : single.count(where: \.isText)) == 1
  }

  func encoding(
    _ text: String, _ pair: String?, _ options: EncodingOptions, _ workspace: inout Workspace
  ) -> Encoding {
    var runOptions = RunOptions(tracks: true, plainSpecials: options.treatsSpecialTokensAsText)
    runOptions.cuts = options.truncation != nil
    runOptions.draws = options.dropout?.draws(text: 0)
    if pair == nil, options.truncation == nil {
      pipeline.fill(&workspace, with: text, runOptions)
      return encoding(workspace, options)
    }
    var runs = [pipeline.run(text, options: runOptions, &workspace)]
    if let pair {
      runOptions.draws = options.dropout?.draws(text: 1)
      runs.append(pipeline.run(pair, options: runOptions, &workspace))
    }
    let windows = windows(of: runs, options)
    var encoding = assembled(runs, windows, options)
    encoding.isTruncated = windows.map { $0[0].count } != runs.map(\.ids.count)
    return encoding
  }

  /// The whole text in a workspace in the template of one text.
  private func encoding(_ workspace: borrowing Workspace, _ options: EncodingOptions) -> Encoding {
    var encoding = Encoding()
    let template = pipeline.postProcessing.single
    encoding.reserve(
      template.count == 1
        ? workspace.ids.count : workspace.ids.count + addedTokenCount(pair: false))
    for piece in template {
      switch piece {
      case .text(_, let typeId): encoding.append(workspace, typeId: typeId)
      case .special(let ids, let typeId):
        if options.addSpecialTokens { encoding.append(special: ids, typeId: typeId) }
      }
    }
    return encoding
  }

  /// The windows of each text.
  private func windows(of runs: [TokenRun], _ options: EncodingOptions) -> [[Range<Int>]] {
    guard let truncation = options.truncation else { return runs.map { [0..<$0.ids.count] } }
    let added = options.addSpecialTokens ? addedTokenCount(pair: runs.count > 1) : 0
    let second = runs.count > 1 ? runs[1].ids.count : 0
    let budget = max(0, truncation.maximumLength - added)
    let kept = truncation.kept(runs[0].ids.count, second, budget: budget)
    return zip(runs, [kept.first, kept.second]).map {
      truncation.windows(of: $0.ids.count, keeping: $1)
    }
  }

  /// The windows of one text or two in their template.
  private func assembled(
    _ runs: [TokenRun], _ windows: [[Range<Int>]], _ options: EncodingOptions
  ) -> Encoding {
    let processing = pipeline.postProcessing
    let keepsTypes = processing.typesWindows && options.addSpecialTokens
    var encoding = Encoding()
    for piece in runs.count == 1 ? processing.single : processing.pair {
      switch piece {
      case .text(let number, let typeId):
        let parts = windows[number].map { runs[number][$0] }
        if parts.count == 1, encoding.overflowing.isEmpty {
          encoding.append(parts[0], typeId: typeId)
          continue
        }
        var text = Encoding(parts[0], typeId: typeId)
        text.overflowing = parts.dropFirst().map {
          Encoding($0, typeId: keepsTypes ? typeId : Int32(number))
        }
        encoding.join(text)
      case .special(let ids, let typeId):
        if options.addSpecialTokens { encoding.joinEverywhere(special: ids, typeId: typeId) }
      }
    }
    return encoding
  }
}

extension Encoding {
  fileprivate init(_ run: TokenRun, typeId: Int32) {
    append(run, typeId: typeId)
  }

  /// Puts other tokens behind, and each window of one beside what the other has, in the nesting of
  /// Hugging Face's library: a window of the first has those of the second for its own.
  fileprivate mutating func join(_ other: Encoding) {
    var windows: [Encoding] = []
    for own in overflowing {
      windows.append(own.joined(other))
      windows += other.overflowing.map { own.joined($0) }
    }
    windows += other.overflowing.map { joined($0) }
    ids += other.ids
    offsets += other.offsets
    typeIds += other.typeIds
    specialMask += other.specialMask
    attentionMask += other.attentionMask
    wordIds += other.wordIds
    overflowing = windows
  }

  private func joined(_ other: Encoding) -> Encoding {
    var encoding = self
    encoding.join(other)
    return encoding
  }

  /// Puts special tokens behind the tokens and behind those of every window.
  fileprivate mutating func joinEverywhere(special added: [Int32], typeId: Int32) {
    append(special: added, typeId: typeId)
    for index in overflowing.indices {
      overflowing[index].joinEverywhere(special: added, typeId: typeId)
    }
  }

  mutating func append(_ run: TokenRun, typeId: Int32) {
    if ids.isEmpty {
      // What comes first, which mostly is all there is, is taken over as it is.
      ids = run.ids
      wordIds = run.words
    } else {
      ids += run.ids
      wordIds += run.words
    }
    offsets.reserveCapacity(ids.count + 8)
    offsets.append(contentsOf: run.origins.lazy.map { Range(uncheckedBounds: ($0.start, $0.end)) })
    extend(typeId: typeId, special: 0)
  }

  /// Makes room for tokens.
  fileprivate mutating func reserve(_ count: Int) {
    ids.reserveCapacity(count)
    offsets.reserveCapacity(count)
    typeIds.reserveCapacity(count)
    specialMask.reserveCapacity(count)
    attentionMask.reserveCapacity(count)
    wordIds.reserveCapacity(count)
  }

  /// Appends the tokens that a workspace holds.
  fileprivate mutating func append(_ workspace: borrowing Workspace, typeId: Int32) {
    append(
      workspace.ids.elements, workspace.origins.elements, workspace.words.elements, typeId: typeId)
  }

  /// Appends tokens with their origins and words.
  mutating func append(
    _ ids: UnsafeBufferPointer<Int32>, _ origins: UnsafeBufferPointer<Origin>,
    _ words: UnsafeBufferPointer<Int32>, typeId: Int32
  ) {
    self.ids.append(contentsOf: ids)
    wordIds.append(contentsOf: words)
    // An origin is two numbers of four bytes like a range.
    origins.withMemoryRebound(to: Range<Int32>.self) { offsets.append(contentsOf: $0) }
    typeIds.append(contentsOf: repeatElement(typeId, count: ids.count))
    specialMask.append(contentsOf: repeatElement(0, count: ids.count))
    attentionMask.append(contentsOf: repeatElement(1, count: ids.count))
  }

  mutating func append(special added: [Int32], typeId: Int32) {
    ids += added
    offsets += repeatElement(0..<0, count: added.count)
    wordIds += repeatElement(-1, count: added.count)
    extend(typeId: typeId, special: 1)
  }

  /// Brings the remaining arrays to the length of `ids`.
  private mutating func extend(typeId: Int32, special: Int32) {
    let count = ids.count - typeIds.count
    if typeIds.isEmpty {
      typeIds = [Int32](repeating: typeId, count: count)
      specialMask = [Int32](repeating: special, count: count)
      attentionMask = [Int32](repeating: 1, count: count)
      return
    }
    typeIds += repeatElement(typeId, count: count)
    specialMask += repeatElement(special, count: count)
    attentionMask += repeatElement(1, count: count)
  }

  /// Fills up to a length.
  mutating func pad(to length: Int, _ padding: Padding) {
    for index in overflowing.indices { overflowing[index].pad(to: length, padding) }
    let count = length - ids.count
    guard count > 0 else { return }
    func fill<Element>(_ array: inout [Element], _ element: Element) {
      array.insert(
        contentsOf: repeatElement(element, count: count), at: padding.padsLeft ? 0 : array.count)
    }
    fill(&ids, padding.id)
    fill(&offsets, 0..<0)
    fill(&typeIds, padding.typeId)
    fill(&specialMask, 1)
    fill(&attentionMask, 0)
    fill(&wordIds, -1)
  }
}
