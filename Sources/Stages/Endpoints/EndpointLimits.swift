public import Records

/// How fast a stage may ask an endpoint, and how much in all.
///
/// Rates pace and never fail. Totals stop the run; they hold for one run of the command, and what is kept on disk
/// counts for nothing.
public struct EndpointLimits: Sendable, Hashable {
  /// Tries sent in a minute at most; nil for any number.
  public var requestsPerMinute: Int?
  /// Tokens read and written in a minute; nil for any number.
  public var tokensPerMinute: Int?
  /// Tries in all.
  public var requests: Int?
  /// Tokens read and written in all.
  public var tokens: Int?
  /// What it may cost in all, in the currency of the price.
  public var cost: Double?
  /// What tokens cost; nil where that is not known.
  public var price: EndpointPrice?

  /// Limits; without any, all may be asked at once.
  public init(
    requestsPerMinute: Int? = nil, tokensPerMinute: Int? = nil, requests: Int? = nil,
    tokens: Int? = nil, cost: Double? = nil, price: EndpointPrice? = nil
  ) {
    precondition(cost == nil || price != nil, "a limit of cost \(cost ?? 0) without a price")
    self.requestsPerMinute = requestsPerMinute
    self.tokensPerMinute = tokensPerMinute
    self.requests = requests
    self.tokens = tokens
    self.cost = cost
    self.price = price
  }
}

/// What a million tokens cost, in any currency.
public struct EndpointPrice: Sendable, Hashable {
  /// Of tokens that are read.
  public let prompt: Double
  /// Of tokens that are written.
  public let completion: Double

  /// A price.
  public init(prompt: Double, completion: Double) {
    self.prompt = prompt
    self.completion = completion
  }

  /// What so many tokens cost.
  public func cost(prompt promptTokens: Int, completion completionTokens: Int) -> Double {
    (Double(promptTokens) * prompt + Double(completionTokens) * completion) / 1_000_000
  }
}

// MARK: - As a parameter

extension EndpointLimits: ParameterValue {
  /// The parameter of all that ask an endpoint.
  public static let parameter = Parameter<EndpointLimits?>(
    "limits", default: nil,
    "How fast and how much an endpoint is asked: {requests-per-minute: 60, tokens-per-minute: 90000, "
      + "max-requests: 5000, max-tokens: 2e6, max-cost: 3, prompt-price: 0.15, completion-price: 0.6}, prices a "
      + "million tokens.")

  private static let requestRate = count("requests-per-minute", "Tries sent in a minute.", "rpm")
  private static let tokenRate = count(
    "tokens-per-minute", "Tokens read and written in a minute.", "tpm")
  private static let mostRequests = count("max-requests", "Tries in all.")
  private static let mostTokens = count("max-tokens", "Tokens read and written in all.")
  private static let mostCost = Parameter<Double?>(
    "max-cost", default: nil, aliases: ["max-budget", "budget"],
    "What it may cost in all, in the currency of the prices.",
    check: { $0.map { $0 > 0 } == false ? "must be above 0" : nil })
  private static let promptPrice = price("prompt-price", "input-price", "read")
  private static let completionPrice = price("completion-price", "output-price", "written")

  private static func count(
    _ name: String, _ summary: String, _ alias: String? = nil
  ) -> Parameter<Int?> {
    Parameter(
      name, default: nil, aliases: alias.map { [$0] } ?? [], summary,
      check: Check.optionalAtLeast(1))
  }

  private static func price(_ name: String, _ alias: String, _ done: String) -> Parameter<Double?> {
    Parameter(
      name, default: nil, aliases: [alias], "What a million tokens cost that are \(done).",
      check: Check.optionalAtLeast(0))
  }

  private static let keys: [any AnyParameter] = [
    requestRate, tokenRate, mostRequests, mostTokens, mostCost, promptPrice, completionPrice,
  ]

  /// What a person calls the type.
  public static var typeName: String { "map of \(keys.map(\.name).joined(separator: ", "))" }

  /// Reads a value.
  public static func decode(_ node: ConfigurationNode) throws(Diagnostic) -> EndpointLimits {
    guard node.entries != nil else { throw node.mismatch(typeName) }
    var diagnostics = Diagnostics()
    guard let values = ParameterValues.read(keys, from: node, owner: "", into: &diagnostics) else {
      throw diagnostics.list.first ?? node.mismatch(typeName)
    }
    let (prompt, completion) = (values[promptPrice], values[completionPrice])
    let price = prompt.flatMap { prompt in
      completion.map { EndpointPrice(prompt: prompt, completion: $0) }
    }
    guard price != nil || (prompt == nil && completion == nil && values[mostCost] == nil) else {
      throw Diagnostic(
        "what it costs is not known", place: node.place,
        remedy: "write both prompt-price and completion-price, what a million tokens cost")
    }
    return EndpointLimits(
      requestsPerMinute: values[requestRate], tokensPerMinute: values[tokenRate],
      requests: values[mostRequests], tokens: values[mostTokens], cost: values[mostCost],
      price: price)
  }

  /// The value as it is written in a lock file.
  public var encoded: JSONValue {
    var object = JSONObject()
    object[Self.requestRate.name] = requestsPerMinute.map { .integer($0) }
    object[Self.tokenRate.name] = tokensPerMinute.map { .integer($0) }
    object[Self.mostRequests.name] = requests.map { .integer($0) }
    object[Self.mostTokens.name] = tokens.map { .integer($0) }
    object[Self.mostCost.name] = cost.map { .real($0) }
    object[Self.promptPrice.name] = price.map { .real($0.prompt) }
    object[Self.completionPrice.name] = price.map { .real($0.completion) }
    return .object(object)
  }
}
