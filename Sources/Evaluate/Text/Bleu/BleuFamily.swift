public import Stages

let bleuFamily = TextMetricFamily(
  [.init("bleu", "Shared n-grams of words, as sacreBLEU.")],
  parameters: [
    BleuKeys.tokenize, BleuKeys.smooth, BleuKeys.smoothValue, BleuKeys.lowercase,
    BleuKeys.effectiveOrder,
  ],
  aliases: ["sacrebleu": "bleu"],
  configure: { values, _, settings in
    settings.bleu = Bleu(
      tokenizer: values[BleuKeys.tokenize],
      smoothing: values[BleuKeys.smooth].smoothing(values[BleuKeys.smoothValue]),
      lowercase: values[BleuKeys.lowercase], effectiveOrder: values[BleuKeys.effectiveOrder])
  },
  measure: { _, material, settings, threads in
    [TextScore(settings.bleu.measure(material.corpus, threads: threads))]
  })

/// What `bleu` takes in a pipeline file.
enum BleuKeys {
  static let tokenize = Parameter(
    "tokenize", default: BleuTokenizer.mteval13a, aliases: ["tokenizer"],
    "How words are cut: 13a, intl, zh (Chinese), char (Japanese and others) or none.")
  static let smooth = Parameter(
    "smooth", default: BleuSmoothing.exp, aliases: ["smooth-method"],
    "What stands for a precision of 0.")
  static let smoothValue = Parameter<Double?>(
    "smooth-value", default: nil, "The value of floor (0.1) and add-k (1).",
    check: {
      $0.map { (0...1_000_000).contains($0) } == false ? "must be from 0 to 1000000" : nil
    })
  static let lowercase = Parameter(
    "lowercase", default: false, "Let capitals count as small letters.")
  static let effectiveOrder = Parameter(
    "effective-order", default: false, "Leave out orders that have no n-grams.")
}

/// The words that name a smoothing of BLEU.
public enum BleuSmoothing: String, ChoiceValue {
  /// A half, a quarter, … of a match.
  case exp
  /// So many matches.
  case floor
  /// So many matches and n-grams more.
  case addK = "add-k"
  /// Nothing.
  case none

  /// The smoothing with a value, or its usual one.
  public func smoothing(_ value: Double?) -> Bleu.Smoothing {
    switch self {
    case .exp: .exponential
    case .floor: .floor(value ?? 0.1)
    case .addK: .addK(value ?? 1)
    case .none: .none
    }
  }
}

extension BleuTokenizer: ChoiceValue {}
