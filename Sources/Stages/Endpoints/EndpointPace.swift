/// When the next request may be sent: evenly, so that no minute has more than the limits say.
struct EndpointPace: Sendable {
  private var nextByRequests = -Double.infinity
  private var nextByTokens = -Double.infinity
  private var heldUntil = -Double.infinity

  /// The earliest time of the next request.
  var next: Double { max(nextByRequests, nextByTokens, heldUntil) }

  /// Notes a request that is sent now, and the tokens that it is expected to take.
  mutating func send(at now: Double, tokens: Int, _ limits: EndpointLimits) {
    if let rate = limits.requestsPerMinute { nextByRequests = now + 60 / Double(rate) }
    if let rate = limits.tokensPerMinute {
      nextByTokens = max(now, nextByTokens) + 60 * Double(tokens) / Double(rate)
    }
  }

  /// Notes by how many tokens a request took more than was expected.
  mutating func correct(by tokens: Int, _ limits: EndpointLimits) {
    guard let rate = limits.tokensPerMinute else { return }
    nextByTokens += 60 * Double(tokens) / Double(rate)
  }

  /// Sends nothing before a time.
  mutating func hold(until time: Double) { heldUntil = max(heldUntil, time) }
}
