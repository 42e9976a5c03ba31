public import Records

/// What was asked of an endpoint, and what that took.
///
/// It depends on what was kept from runs before, so that it is told beside times, never among what a run makes.
public struct EndpointSpending: Sendable, Hashable {
  /// Tries that were sent, those that failed included.
  public internal(set) var requests = 0
  /// Tokens that were read.
  public internal(set) var promptTokens = 0
  /// Tokens that were written.
  public internal(set) var completionTokens = 0
  /// What they cost; nil where no price is known.
  public internal(set) var cost: Double?
  /// Whether an answer did not say how many tokens it took, so that some are estimated.
  public internal(set) var isEstimated = false

  /// Tokens read and written.
  public var tokens: Int { promptTokens + completionTokens }

  /// Nothing yet.
  init(cost: Double?) { self.cost = cost }

  /// `12 requests read 3456 tokens and wrote 789, which cost 0.0123`.
  public var text: String {
    let about = isEstimated ? "about " : ""
    let cost = cost.map { ", which cost \(about)\(Self.text($0))" } ?? ""
    return "\(requests) request\(requests == 1 ? "" : "s") read \(about)\(promptTokens) tokens and "
      + "wrote \(about)\(completionTokens)\(cost)"
  }

  /// For `timings.json`.
  public var json: JSONObject {
    var object: JSONObject = [
      "requests": .integer(requests), "prompt_tokens": .integer(promptTokens),
      "completion_tokens": .integer(completionTokens),
    ]
    object["cost"] = cost.map { .real(Self.rounded($0)) }
    if isEstimated { object["estimated"] = .bool(true) }
    return object
  }

  /// The cost to a millionth, in digits without an exponent.
  static func text(_ cost: Double) -> String {
    let rounded = rounded(cost)
    guard rounded != 0, rounded < 0.001 else { return "\(rounded)" }
    let digits = String(Int((rounded * 1_000_000).rounded()))
    let text = "0." + String(repeating: "0", count: 6 - digits.count) + digits
    return String(text.reversed().drop { $0 == "0" }.reversed())
  }

  /// To a millionth, which is what a token costs.
  static func rounded(_ cost: Double) -> Double { (cost * 1_000_000).rounded() / 1_000_000 }
}
