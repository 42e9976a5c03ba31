/// One prompt's generation: where it starts, what may follow, and when it ends.
struct GenerationRequest {
  /// The sequence that grows.
  let start: [Int32]
  /// Names the prompt to whatever draws.
  let key: UInt64
  let rules: ScoreRules
  private let options: DecodingOptions
  private let text: (@Sendable ([Int32]) -> String)?

  init(
    start: [Int32], key: UInt64, options: DecodingOptions, room: (usual: Int, most: Int),
    text: (@Sendable ([Int32]) -> String)?
  ) {
    self.start = start
    self.key = key
    self.options = options
    self.text = text
    // A prompt that is too long already stays as it is.
    let longest = max(options.longest(prompt: start.count, room: room), start.count)
    rules = ScoreRules(options, prompt: start.count, longest: longest)
  }

  /// Why a sequence ends here, or nil where it goes on.
  func reason(_ tokens: [Int32]) -> GeneratedSequence.Reason? {
    if tokens.count > start.count, let last = tokens.last, options.eosTokenId.contains(last) {
      return .end
    }
    if holdsStopString(tokens) { return .stopString }
    return tokens.count >= rules.longest ? .length : nil
  }

  private func holdsStopString(_ tokens: [Int32]) -> Bool {
    guard let text, !options.stopStrings.isEmpty, tokens.count > start.count else { return false }
    let bytes = Array(text(Array(tokens.dropFirst(start.count))).utf8)
    return options.stopStrings.contains { bytes.contains(Array($0.utf8)) }
  }

  /// What a finished sequence is to the caller.
  func sequence(_ tokens: [Int32], score: Float? = nil) -> GeneratedSequence {
    GeneratedSequence(
      tokens: Array(tokens.dropFirst(start.count)), reason: reason(tokens) ?? .length, score: score)
  }
}
