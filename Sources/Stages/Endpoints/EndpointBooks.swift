/// The books of an account: what was spent, what is under way, and when the next try may be sent.
struct EndpointBooks: Sendable {
  /// What becomes of a try that asks to be sent.
  enum Entry {
    case sent(EndpointTicket)
    /// Not before a time.
    case early(Double)
    /// What is under way may leave no room for it.
    case full
    case refused(StageError)
  }

  private(set) var spent: EndpointSpending
  private let limits: EndpointLimits
  private var pace = EndpointPace()
  /// The most that tries under way take.
  private var underWay = (prompt: 0, completion: 0)
  /// What answers have told: by it, further tries are estimated.
  private var told = (answers: 0, promptBytes: 0, prompt: 0, completion: 0, longest: 0)

  init(_ limits: EndpointLimits) {
    self.limits = limits
    spent = EndpointSpending(cost: limits.price.map { _ in 0 })
  }

  mutating func enter(promptBytes: Int, mostTokens: Int?, at now: Double) -> Entry {
    let prompt = tokens(inPrompt: promptBytes)
    // An answer that nothing limits is taken to be no longer than the longest, nor the question.
    let most = mostTokens ?? max(told.longest, prompt, 64)
    if let fault = fault(adding: (prompt, most)) { return .refused(fault) }
    let withOthers = (prompt: underWay.prompt + prompt, completion: underWay.completion + most)
    if fault(adding: withOthers) != nil { return .full }
    guard pace.next <= now else { return .early(pace.next) }
    let usual = told.answers > 0 ? told.completion / told.answers : max(prompt, 64)
    let likely = prompt + min(most, usual)
    pace.send(at: now, tokens: likely, limits)
    underWay = withOthers
    spent.requests += 1
    return .sent(
      EndpointTicket(time: now, promptBytes: promptBytes, likely: likely, most: (prompt, most)))
  }

  mutating func leave(_ ticket: EndpointTicket, _ usage: EndpointUsage) {
    underWay.prompt -= ticket.most.prompt
    underWay.completion -= ticket.most.completion
    var taken = (prompt: 0, completion: 0)
    switch usage {
    case .none: break
    case .told(let prompt, let completion):
      taken = (prompt, completion)
      told.answers += 1
      told.promptBytes += ticket.promptBytes
      told.prompt += prompt
      told.completion += completion
      told.longest = max(told.longest, completion)
    case .untold(let bytes):
      taken = (ticket.most.prompt, Self.tokens(in: bytes))
      spent.isEstimated = true
    }
    spent.promptTokens += taken.prompt
    spent.completionTokens += taken.completion
    spent.cost = limits.price?.cost(prompt: spent.promptTokens, completion: spent.completionTokens)
    pace.correct(by: taken.prompt + taken.completion - ticket.likely, limits)
  }

  mutating func hold(until time: Double) { pace.hold(until: time) }

  // MARK: - Estimates

  /// A token for three bytes: more than English has, and about as many as Chinese.
  private static func tokens(in bytes: Int) -> Int { (bytes + 2) / 3 }

  /// Tokens of a question, by what answers told of others.
  private func tokens(inPrompt bytes: Int) -> Int {
    guard told.promptBytes > 0 else { return Self.tokens(in: bytes) }
    return Int((Double(bytes) * Double(told.prompt) / Double(told.promptBytes)).rounded(.up))
  }

  // MARK: - Totals

  /// The total that would be passed by one more try that takes so much.
  private func fault(adding most: (prompt: Int, completion: Int)) -> StageError? {
    if let limit = limits.requests, spent.requests >= limit {
      return fault("max-requests: \(limit)", nil)
    }
    if let limit = limits.tokens, spent.tokens + most.prompt + most.completion > limit {
      return fault("max-tokens: \(limit)", "\(most.prompt + most.completion) tokens")
    }
    if let limit = limits.cost, let price = limits.price, let cost = spent.cost,
      cost + price.cost(prompt: most.prompt, completion: most.completion) > limit
    {
      let more = price.cost(prompt: most.prompt, completion: most.completion)
      return fault("max-cost: \(limit)", EndpointSpending.text(more))
    }
    return nil
  }

  private func fault(_ limit: String, _ more: String?) -> StageError {
    let reason = more.map { " by one more, which may take \($0)" } ?? ""
    return StageError(
      "limit-reached", "the limit '\(limit)' would be passed\(reason)",
      remedy:
        "run again to go on, or raise the limit first; what was answered is kept, and costs nothing again"
    )
  }
}
