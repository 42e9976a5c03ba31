import Foundation

extension LanguageOutcomes {
  /// The loss in bits over the bytes of the text: comparable between tokenizers; nil without bytes.
  public var bitsPerByte: Double? {
    guard let bytes, bytes > 0 else { return nil }
    return totalLoss / (Double(bytes) * log(2))
  }
}

let bitsPerByteMetric = MetricDescriptor(
  name: "bits-per-byte",
  summary: "Loss in bits a byte of text: comparable between tokenizers, unlike perplexity.",
  needs: .losses, direction: .lower, isOfTokens: true
) { outcomes in
  guard case .language(let outcomes) = outcomes else {
    return .unavailable("bits-per-byte is of tokens; these outcomes are of \(outcomes.subject)")
  }
  guard outcomes.tokens > 0 else { return .unavailable("there are no tokens") }
  guard let bits = outcomes.bitsPerByte else {
    return .unavailable("the length of the predicted text in bytes is not known")
  }
  return .number(bits, orElse: "the loss is \(outcomes.totalLoss)")
}
